use crate::{context::Context, dispatch::Handle, errors::problem, outbound};
use parlance_api::{
    error::Problem,
    model::{self, ServerInfo},
    ops::{Done, GetServer, InvitationView, LookAtInvitation, Register, SignIn, SignOut},
};
use parlance_hub::{Redacted, Registration, identity};

impl Context {
    pub(crate) fn server_info(&self) -> ServerInfo {
        let settings = self.hub().settings();
        ServerInfo {
            domain: settings.domain.clone(),
            version: self.api.settings.version.clone(),
            registration: match settings.registration {
                Registration::Closed => model::Registration::Closed,
                Registration::Invite => model::Registration::Invite,
                Registration::Open => model::Registration::Open,
            },
            limits: self.api.settings.limits,
        }
    }
}

fn signed_in(signed_in: &identity::SignedIn) -> model::SignedIn {
    model::SignedIn {
        token: signed_in.token.expose().clone(),
        me: outbound::me(&signed_in.principal, signed_in.caller()),
    }
}

impl Handle for GetServer {
    async fn handle(self, context: &Context) -> Result<ServerInfo, Problem> {
        Ok(context.server_info())
    }
}

impl Handle for SignIn {
    async fn handle(self, context: &Context) -> Result<model::SignedIn, Problem> {
        let request = identity::SignIn {
            user: self.user,
            password: Redacted::new(self.password),
            device_name: self.device_name,
            peer: context.peer,
        };
        Ok(signed_in(&context.hub().sign_in(request).await.map_err(problem)?))
    }
}

impl Handle for Register {
    async fn handle(self, context: &Context) -> Result<model::SignedIn, Problem> {
        let request = identity::Register {
            name: self.name,
            password: Redacted::new(self.password),
            display_name: self.display_name,
            invitation: self.invitation.map(Redacted::new),
            device_name: self.device_name,
            peer: context.peer,
        };
        Ok(signed_in(&context.hub().register(request).await.map_err(problem)?))
    }
}

impl Handle for SignOut {
    async fn handle(self, context: &Context) -> Result<Done, Problem> {
        context.hub().sign_out(context.caller().map_err(problem)?).await.map_err(problem)?;
        Ok(Done {})
    }
}

impl Handle for LookAtInvitation {
    async fn handle(self, context: &Context) -> Result<InvitationView, Problem> {
        let invited = context.hub().look_at_invitation(&Redacted::new(self.code), context.peer).await;
        let invited = invited.map_err(problem)?;
        Ok(InvitationView {
            domain: invited.domain,
            inviter: invited.inviter.as_ref().map(outbound::user),
            admin: invited.is_admin,
            contact: invited.makes_contact,
            name: invited.name,
        })
    }
}
