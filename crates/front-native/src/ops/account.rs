use crate::{context::Context, dispatch::Handle, errors::problem, inbound, outbound, time};
use parlance_api::{
    error::Problem,
    model::{Device, Invitation, Me},
    ops::*,
};
use parlance_core::principal::Privacy;
use parlance_hub::{Redacted, identity};

impl Handle for GetMe {
    async fn handle(self, context: &Context) -> Result<Me, Problem> {
        let caller = context.caller().map_err(problem)?;
        Ok(outbound::me(&context.hub().me(caller).await.map_err(problem)?, caller))
    }
}

impl Handle for UpdateMe {
    async fn handle(self, context: &Context) -> Result<Me, Problem> {
        let caller = context.caller().map_err(problem)?;
        let privacy = self
            .privacy
            .map(|privacy| Privacy { show_last_seen: privacy.show_last_seen, show_read: privacy.show_read });
        let me = context.hub().update_profile(caller, self.display_name.as_deref(), privacy).await;
        Ok(outbound::me(&me.map_err(problem)?, caller))
    }
}

impl Handle for ChangePassword {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let request = identity::ChangePassword {
            current: Redacted::new(self.current),
            new: Redacted::new(self.new),
            sign_out_others: self.sign_out_others,
            peer: context.peer,
        };
        let caller = context.caller().map_err(problem)?;
        context.hub().change_password(caller, request).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for ListDevices {
    async fn handle(self, context: &Context) -> Result<Page<Device>, Problem> {
        let caller = context.caller().map_err(problem)?;
        let devices = context.hub().devices(caller).await.map_err(problem)?;
        Ok(Page {
            items: devices.iter().map(|device| outbound::device(device, caller)).collect(),
            next: None,
        })
    }
}

impl Handle for RevokeDevice {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let device = inbound::device(&self.device)?;
        let caller = context.caller().map_err(problem)?;
        context.hub().revoke_device(caller, device).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Context {
    fn invitation(&self, invitation: &identity::Invitation, inviter: Option<String>) -> Invitation {
        let code = invitation.code.expose().clone();
        Invitation {
            url: format!("{}/invite/{code}", self.api.settings.public_url),
            code,
            inviter,
            expires_at: invitation.expires_at.map(time::format),
            uses_left: invitation.uses_left,
        }
    }

    async fn my_address(&self) -> Result<Option<String>, Problem> {
        let caller = self.caller().map_err(problem)?;
        Ok(Some(self.hub().person(caller.who).await.map_err(problem)?.address.to_string()))
    }
}

impl Handle for CreateInvitation {
    async fn handle(self, context: &Context) -> Result<Invitation, Problem> {
        let (uses, expires_in_s) = (self.uses, self.expires_in_s);
        let new = identity::NewInvitation { uses, expires_in_s, makes_contact: false };
        let caller = context.caller().map_err(problem)?;
        let invitation = context.hub().create_invitation(caller, new).await.map_err(problem)?;
        Ok(context.invitation(&invitation, context.my_address().await?))
    }
}

impl Handle for ListInvitations {
    async fn handle(self, context: &Context) -> Result<Page<Invitation>, Problem> {
        let caller = context.caller().map_err(problem)?;
        let invitations = context.hub().invitations(caller).await.map_err(problem)?;
        let me = context.my_address().await?;
        let items = invitations.iter().map(|invitation| context.invitation(invitation, me.clone())).collect();
        Ok(Page { items, next: None })
    }
}

impl Handle for RevokeInvitation {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        let caller = context.caller().map_err(problem)?;
        context.hub().revoke_invitation(caller, &Redacted::new(self.code)).await.map_err(problem)?;
        Ok(Done {})
    }
}
