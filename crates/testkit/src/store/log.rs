use super::SimStore;
use crate::{faults::Mistake, pace};
use async_trait::async_trait;
use parlance_core::{
    conversation::{State, TargetFacts},
    event::{Event, Offset},
    id::{ClientRef, ConversationId, DeviceId, EventId, PrincipalId, Seq, UnixMillis},
};
use parlance_hub::ports::{Append, AppendError, Appended, EventLog, Expired, Mark, StoreError};
use std::sync::Arc;

impl SimStore {
    /// Reads something, with the time it takes and the failures there are.
    pub(super) async fn read<T, E: From<StoreError>>(
        &self,
        look: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        self.before_read().await?;
        let found = look.await;
        self.after_read().await;
        found
    }
}

#[async_trait]
impl EventLog for SimStore {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.queue_append(append).await
    }

    async fn load_state(&self, conversation: ConversationId) -> Result<Option<State>, StoreError> {
        let mut state = self.read(self.disk.memory.load_state(conversation)).await?;
        if self.makes(Mistake::SeqOutsideCommit)
            && let Some(state) = &mut state
            && let Some(last) = self.renumbered_log(conversation).await?.last()
        {
            state.head = last.seq;
        }
        Ok(state)
    }

    async fn read_after(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        if self.makes(Mistake::SeqOutsideCommit) {
            let events = self.read(self.renumbered_log(conversation)).await?;
            return Ok(events.into_iter().filter(|event| event.seq > after).take(limit).collect());
        }
        self.read(self.disk.memory.read_after(conversation, after, limit)).await
    }

    async fn find_ref(
        &self,
        conversation: ConversationId,
        device: DeviceId,
        client_ref: &ClientRef,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        let found = self.read(self.disk.memory.find_ref(conversation, device, client_ref)).await?;
        Ok(found.map(|event| self.renumbered(&event)))
    }

    async fn find_ref_of(
        &self,
        conversation: ConversationId,
        sender: PrincipalId,
        client_ref: &ClientRef,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        let found = self.read(self.disk.memory.find_ref_of(conversation, sender, client_ref)).await?;
        Ok(found.map(|event| self.renumbered(&event)))
    }

    async fn find_event(
        &self,
        conversation: ConversationId,
        id: EventId,
    ) -> Result<Option<Arc<Event>>, StoreError> {
        let found = self.read(self.disk.memory.find_event(conversation, id)).await?;
        Ok(found.map(|event| self.renumbered(&event)))
    }

    async fn find_target(
        &self,
        conversation: ConversationId,
        id: EventId,
        emoji: Option<&str>,
    ) -> Result<Option<TargetFacts>, StoreError> {
        self.read(self.disk.memory.find_target(conversation, id, emoji)).await
    }

    async fn last_post_at(
        &self,
        conversation: ConversationId,
        who: PrincipalId,
    ) -> Result<Option<UnixMillis>, StoreError> {
        self.read(self.disk.memory.last_post_at(conversation, who)).await
    }

    async fn expired(&self, now: UnixMillis, limit: usize) -> Result<Vec<Expired>, StoreError> {
        self.read(self.disk.memory.expired(now, limit)).await
    }

    async fn mark(&self) -> Result<Mark, StoreError> {
        let mut mark = self.read(self.disk.memory.mark()).await?;
        if self.makes(Mistake::NoSweep) && pace::lane().number() == self.fanout {
            mark.offset = Offset(0);
        }
        if self.makes(Mistake::MarkBeforeCommit) {
            mark.offset.0 += *self.disk.queued.lock();
        }
        Ok(mark)
    }

    async fn seq_at(&self, conversation: ConversationId, offset: Offset) -> Result<Seq, StoreError> {
        if self.makes(Mistake::SeqOutsideCommit) {
            return self.read(self.renumbered_seq_at(conversation, offset)).await;
        }
        self.read(self.disk.memory.seq_at(conversation, offset)).await
    }

    async fn changed_between(
        &self,
        after: Offset,
        up_to: Offset,
    ) -> Result<Vec<(ConversationId, Seq)>, StoreError> {
        let mut changed = self.read(self.disk.memory.changed_between(after, up_to)).await?;
        changed.sort_unstable();
        Ok(changed)
    }
}
