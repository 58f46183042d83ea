//! The read position of a conversation: moved on by reading, moved back by marking as unread.
//!
//! What the server is told of one conversation it is told one after the other, because only the order
//! says which of the two holds.

use super::{core::Core, effect::Effect, notice::Notice};
use crate::{error::StoreError, store::Unsaid};

impl Core {
    /// The person has read up to here.
    pub(crate) fn mark_read(&mut self, conversation: &str, seq: u64) -> Result<(), StoreError> {
        let Some(room) = self.rooms.get(conversation) else { return Ok(()) };
        let seq = seq.min(room.timeline.head());
        if seq <= room.info.membership.read_seq {
            return Ok(());
        }
        self.move_read(conversation, seq)?;
        if self.said.unreads.contains_key(conversation) {
            return Ok(());
        }
        self.say_read(conversation, seq)
    }

    /// The person wants to have everything from here on before them again.
    pub(crate) fn mark_unread(&mut self, conversation: &str, from: u64) -> Result<(), StoreError> {
        let Some(room) = self.rooms.get(conversation) else { return Ok(()) };
        let from = from.max(room.info.membership.visible_from).max(1);
        if from > room.info.membership.read_seq {
            return Ok(());
        }
        self.move_unread(conversation, from)?;
        let wanted = self.said.unreads.entry(conversation.to_owned()).or_insert(from);
        *wanted = from.min(*wanted);
        let unsaid = Unsaid::Unread(*wanted);
        self.store.save_unsaid(conversation, &unsaid)?;
        if self.is_connected() && !self.said.reads.contains_key(conversation) {
            self.ask(Effect::Say(conversation.to_owned(), unsaid));
        }
        Ok(())
    }

    /// Another device has read up to here, unless something was marked as unread here since.
    pub(super) fn take_read(&mut self, conversation: &str, seq: u64) -> Result<(), StoreError> {
        if self.said.unreads.contains_key(conversation) {
            return Ok(());
        }
        self.move_read(conversation, seq)
    }

    /// Another device has marked something as unread, unless something was read or marked here since.
    pub(super) fn take_unread(&mut self, conversation: &str, from: u64) -> Result<(), StoreError> {
        if self.said.has_position(conversation) {
            return Ok(());
        }
        self.move_unread(conversation, from)
    }

    /// The server knows a position: the next one may be said, and counters are worth asking for again.
    pub(super) fn handle_position_said(&mut self, conversation: &str) {
        let unread = self.said.unreads.get(conversation).copied();
        if let Some(from) = unread.filter(|_| !self.said.reads.contains_key(conversation)) {
            self.ask(Effect::Say(conversation.to_owned(), Unsaid::Unread(from)));
        }
        self.ask_again_when_stale(conversation);
    }

    /// Asks for the counters when they are in doubt, though they may have been asked for already.
    pub(super) fn ask_again_when_stale(&mut self, conversation: &str) {
        if let Some(room) = self.rooms.get_mut(conversation) {
            room.asked_about = None;
        }
        self.ask_when_stale(conversation);
    }

    /// Says what was read after something was marked as unread from `from` on.
    pub(super) fn say_read_since(&mut self, conversation: &str, from: u64) -> Result<(), StoreError> {
        let Some(room) = self.rooms.get(conversation) else { return Ok(()) };
        let read_seq = room.info.membership.read_seq;
        if read_seq >= from { self.say_read(conversation, read_seq) } else { Ok(()) }
    }

    fn say_read(&mut self, conversation: &str, seq: u64) -> Result<(), StoreError> {
        self.said.reads.insert(conversation.to_owned(), seq);
        self.store.save_unsaid(conversation, &Unsaid::Read(seq))?;
        if self.is_connected() {
            self.ask(Effect::Say(conversation.to_owned(), Unsaid::Read(seq)));
        }
        Ok(())
    }

    fn move_read(&mut self, conversation: &str, seq: u64) -> Result<(), StoreError> {
        self.move_to(conversation, |position| position.max(seq))
    }

    fn move_unread(&mut self, conversation: &str, from: u64) -> Result<(), StoreError> {
        self.move_to(conversation, |position| position.min(from.saturating_sub(1)))
    }

    fn move_to(&mut self, conversation: &str, place: impl FnOnce(u64) -> u64) -> Result<(), StoreError> {
        self.load_room(conversation)?;
        let Some(room) = self.rooms.get_mut(conversation) else { return Ok(()) };
        let position = place(room.info.membership.read_seq);
        if position != room.info.membership.read_seq {
            room.info.membership.read_seq = position;
            room.recount();
            self.store.save_conversation(&room.stored())?;
            self.notify(Notice::Conversations);
            self.notify(Notice::Timeline { conversation: conversation.to_owned() });
            self.ask_when_stale(conversation);
        }
        Ok(())
    }
}
