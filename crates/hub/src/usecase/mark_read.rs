use crate::{Caller, Hub, HubError, live::Signal};
use parlance_core::id::{ConversationId, Seq};

/// Receipts are shown one by one in conversations of up to so many members.
pub(crate) const RECEIPT_MEMBERS_MAX: usize = 20;

impl Hub {
    /// Notes how far the caller has read. Never moves back, and never past the end; what is
    /// known already changes nothing and is told to nobody.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn mark_read(
        &self,
        caller: Caller,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<(), HubError> {
        let seq = seq.min(self.head_at_least(caller, conversation, seq).await?);
        let known = self.world.store.membership(caller.who, conversation).await?;
        if known.is_some_and(|row| seq <= row.read) {
            return Ok(());
        }
        self.append_read(caller, conversation, seq).await?;
        if self.person(caller.who).await?.privacy.show_read {
            self.signal_receipt(conversation, caller, Seq::ZERO, seq).await?;
        }
        Ok(())
    }

    /// Tells the other members, where there are few enough.
    pub(crate) async fn signal_receipt(
        &self,
        conversation: ConversationId,
        caller: Caller,
        delivered: Seq,
        read: Seq,
    ) -> Result<(), HubError> {
        let Caller { who, device, .. } = caller;
        let signal = Signal::Receipt { conversation, who, device, delivered, read };
        self.signal_members(conversation, caller.who, RECEIPT_MEMBERS_MAX, signal).await
    }
}
