use crate::ports::{Store, StoreError};
use bytes::Bytes;
use moka::sync::Cache;
use parking_lot::Mutex;
use parlance_core::{
    conversation::State,
    event::{Content, Event, Offset},
    id::{ConversationId, Seq},
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, OnceLock},
};

/// Most events a room keeps in memory.
const TAIL_EVENTS_MAX: usize = 128;
/// Most events that wait for their predecessors.
const STASH_EVENTS_MAX: usize = 1_024;
/// Most events read at once to catch up.
const CATCH_UP_EVENTS: usize = 500;

/// The rooms in memory. A room is a copy that can be thrown away at any time; the log decides.
pub(crate) struct Rooms {
    rooms: Cache<ConversationId, Arc<Room>>,
}

/// A conversation in memory: the fold of its rules, and its newest events.
pub(crate) struct Room {
    inner: Mutex<Inner>,
    /// Held while posting in slow mode, so that two posts at once cannot both be the first.
    pub(crate) slow_mode_turn: tokio::sync::Mutex<()>,
}

struct Inner {
    state: State,
    tail: VecDeque<Arc<Entry>>,
    stash: BTreeMap<Seq, Arc<Event>>,
    /// Up to where everybody here was told what happened; unknown until the first sweep.
    told: Option<Seq>,
}

/// An event with its encodings, made once for all receivers.
pub struct Entry {
    /// The event.
    pub event: Arc<Event>,
    encodings: [OnceLock<Bytes>; Self::FRONTS_MAX],
}

impl Entry {
    /// Places for encodings: one per front end and version.
    pub const FRONTS_MAX: usize = 4;

    pub(crate) fn new(event: Arc<Event>) -> Self {
        Self { event, encodings: Default::default() }
    }

    /// The encoding in a front end's place, made when it is first asked for.
    pub fn encoding(&self, front: usize, encode: impl FnOnce(&Event) -> Bytes) -> Bytes {
        self.encodings[front].get_or_init(|| encode(&self.event)).clone()
    }

    /// The encoding in a front end's place, when it was made already.
    pub fn known_encoding(&self, front: usize) -> Option<Bytes> {
        self.encodings[front].get().cloned()
    }
}

/// What a room has after a cursor.
pub(crate) enum Tail {
    /// These, which follow the cursor without a gap; none when the cursor is at the end.
    Events(Vec<Arc<Entry>>),
    /// The cursor is before what is in memory.
    TooOld,
}

impl Rooms {
    pub(crate) fn new(rooms_max: u64) -> Self {
        Self { rooms: Cache::new(rooms_max) }
    }

    /// The room, from memory or from the store; `None` when there is no such conversation.
    pub(crate) async fn load(
        &self,
        store: &dyn Store,
        id: ConversationId,
    ) -> Result<Option<Arc<Room>>, StoreError> {
        if let Some(room) = self.rooms.get(&id) {
            return Ok(Some(room));
        }
        let Some(state) = store.load_state(id).await? else { return Ok(None) };
        Ok(Some(self.rooms.get_with(id, || Arc::new(Room::new(state)))))
    }
}

impl Room {
    pub(super) fn new(state: State) -> Self {
        let inner = Inner { state, tail: VecDeque::new(), stash: BTreeMap::new(), told: None };
        Self { inner: Mutex::new(inner), slow_mode_turn: tokio::sync::Mutex::new(()) }
    }

    /// Looks at the state.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.inner.lock().state)
    }

    /// Takes an event that was committed. One that is known is ignored, one that comes too early waits.
    pub(crate) fn offer(&self, event: Arc<Event>) {
        let mut inner = self.inner.lock();
        if event.epoch != inner.state.epoch || event.seq <= inner.state.head {
            return;
        }
        if inner.stash.len() < STASH_EVENTS_MAX || event.seq == inner.state.head.next() {
            inner.stash.insert(event.seq, event);
        }
        inner.drain_stash();
    }

    /// Notes that everybody was told of these events. One that does not follow the others, because
    /// the wake of its predecessor comes later or never, is left to the sweep.
    pub(crate) fn note_told(&self, events: &[Arc<Event>]) {
        let mut inner = self.inner.lock();
        for event in events {
            if inner.told.is_some_and(|told| event.seq == told.next()) {
                inner.told = Some(event.seq);
            }
        }
    }

    /// Notes that everybody was told of everything up to this place.
    pub(crate) fn note_told_up_to(&self, seq: Seq) {
        let mut inner = self.inner.lock();
        inner.told = inner.told.max(Some(seq));
    }

    /// Whether everybody was told of everything up to this place.
    pub(crate) fn has_told(&self, seq: Seq) -> bool {
        self.inner.lock().told >= Some(seq)
    }

    /// Reads what is missing up to the end of the log.
    pub(crate) async fn catch_up(&self, store: &dyn Store) -> Result<(), StoreError> {
        let id = self.with(|state| state.id);
        loop {
            let head = self.with(|state| state.head);
            let events = store.read_after(id, head, CATCH_UP_EVENTS).await?;
            let is_last = events.len() < CATCH_UP_EVENTS;
            events.into_iter().for_each(|event| self.offer(event));
            if is_last {
                return Ok(());
            }
        }
    }

    /// Up to `limit` events after a cursor.
    pub(crate) fn after(&self, cursor: Seq, limit: usize) -> Tail {
        let inner = self.inner.lock();
        if cursor >= inner.state.head {
            return Tail::Events(Vec::new());
        }
        match inner.tail.front() {
            Some(oldest) if oldest.event.seq <= cursor.next() => {
                let skip = (cursor.next().0 - oldest.event.seq.0) as usize;
                Tail::Events(inner.tail.iter().skip(skip).take(limit).cloned().collect())
            }
            _ => Tail::TooOld,
        }
    }

    /// The last place whose offset is not above this one, if memory reaches back that far.
    pub(crate) fn seq_at(&self, offset: Offset) -> Option<Seq> {
        let inner = self.inner.lock();
        let older = inner.tail.partition_point(|entry| entry.event.offset <= offset);
        older.checked_sub(1).map(|last| inner.tail[last].event.seq)
    }
}

impl Inner {
    fn drain_stash(&mut self) {
        while let Some(event) = self.stash.remove(&self.state.head.next()) {
            self.state.apply(&event);
            self.blank(&event);
            self.tail.push_back(Arc::new(Entry::new(event)));
            if self.tail.len() > TAIL_EVENTS_MAX {
                self.tail.pop_front();
            }
        }
        let head = self.state.head;
        self.stash.retain(|seq, _| *seq > head);
    }

    /// Deleted means deleted in memory too: followers who come late get the empty shell.
    fn blank(&mut self, event: &Event) {
        let Content::Delete { target } = event.content else { return };
        for entry in &mut self.tail {
            let is_edit =
                matches!(entry.event.content, Content::Edit { target: edited, .. } if edited == target);
            if entry.event.seq == target.seq || is_edit {
                let shell = Event { content: Content::Deleted, extras: None, ..(*entry.event).clone() };
                *entry = Arc::new(Entry::new(Arc::new(shell)));
            }
        }
    }
}
