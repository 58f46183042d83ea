use crate::stanza::Outgoing;
use bytes::Bytes;
use parking_lot::Mutex;
use parlance_core::id::ConversationId;
use std::collections::{BTreeSet, VecDeque};

/// Most stanzas of rooms that may wait for one client; who has more waiting is taken out of the room.
const WAITING_MAX: usize = 4_096;

/// What rooms have for one client, in the order in which its connection passes it on, and which they are.
#[derive(Default)]
pub(crate) struct Desk {
    waiting: Mutex<VecDeque<Outgoing>>,
    rooms: Mutex<BTreeSet<ConversationId>>,
    /// Invitations it was told of and that the log has not come by yet.
    invited: Mutex<BTreeSet<ConversationId>>,
}

/// A stanza for everybody in a room: all of it but the address of the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shared {
    /// `message` or `presence`.
    pub(super) name: &'static str,
    /// What follows the first attribute, from a space to the end.
    pub(super) rest: Bytes,
}

impl Shared {
    /// The stanza for one of them.
    pub(super) fn to(&self, receiver: &str) -> Outgoing {
        let mut xml = Vec::with_capacity(self.rest.len() + receiver.len() + 32);
        let mut address = String::with_capacity(receiver.len());
        parlance_xmpp::push_attribute_value(&mut address, receiver);
        for part in [b"<", self.name.as_bytes(), b" to='", address.as_bytes(), b"'", &self.rest] {
            xml.extend_from_slice(part);
        }
        Outgoing { xml: xml.into(), tells: None }
    }
}

impl Desk {
    /// Takes everything that waits.
    pub(crate) fn take(&self) -> Vec<Outgoing> {
        std::mem::take(&mut *self.waiting.lock()).into()
    }

    /// Puts something there; whether its connection has to be told.
    pub(super) fn put(&self, stanza: Outgoing) -> bool {
        let mut waiting = self.waiting.lock();
        waiting.push_back(stanza);
        waiting.len() == 1
    }

    /// Whether as much waits as may.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.lock().len() >= WAITING_MAX
    }

    /// Notes that its client was told of an invitation.
    pub(super) fn note_invited(&self, conversation: ConversationId) {
        self.invited.lock().insert(conversation);
    }

    /// Whether its client was told of an invitation since the last time.
    pub(super) fn was_invited(&self, conversation: ConversationId) -> bool {
        self.invited.lock().remove(&conversation)
    }

    /// Notes that its client is in a room.
    pub(super) fn enter(&self, conversation: ConversationId) {
        self.rooms.lock().insert(conversation);
    }

    /// Notes that its client is not in a room any more.
    pub(super) fn leave(&self, conversation: ConversationId) {
        self.rooms.lock().remove(&conversation);
    }

    /// The rooms its client is in.
    pub(super) fn rooms(&self) -> Vec<ConversationId> {
        self.rooms.lock().iter().copied().collect()
    }
}
