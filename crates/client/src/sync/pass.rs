use super::{core::Core, effect::Effect, notice::ConnectionState, notice::Notice, room::Room};
use crate::error::{CallError, StoreError};
use parlance_api::{error::Retry, model::Conversation, ops};
use std::collections::BTreeMap;

/// Events of a conversation that a pass brings along.
const WINDOW: u32 = 40;
/// Conversations in one page of a pass.
const PAGE: u32 = 50;
/// Conversations of which the position is said.
const POSITIONS_MAX: usize = 500;
/// Wait before a failed pass is tried again, in milliseconds.
const RETRY_MS: u64 = 2_000;

/// One pass through everything that changed since the mark.
#[derive(Debug, Default)]
pub(super) struct Pass {
    number: u64,
    is_running: bool,
    retry_at_ms: Option<u64>,
    places: BTreeMap<String, ops::Position>,
    is_complete: bool,
}

impl Pass {
    pub(super) fn remember_place(&mut self, conversation: &str, epoch: u64, newest: Option<u64>) {
        if let Some(seq) = newest {
            self.places.insert(conversation.to_owned(), ops::Position { epoch, seq });
        }
    }

    pub(super) fn forget_place(&mut self, conversation: &str) {
        self.places.remove(conversation);
    }

    /// The connection is gone: what was asked will not be answered.
    pub(super) fn interrupt(&mut self) {
        self.number += 1;
        self.is_running = false;
        self.is_complete = false;
        self.retry_at_ms = None;
    }

    /// Whether everything up to the newest push is known.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    pub(super) fn retry_at_ms(&self) -> Option<u64> {
        self.retry_at_ms
    }
}

impl Core {
    /// Begins to catch up.
    pub(super) fn begin_pass(&mut self) -> Result<(), StoreError> {
        self.pass.interrupt();
        self.pass.is_running = true;
        let op = ops::Sync {
            since: self.store.load_mark()?,
            positions: self.positions(),
            window: WINDOW,
            limit: PAGE,
            cursor: None,
        };
        self.ask(Effect::Sync(self.pass.number, op));
        Ok(())
    }

    pub(super) fn retry_pass(&mut self, now_ms: u64) -> Result<(), StoreError> {
        if self.is_connected() && self.pass.retry_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
            self.begin_pass()?;
        }
        Ok(())
    }

    /// One page of the pass came.
    pub(super) fn handle_synced(
        &mut self,
        now_ms: u64,
        number: u64,
        result: Result<ops::Synced, CallError>,
    ) -> Result<(), StoreError> {
        if number != self.pass.number || !self.pass.is_running {
            return Ok(());
        }
        match result {
            Ok(page) => self.take_page(now_ms, page),
            Err(error) => {
                self.handle_failed_pass(now_ms, &error);
                Ok(())
            }
        }
    }

    fn handle_failed_pass(&mut self, now_ms: u64, error: &CallError) {
        tracing::debug!(%error, "catching up failed");
        let advice = match error {
            CallError::Refused(problem) if problem.retry != Retry::Never => problem.retry_after_ms,
            _ => None,
        };
        self.pass.interrupt();
        self.pass.retry_at_ms = Some(now_ms + advice.unwrap_or(RETRY_MS));
    }

    fn take_page(&mut self, now_ms: u64, page: ops::Synced) -> Result<(), StoreError> {
        if page.reset {
            self.forget_everything()?;
        }
        for conversation in &page.gone {
            self.forget_room(conversation)?;
        }
        for conversation in page.conversations {
            self.take_conversation(now_ms, conversation)?;
        }
        match page.next {
            Some(cursor) => {
                let op = ops::Sync {
                    since: self.store.load_mark()?,
                    positions: self.positions(),
                    window: WINDOW,
                    limit: PAGE,
                    cursor: Some(cursor),
                };
                self.ask(Effect::Sync(self.pass.number, op));
                Ok(())
            }
            None => self.finish_pass(&page.mark),
        }
    }

    fn finish_pass(&mut self, mark: &str) -> Result<(), StoreError> {
        self.store.save_mark(mark)?;
        self.pass.is_running = false;
        self.pass.is_complete = true;
        self.set_link(ConnectionState::Online);
        let ids: Vec<String> = self.rooms.keys().cloned().collect();
        for id in ids {
            self.fill_tail(&id);
            self.ask_when_stale(&id);
        }
        self.watch_peers();
        Ok(())
    }

    /// Takes in a conversation as the server describes it now.
    pub(super) fn take_conversation(
        &mut self,
        now_ms: u64,
        conversation: Conversation,
    ) -> Result<(), StoreError> {
        let keeps_position = self.said.has_position(&conversation.conversation);
        self.take_picture(now_ms, conversation, keeps_position)
    }

    /// Takes in a conversation as the server describes it, with the read position that is known here or the
    /// one that the server says.
    pub(super) fn take_picture(
        &mut self,
        now_ms: u64,
        mut conversation: Conversation,
        keeps_position: bool,
    ) -> Result<(), StoreError> {
        let id = conversation.conversation.clone();
        let events = std::mem::take(&mut conversation.events);
        conversation.hole = None;
        if let Some(peer) = &conversation.peer {
            let (address, name) = (peer.address.clone(), peer.display_name.clone());
            self.remember_name(&address, &name)?;
        }
        self.said.put_on_top(&mut conversation);
        let head = conversation.head;
        match self.rooms.get_mut(&id) {
            Some(room) => {
                if room.renew(conversation, keeps_position) {
                    self.store.remove_events(&id)?;
                }
            }
            None => {
                let room = Room::new(conversation, &self.me.user.address);
                self.rooms.insert(id.clone(), room);
            }
        }
        self.absorb(&id, &events)?;
        let room = &self.rooms[&id];
        self.store.save_conversation(&room.stored())?;
        let early = self.early.remove(&id).unwrap_or_default();
        self.absorb(&id, &early)?;
        self.note_delivered(now_ms, &id, head);
        self.notify(Notice::Timeline { conversation: id });
        self.notify(Notice::Conversations);
        Ok(())
    }

    /// Fetches what is missing between the newest known events, when it is little.
    pub(super) fn fill_tail(&mut self, conversation: &str) {
        let Some(room) = self.rooms.get(conversation) else { return };
        let tail = room.timeline.head().saturating_sub(u64::from(WINDOW));
        let hole = room.timeline.holes().into_iter().rfind(|hole| hole.to >= tail);
        if let Some(hole) = hole {
            self.ask_for_page(page_of(conversation, hole), None);
        }
    }

    fn forget_everything(&mut self) -> Result<(), StoreError> {
        self.store.reset()?;
        self.rooms.clear();
        self.pass.places.clear();
        self.notify(Notice::Conversations);
        Ok(())
    }

    /// Where the client stands, for the newest conversations of which it keeps events.
    fn positions(&mut self) -> BTreeMap<String, ops::Position> {
        for (id, room) in &self.rooms {
            self.pass.remember_place(id, room.timeline.epoch(), room.timeline.newest());
        }
        let newest_first = |id: &String| self.rooms.get(id).map(|room| room.info.changed_at.clone());
        let mut places: Vec<_> =
            self.pass.places.iter().map(|(id, place)| (newest_first(id), id, *place)).collect();
        places.sort_unstable_by(|left, right| right.0.cmp(&left.0));
        places.into_iter().take(POSITIONS_MAX).map(|(_, id, place)| (id.clone(), place)).collect()
    }
}

/// The request for the newest part of a hole.
pub(super) fn page_of(conversation: &str, hole: parlance_api::model::Hole) -> ops::ListEvents {
    const PAGE_EVENTS_MAX: u64 = 100;
    let limit = (hole.to - hole.from + 1).min(PAGE_EVENTS_MAX);
    ops::ListEvents {
        conversation: conversation.to_owned(),
        before: Some(hole.to + 1),
        limit: u32::try_from(limit).expect("invariant: bounded above"),
        ..ops::ListEvents::default()
    }
}
