//! The mistake of handing out places before the commit.

use super::SimStore;
use crate::faults::Mistake;
use parking_lot::Mutex;
use parlance_core::{
    event::{Event, Offset},
    id::{ConversationId, EventId, Seq},
};
use parlance_hub::{
    memory::MemoryStore,
    ports::{Append, EventLog, StoreError},
};
use std::{collections::BTreeMap, sync::Arc};

/// Places that were handed out, whether their events were committed or not.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    next: BTreeMap<ConversationId, Seq>,
    of: BTreeMap<EventId, Seq>,
}

impl Numbers {
    /// Hands out places for what is about to be queued.
    pub(super) async fn reserve(&self, memory: &MemoryStore, append: &Append) -> Result<(), StoreError> {
        let head = memory.load_state(append.conversation).await?.map_or(Seq::ZERO, |state| state.head);
        let mut inner = self.inner.lock();
        for draft in &append.events {
            let last = inner.next.get(&append.conversation).copied().unwrap_or_default().max(head);
            inner.next.insert(append.conversation, last.next());
            inner.of.insert(draft.id, last.next());
        }
        Ok(())
    }

    fn get(&self, event: &Event) -> Seq {
        self.inner.lock().of.get(&event.id).copied().unwrap_or(event.seq)
    }
}

impl SimStore {
    /// The event at the place that was handed out.
    pub(super) fn renumbered(&self, event: &Arc<Event>) -> Arc<Event> {
        if !self.makes(Mistake::SeqOutsideCommit) {
            return Arc::clone(event);
        }
        Arc::new(Event { seq: self.disk.numbers.get(event), ..(**event).clone() })
    }

    /// A whole log by the places that were handed out.
    pub(super) async fn renumbered_log(
        &self,
        conversation: ConversationId,
    ) -> Result<Vec<Arc<Event>>, StoreError> {
        let events = self.disk.memory.read_after(conversation, Seq::ZERO, usize::MAX).await?;
        let mut events: Vec<_> = events.iter().map(|event| self.renumbered(event)).collect();
        events.sort_by_key(|event| event.seq);
        Ok(events)
    }

    pub(super) async fn renumbered_seq_at(
        &self,
        conversation: ConversationId,
        offset: Offset,
    ) -> Result<Seq, StoreError> {
        let events = self.renumbered_log(conversation).await?;
        let last = events.iter().filter(|event| event.offset <= offset).map(|event| event.seq).max();
        Ok(last.unwrap_or_default())
    }
}
