use super::Administration;
use crate::{
    Caller, Hub, HubError,
    ports::{Credentials, Devices, MembershipRange, NodeOwner, PrincipalChange},
    usecase::Attached,
};
use parlance_core::{
    conversation::State,
    id::{DeviceId, PrincipalId},
};
use uuid::Uuid;

/// What removed accounts have in place of credentials: nothing can be checked against it.
const REMOVED: Credentials = Credentials { argon2id: String::new(), scram: Vec::new() };

impl Hub {
    /// Removes the caller's account for good, as [`Administration::remove`] does.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn remove_me(&self, caller: Caller) -> Result<(), HubError> {
        let me = self.load_principal(caller.who).await?;
        self.administration().remove(me.address.as_str()).await
    }
}

impl Administration<'_> {
    /// Removes an account for good.
    ///
    /// Nobody signs in with it again, its devices and invitations end at once, it leaves its groups and
    /// channels, nobody has it as a contact who sees its presence, its own name is forgotten, and so is what it
    /// kept in nodes, told about others and wrote for later. Doing it again finishes what was interrupted. The address stays taken,
    /// so that nobody can pass for somebody who was removed.
    ///
    /// # Errors
    /// `UserNotFound`, `Unavailable`.
    pub async fn remove(&self, user: &str) -> Result<(), HubError> {
        let principal = self.load(user).await?;
        let change = PrincipalChange {
            display_name: Some(principal.address.name().to_owned()),
            is_enabled: Some(false),
            is_admin: Some(false),
            privacy: None,
        };
        self.hub.change_account(principal.id, change).await?;
        self.hub.revoke(principal.id, Devices::All).await?;
        self.end_invitations(principal.id).await?;
        self.leave_everywhere(principal.id).await?;
        self.part_with_contacts(principal.id).await?;
        self.hub.world.store.erase_nodes(NodeOwner::Principal(principal.id)).await?;
        self.hub.world.store.erase_subscriptions(principal.address.as_str()).await?;
        self.hub.world.store.erase_reports(principal.id).await?;
        self.hub.world.store.erase_scheduled(principal.id).await?;
        Ok(self.hub.set_credentials(principal.id, REMOVED).await?)
    }

    async fn leave_everywhere(&self, who: PrincipalId) -> Result<(), HubError> {
        let everything = MembershipRange { changed_after: None, before: None, limit: usize::MAX };
        for row in self.hub.world.store.memberships(who, everything).await? {
            if row.kind.has_members_to_manage() {
                let leave = |state: &State| state.decide_farewell(who);
                self.hub.commit(by_server(who), row.conversation, Attached::default(), leave).await?;
            }
        }
        Ok(())
    }

    async fn part_with_contacts(&self, who: PrincipalId) -> Result<(), HubError> {
        for row in self.hub.world.store.contacts(who).await? {
            self.hub.remove_contact(by_server(who), row.who).await?;
        }
        Ok(())
    }

    async fn end_invitations(&self, inviter: PrincipalId) -> Result<(), HubError> {
        let store = &self.hub.world.store;
        for row in store.list_invitations(Some(inviter), self.hub.now()).await? {
            store.revoke_invitation(Some(inviter), &row.code).await?;
        }
        Ok(())
    }
}

pub(super) fn is_removed(credentials: Option<&Credentials>) -> bool {
    credentials == Some(&REMOVED)
}

/// Somebody for whom the server acts.
fn by_server(who: PrincipalId) -> Caller {
    Caller { who, device: DeviceId(Uuid::nil()) }
}
