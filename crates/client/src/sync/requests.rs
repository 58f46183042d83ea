use super::{
    core::{Core, Waiter},
    effect::Effect,
    notice::{ConnectionState, Notice},
};
use crate::{
    error::StoreError,
    model::{Action, OutboxEntry, Timeline},
};
use parlance_api::{model::Hole, ops};

/// Events that are brought in at once when somebody scrolls.
const PAGE_EVENTS: u32 = 60;

impl Core {
    /// When the outbox wants to be looked at again.
    pub(super) fn next_sending_ms(&self) -> Option<u64> {
        if self.is_connected() { self.outbox.next_due_ms() } else { None }
    }

    /// Sends what may be sent now.
    pub(super) fn send_due(&mut self, now_ms: u64) -> Result<(), StoreError> {
        if !self.is_connected() {
            return Ok(());
        }
        for client_ref in self.outbox.due(now_ms) {
            let Some(action) = self.outbox.begin(&client_ref) else { continue };
            self.save_unsent(&client_ref)?;
            self.notify(Notice::Timeline { conversation: action.conversation().to_owned() });
            self.ask(Effect::Act { client_ref, action });
        }
        Ok(())
    }

    /// Takes on an action; from here on it is done once, or shown as failed.
    pub(crate) fn enqueue(
        &mut self,
        now_ms: u64,
        client_ref: String,
        action: Action,
    ) -> Result<(), StoreError> {
        let conversation = action.conversation().to_owned();
        self.outbox.push(client_ref.clone(), action);
        self.save_unsent(&client_ref)?;
        self.notify(Notice::Timeline { conversation });
        self.send_due(now_ms)
    }

    /// Tries again what had failed for good.
    pub(crate) fn retry(&mut self, now_ms: u64, client_ref: &str) -> Result<bool, StoreError> {
        let is_queued = self.outbox.retry(client_ref);
        if is_queued {
            self.save_unsent(client_ref)?;
            self.send_due(now_ms)?;
        }
        Ok(is_queued)
    }

    /// Gives up what has not been sent. What is on its way is not given up: it may be there already.
    pub(crate) fn discard(&mut self, client_ref: &str) -> Result<Option<OutboxEntry>, StoreError> {
        let is_on_its_way = self
            .outbox
            .find(client_ref)
            .is_none_or(|entry| entry.state == crate::model::OutboxState::Sending);
        if is_on_its_way {
            return Ok(None);
        }
        self.store.remove_outbox(client_ref)?;
        let entry = self.outbox.remove(client_ref);
        if let Some(entry) = &entry {
            self.notify(Notice::Timeline { conversation: entry.action.conversation().to_owned() });
        }
        Ok(entry)
    }

    /// Somebody looks at a conversation: brings in what they will see.
    pub(crate) fn open(&mut self, conversation: &str) -> Result<(), StoreError> {
        self.load_room(conversation)?;
        let Some(room) = self.rooms.get(conversation) else { return Ok(()) };
        let is_empty = room.timeline.newest().is_none() && room.timeline.has_older();
        if is_empty {
            self.ask_for_newest(conversation);
        } else if self.link == ConnectionState::Online {
            self.fill_tail(conversation);
        }
        if self.is_connected() && self.described.insert(conversation.to_owned()) {
            self.ask(Effect::Members(conversation.to_owned()));
            self.ask(Effect::Receipts(conversation.to_owned()));
        }
        Ok(())
    }

    /// Brings in a page before the oldest event in memory: from the store, else from the server.
    pub(crate) fn load_older(&mut self, conversation: &str, waiter: Waiter) -> Result<(), StoreError> {
        self.load_room(conversation)?;
        let oldest = self.rooms.get(conversation).filter(|room| room.timeline.has_older());
        let Some(oldest) = oldest.map(|room| room.timeline.oldest().unwrap_or(room.timeline.head() + 1))
        else {
            drop(waiter.send(Ok(())));
            return Ok(());
        };
        let stored = self.store.load_events_before(conversation, oldest, PAGE_EVENTS)?;
        if self.bring_in(conversation, stored, |newest| newest + 1 == oldest)? {
            drop(waiter.send(Ok(())));
        } else {
            let op = ops::ListEvents {
                conversation: conversation.to_owned(),
                before: Some(oldest),
                limit: PAGE_EVENTS,
                ..ops::ListEvents::default()
            };
            self.ask_for_page(op, Some(waiter));
        }
        Ok(())
    }

    /// Brings in the newest part of a hole: from the store, else from the server.
    pub(crate) fn fill(&mut self, conversation: &str, hole: Hole, waiter: Waiter) -> Result<(), StoreError> {
        let from = hole.from.max((hole.to + 1).saturating_sub(u64::from(PAGE_EVENTS)));
        let stored = self.store.load_events_between(conversation, from, hole.to)?;
        if self.bring_in(conversation, stored, |newest| newest == hole.to)? {
            drop(waiter.send(Ok(())));
        } else {
            self.ask_for_page(super::pass::page_of(conversation, hole), Some(waiter));
        }
        Ok(())
    }

    /// Brings in what stands around a place.
    pub(crate) fn load_around(
        &mut self,
        conversation: &str,
        seq: u64,
        waiter: Waiter,
    ) -> Result<(), StoreError> {
        self.load_room(conversation)?;
        let half = u64::from(PAGE_EVENTS / 2);
        let stored = self.store.load_events_between(conversation, seq.saturating_sub(half), seq + half)?;
        let has_place = stored.iter().any(|event| event.seq == seq);
        if self.bring_in(conversation, stored, |_| has_place)? {
            drop(waiter.send(Ok(())));
        } else {
            let op = ops::ListEvents {
                conversation: conversation.to_owned(),
                around: Some(seq),
                limit: PAGE_EVENTS,
                ..ops::ListEvents::default()
            };
            self.ask_for_page(op, Some(waiter));
        }
        Ok(())
    }

    /// Puts stored events into memory when they are what is wanted.
    fn bring_in(
        &mut self,
        conversation: &str,
        stored: Vec<parlance_api::event::Event>,
        is_wanted: impl Fn(u64) -> bool,
    ) -> Result<bool, StoreError> {
        let Some(room) = self.rooms.get_mut(conversation) else { return Ok(false) };
        if !stored.last().is_some_and(|event| is_wanted(event.seq)) {
            return Ok(false);
        }
        for event in super::core::newest_run(stored) {
            room.timeline.apply(event);
        }
        self.notify(Notice::Timeline { conversation: conversation.to_owned() });
        Ok(true)
    }

    /// Looks for words in what is stored here.
    pub(crate) fn find_stored(
        &self,
        words: &str,
        conversation: Option<&str>,
        limit: usize,
    ) -> Result<Vec<parlance_api::event::Event>, StoreError> {
        self.store.find_messages(words, conversation, limit)
    }

    /// The timeline of a conversation, when it is one's own.
    pub(crate) fn timeline(&self, conversation: &str) -> Option<&Timeline> {
        Some(&self.rooms.get(conversation)?.timeline)
    }

    fn save_unsent(&self, client_ref: &str) -> Result<(), StoreError> {
        self.outbox.find(client_ref).map_or(Ok(()), |entry| self.store.save_outbox(entry))
    }
}
