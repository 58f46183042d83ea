use crate::{Caller, Hub, HubError, live::Signal};
use parlance_core::{
    Rejection,
    conversation::Permission,
    id::{ConversationId, PrincipalId},
};

/// Typing is shown in conversations of up to so many members.
const TYPING_MEMBERS_MAX: usize = 200;

impl Hub {
    /// Tells the other members that the caller is typing, or no longer.
    ///
    /// # Errors
    /// `ConversationNotFound`, `Forbidden` for those who may not post, `Blocked`.
    pub async fn set_typing(
        &self,
        caller: Caller,
        conversation: ConversationId,
        active: bool,
    ) -> Result<(), HubError> {
        let room = self.room_with(caller, conversation).await?;
        if !room.with(|state| state.may(caller.who, Permission::Post)) {
            return Err(Rejection::Forbidden.into());
        }
        self.check_reach(caller, conversation).await?;
        let signal = Signal::Typing { conversation, who: caller.who, device: caller.device, active };
        self.signal_members(conversation, caller.who, TYPING_MEMBERS_MAX, signal).await
    }

    /// Passes a signal to the other members of a conversation, unless there are too many.
    pub(crate) async fn signal_members(
        &self,
        conversation: ConversationId,
        from: PrincipalId,
        members_max: usize,
        signal: Signal,
    ) -> Result<(), HubError> {
        self.room(conversation).await?.with(|state| {
            if state.members.len() > members_max {
                return;
            }
            for who in state.members.keys().filter(|who| **who != from) {
                self.connections.for_each_of(*who, |line| line.mailbox.signal(signal.clone()));
            }
        });
        Ok(())
    }
}
