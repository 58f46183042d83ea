use crate::{Caller, Hub, HubError, ports::Delivered};
use parking_lot::Mutex;
use parlance_core::id::{ConversationId, DeviceId, Seq};
use std::collections::{HashMap, hash_map::Entry};

/// Most receipts that wait to be written; more are written at once.
const WAITING_MAX: usize = 4_096;

/// Delivery receipts on their way to the store, the newest of each device and conversation.
#[derive(Default)]
pub(crate) struct DeliveredQueue {
    waiting: Mutex<HashMap<(DeviceId, ConversationId), Delivered>>,
    /// Held by whoever writes them: who reads receipts from the store waits for what is on its way there.
    pub(super) writing: tokio::sync::Mutex<()>,
}

impl DeliveredQueue {
    pub(super) fn put(&self, delivered: Delivered) -> usize {
        let mut waiting = self.waiting.lock();
        let newest = waiting.entry((delivered.device, delivered.conversation)).or_insert(delivered);
        newest.seq = newest.seq.max(delivered.seq);
        waiting.len()
    }

    pub(super) fn waiting(&self) -> Vec<Delivered> {
        self.waiting.lock().values().copied().collect()
    }

    /// Forgets what was written; what is newer waits.
    pub(super) fn remove(&self, written: &[Delivered]) {
        let mut waiting = self.waiting.lock();
        for one in written {
            if let Entry::Occupied(newest) = waiting.entry((one.device, one.conversation))
                && newest.get().seq == one.seq
            {
                newest.remove();
            }
        }
        if waiting.is_empty() {
            waiting.shrink_to_fit();
        }
    }
}

impl Hub {
    /// Notes how far the caller's device has received. Never moves back, and never past the end.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn mark_delivered(
        &self,
        caller: Caller,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<(), HubError> {
        let seq = seq.min(self.head_at_least(caller, conversation, seq).await?);
        let delivered = Delivered { conversation, who: caller.who, device: caller.device, seq };
        if self.delivered.put(delivered) > WAITING_MAX {
            self.flush_delivered().await?;
        }
        self.signal_receipt(conversation, caller, seq, Seq::ZERO).await
    }

    /// The end of a conversation the caller is in. What the caller knows beyond the end that memory
    /// knows is looked for in the log.
    pub(crate) async fn head_at_least(
        &self,
        caller: Caller,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<Seq, HubError> {
        let room = self.room_with(caller, conversation).await?;
        if room.with(|state| state.head) < seq {
            room.catch_up(&*self.world.store).await?;
        }
        Ok(room.with(|state| state.member(caller.who).map(|_| state.head))?)
    }

    /// Writes waiting delivery receipts down: all that were noted before are in the store afterwards.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub(crate) async fn flush_delivered(&self) -> Result<(), HubError> {
        let _turn = self.delivered.writing.lock().await;
        let waiting = self.delivered.waiting();
        if !waiting.is_empty() {
            self.world.store.set_delivered(waiting.clone()).await?;
            self.delivered.remove(&waiting);
        }
        Ok(())
    }
}
