use crate::{
    catch_up::CatchingUp, contacts::Contacts, csi::Held, muc::Desk, pubsub::Interests, signals::Told,
    xep::commands,
};
use parking_lot::{Mutex, RwLock};
use parlance_core::{
    event::Event,
    id::{DeviceId, PrincipalId},
    presence::Shown,
};
use parlance_hub::{Caller, usecase::Turn};
use parlance_xmpp::{Jid, Stanza, ns};
use smol_str::SmolStr;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use uuid::Uuid;

/// One bound resource: what the rest of this node needs to know of a login over XMPP.
pub(crate) struct Seat {
    /// Who, and with which device.
    pub(crate) caller: Caller,
    /// The hub's number of the connection.
    pub(crate) line: u64,
    /// `name@domain`.
    pub(crate) bare: SmolStr,
    /// `name@domain/resource`.
    pub(crate) full: SmolStr,
    /// What rooms have for it.
    pub(crate) rooms: Desk,
    state: Mutex<SeatState>,
    turns: Arc<tokio::sync::Mutex<()>>,
}

/// What a client has said about itself.
#[derive(Default)]
pub(crate) struct SeatState {
    /// Its presence, while it is available.
    pub(crate) presence: Option<Available>,
    /// Whether its owner wishes to be seen as offline.
    pub(crate) is_hidden: bool,
    /// Addresses it showed itself to, whatever they see otherwise (RFC 6121 section 4.6).
    pub(crate) directed: BTreeSet<String>,
    /// What it was told of people's other programs, of those who are there.
    pub(crate) elsewhere: HashMap<PrincipalId, Shown>,
    /// Whether it was not told of something because too much waited for it.
    pub(crate) misses_news: bool,
    /// What it knows of its owner's contacts.
    pub(crate) contacts: Contacts,
    /// Whether it asked for the roster, and so is told of changes (RFC 6121 section 2.1.6).
    pub(crate) wants_roster: bool,
    /// Whether it asked for the list of blocked people, and so is told of changes (XEP-0191).
    pub(crate) wants_blocks: bool,
    /// What it is told from the log since it became available.
    pub(crate) catching_up: CatchingUp,
    /// What it was told of the receipts of others.
    pub(crate) told: Told,
    /// Whether it wants copies of what its other resources send and receive (XEP-0280).
    pub(crate) wants_carbons: bool,
    /// Whether nobody looks at it (XEP-0352).
    pub(crate) is_inactive: bool,
    /// What it wants to know of what people publish (XEP-0115).
    pub(crate) interests: Interests,
    /// What is held back meanwhile.
    pub(crate) held: Held,
    /// Whether it proved the password when it connected, not only a token.
    pub(crate) has_proved_password: bool,
    /// Its commands that wait for an answer (XEP-0050).
    pub(crate) commands: commands::Waiting,
}

impl SeatState {
    fn takes_messages(&self) -> bool {
        self.presence.as_ref().is_some_and(|presence| presence.priority >= 0)
    }
}

/// An available presence.
#[derive(Clone, Debug)]
pub(crate) struct Available {
    /// -128 to 127; below zero no messages to the bare address are wanted.
    pub(crate) priority: i8,
    /// The children of the presence stanza, as they came.
    pub(crate) payload: Arc<str>,
    /// The `id` of the stanza.
    pub(crate) id: Option<SmolStr>,
    /// The `xml:lang` of the stanza.
    pub(crate) lang: Option<SmolStr>,
}

impl Available {
    /// Reads a stanza without type.
    ///
    /// # Source
    /// RFC 6121 section 4.7.2.3: the priority.
    pub(crate) fn read(stanza: &Stanza<'_>) -> Self {
        let priority = stanza.child(ns::CLIENT, "priority").and_then(|it| it.text().trim().parse().ok());
        let mut payload = String::new();
        stanza.children().for_each(|child| child.write_within(ns::CLIENT, &mut payload));
        let attribute = |name| stanza.attribute(name).map(SmolStr::new);
        Self {
            priority: priority.unwrap_or(0),
            payload: payload.into(),
            id: attribute("id"),
            lang: attribute("xml:lang"),
        }
    }
}

impl Seat {
    pub(crate) fn new(caller: Caller, line: u64, bare: &str, resource: &str) -> Self {
        let full = SmolStr::new(format!("{bare}/{resource}"));
        Self {
            caller,
            line,
            bare: bare.into(),
            full,
            rooms: Desk::default(),
            state: Mutex::default(),
            turns: Arc::default(),
        }
    }

    /// The place of somebody who is here over another server, for as long as one stanza is dealt with: what they
    /// send goes the way of everybody's. It is in no list of seats.
    pub(crate) fn visiting(
        who: PrincipalId,
        from: &Jid,
        line: u64,
        turns: &Arc<tokio::sync::Mutex<()>>,
    ) -> Self {
        let caller = Caller { who, device: DeviceId(Uuid::nil()) };
        let mut seat = Self::new(caller, line, from.bare(), from.resource().unwrap_or_default());
        seat.turns = Arc::clone(turns);
        seat.full = SmolStr::new(from.to_string());
        seat
    }

    /// The resource part of the address.
    pub(crate) fn resource(&self) -> &str {
        self.full.get(self.bare.len() + 1..).unwrap_or_default()
    }

    /// Looks at or changes what the client said about itself.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut SeatState) -> T) -> T {
        look(&mut self.state.lock())
    }

    /// Waits until the messages that the client sent before are on their way to the store. Asked for in the
    /// order in which they came.
    ///
    /// # Source
    /// RFC 6120 section 10.1.
    pub(crate) async fn take_turn(&self) -> Turn {
        Arc::clone(&self.turns).lock_owned().await
    }

    /// Its presence, while it is available.
    pub(crate) fn presence(&self) -> Option<Available> {
        self.with(|state| state.presence.clone())
    }

    /// Its presence as others may see it.
    pub(crate) fn visible(&self) -> Option<Available> {
        self.with(|state| state.presence.clone().filter(|_| !state.is_hidden))
    }

    /// Whether its owner has blocked somebody, as far as it knows.
    pub(crate) fn blocks(&self, who: PrincipalId) -> bool {
        self.with(|state| state.contacts.blocks(who))
    }

    /// Whether an event is told from the log, and not now.
    pub(crate) fn is_for_later(&self, event: &Event) -> bool {
        self.with(|state| {
            let is_available = state.takes_messages();
            state.catching_up.covers(event, is_available)
        })
    }

    /// Whether messages to the bare address are for it.
    pub(crate) fn takes_messages(&self) -> bool {
        self.with(|state| state.takes_messages())
    }
}

/// The seats of this node.
#[derive(Default)]
pub(crate) struct Seats {
    by_owner: RwLock<HashMap<PrincipalId, Vec<Arc<Seat>>>>,
}

impl Seats {
    /// Adds a seat; answers with the one that had the same resource, which is to go.
    pub(crate) fn add(&self, seat: Arc<Seat>) -> Option<Arc<Seat>> {
        let mut by_owner = self.by_owner.write();
        let seats = by_owner.entry(seat.caller.who).or_default();
        let before = seats.iter().position(|other| other.full == seat.full).map(|at| seats.remove(at));
        seats.push(seat);
        before
    }

    /// Removes this very seat.
    pub(crate) fn remove(&self, seat: &Arc<Seat>) {
        let mut by_owner = self.by_owner.write();
        if let Some(seats) = by_owner.get_mut(&seat.caller.who) {
            seats.retain(|other| !Arc::ptr_eq(other, seat));
            if seats.is_empty() {
                by_owner.remove(&seat.caller.who);
            }
        }
    }

    /// Somebody's seats.
    pub(crate) fn of(&self, who: PrincipalId) -> Vec<Arc<Seat>> {
        self.by_owner.read().get(&who).cloned().unwrap_or_default()
    }

    /// Somebody's seat with this resource.
    pub(crate) fn find(&self, who: PrincipalId, resource: &str) -> Option<Arc<Seat>> {
        let by_owner = self.by_owner.read();
        by_owner.get(&who)?.iter().find(|seat| seat.resource() == resource).cloned()
    }
}
