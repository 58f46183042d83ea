use super::room::Room;
use crate::{context::Xmpp, payload::FRONT, seat::Seat};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use parking_lot::Mutex;
use parlance_core::id::{ConversationId, PrincipalId};
use parlance_hub::live::Relay;
use sha2::{Digest, Sha256};
use smol_str::SmolStr;
use std::{collections::HashMap, sync::Arc};

/// Rooms in different parts do not wait for each other.
const PARTS: usize = 64;

/// The rooms with somebody in them, on this node.
pub(crate) struct Rooms {
    parts: [Mutex<HashMap<ConversationId, Room>>; PARTS],
    key: [u8; 32],
}

impl Rooms {
    /// No rooms; `server_key` stays the same for the life of the server, and with it the ids of occupants.
    pub(crate) fn new(server_key: &[u8]) -> Self {
        let key = Sha256::new_with_prefix("occupant ids\0").chain_update(server_key).finalize().into();
        Self { parts: std::array::from_fn(|_| Mutex::default()), key }
    }

    fn part(&self, conversation: ConversationId) -> &Mutex<HashMap<ConversationId, Room>> {
        // The last byte of an id of any version is as good as random.
        &self.parts[usize::from(conversation.0.as_bytes()[15]) % PARTS]
    }

    /// Which rooms there are.
    pub(super) fn ids(&self) -> Vec<ConversationId> {
        self.parts.iter().flat_map(|part| part.lock().keys().copied().collect::<Vec<_>>()).collect()
    }

    /// The id of somebody in a room: always the same there, and another one in every other room.
    ///
    /// # Source
    /// XEP-0421 (1.0.1) sections 3 and 5.
    pub(super) fn occupant_id(&self, conversation: ConversationId, who: PrincipalId) -> SmolStr {
        let hash =
            Sha256::new_with_prefix(self.key).chain_update(conversation.0).chain_update(who.0).finalize();
        URL_SAFE_NO_PAD.encode(&hash[..24]).into()
    }
}

impl Xmpp {
    /// Looks at or changes a room with somebody in it, and tells the connections that have news of it.
    pub(super) fn in_room<T>(&self, id: ConversationId, look: impl FnOnce(&mut Room) -> T) -> Option<T> {
        let mut part = self.rooms.part(id).lock();
        let room = part.get_mut(&id)?;
        let answer = look(room);
        let woken = room.close_up();
        if room.is_empty() {
            part.remove(&id);
        }
        drop(part);
        self.wake(&woken);
        Some(answer)
    }

    /// The same, with a room that is made when nobody is in it.
    pub(super) fn in_any_room<T>(
        &self,
        id: ConversationId,
        make: impl FnOnce() -> Room,
        look: impl FnOnce(&mut Room) -> T,
    ) -> T {
        let mut part = self.rooms.part(id).lock();
        let room = part.entry(id).or_insert_with(make);
        let answer = look(room);
        let woken = room.close_up();
        if room.is_empty() {
            part.remove(&id);
        }
        drop(part);
        self.wake(&woken);
        answer
    }

    /// A relay without content says: look at your desk. Where it finds no place others come, and do as well.
    pub(crate) fn wake(&self, seats: &[Arc<Seat>]) {
        let look = Relay { front: FRONT, payload: Bytes::new() };
        for seat in seats {
            let _ = self.hub.relay(seat.caller.who, Some(seat.line), &look);
        }
    }
}
