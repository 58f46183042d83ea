use crate::{Caller, Hub, HubError, ports::Delivered};
use parking_lot::Mutex;
use parlance_core::id::{ConversationId, DeviceId, Seq};
use std::collections::HashMap;

/// Most receipts that wait to be written; more are written at once.
const WAITING_MAX: usize = 4_096;

/// Delivery receipts on their way to the store, the newest of each device and conversation.
#[derive(Default)]
pub(crate) struct DeliveredQueue {
    waiting: Mutex<HashMap<(DeviceId, ConversationId), Delivered>>,
}

impl DeliveredQueue {
    pub(super) fn put(&self, delivered: Delivered) -> usize {
        let mut waiting = self.waiting.lock();
        let newest = waiting.entry((delivered.device, delivered.conversation)).or_insert(delivered);
        newest.seq = newest.seq.max(delivered.seq);
        waiting.len()
    }

    pub(super) fn take(&self) -> Vec<Delivered> {
        std::mem::take(&mut *self.waiting.lock()).into_values().collect()
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

    /// Writes waiting delivery receipts down.
    pub(crate) async fn flush_delivered(&self) -> Result<(), HubError> {
        let waiting = self.delivered.take();
        if waiting.is_empty() {
            return Ok(());
        }
        let written = self.world.store.set_delivered(waiting.clone()).await;
        if written.is_err() {
            waiting.into_iter().for_each(|delivered| {
                self.delivered.put(delivered);
            });
        }
        Ok(written?)
    }
}
