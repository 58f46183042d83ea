use crate::{Caller, Hub, HubError};
use parlance_core::{
    account::AccountChange,
    id::{ConversationId, Seq},
};

impl Hub {
    /// Makes a place and everything after it wait to be read again, on all devices of the caller and
    /// for nobody else: receipts stay as they are. Never moves the read position on, and never before
    /// what the caller may see.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn mark_unread(
        &self,
        caller: Caller,
        conversation: ConversationId,
        from: Seq,
    ) -> Result<(), HubError> {
        let room = self.room_with(caller, conversation).await?;
        let visible_from = room.with(|state| state.member(caller.who).map(|member| member.visible_from))?;
        let from = from.max(visible_from);
        self.append_account(caller, AccountChange::Unread { conversation, from }).await
    }
}
