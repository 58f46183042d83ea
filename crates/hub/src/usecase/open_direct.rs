use crate::{Caller, Hub, HubError, ports::Create};
use parlance_core::{
    Rejection,
    conversation::{Kind, Role, SettingsChange},
    id::{ConversationId, PrincipalId},
};

impl Hub {
    /// The direct conversation with somebody; made when there is none.
    ///
    /// # Errors
    /// When there is none: `Blocked` when one has blocked the other, `TooManyConversations` when one is in
    /// as many as there may be.
    pub async fn open_direct(&self, caller: Caller, who: PrincipalId) -> Result<ConversationId, HubError> {
        if who == caller.who {
            return self.open_notes(caller).await;
        }
        let id = ConversationId::direct(caller.who, who);
        if self.rooms.load(&*self.world.store, id).await?.is_some() {
            return Ok(id);
        }
        if self.is_blocked(caller.who, who).await? {
            return Err(Rejection::Blocked.into());
        }
        for one in [caller.who, who] {
            self.check_may_be_in_one_more(one).await?;
        }
        let members = [(caller.who, Role::Member), (who, Role::Member)];
        self.found(caller, id, Create::new(self.domain, Kind::Direct), SettingsChange::default(), &members)
            .await?;
        Ok(id)
    }

    /// The caller's notes to self.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn open_notes(&self, caller: Caller) -> Result<ConversationId, HubError> {
        let id = ConversationId::notes(caller.who);
        if self.rooms.load(&*self.world.store, id).await?.is_none() {
            let members = [(caller.who, Role::Member)];
            self.found(
                caller,
                id,
                Create::new(self.domain, Kind::Notes),
                SettingsChange::default(),
                &members,
            )
            .await?;
        }
        Ok(id)
    }
}
