use crate::Hub;
use bytes::Bytes;
use parlance_core::id::PrincipalId;
use std::collections::VecDeque;

/// Most relays that wait for one connection.
pub const RELAYS_MAX: usize = 512;
/// Most bytes of relays that wait for one connection.
pub const RELAY_BYTES_MAX: usize = 4 << 20;
/// Most bytes of relays that wait for all connections of one person together.
pub const RELAY_BYTES_PER_PERSON_MAX: usize = 16 << 20;
/// Bytes of relays that each connection has place for, whatever waits for others of the same person.
const RELAY_BYTES_OWN: usize = 128 << 10;

/// Something that one front end passes to a connection of its own kind and nobody else understands.
/// It is not kept, but never dropped in silence either: each one counts, in its order.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// Whose bytes they are: `xmpp`, `mqtt`, `sip`.
    pub front: &'static str,
    /// The bytes, as that front end wrote them.
    pub payload: Bytes,
}

/// What people say to each other is not printed.
impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("front", &self.front).field("bytes", &self.payload.len()).finish()
    }
}

/// Why a relay did not reach everybody it was meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RelayRefused {
    /// As many wait for a connection as may; the sender should be told.
    #[error("too much waits for a connection; {told} others were told")]
    Full {
        /// How many connections it reached all the same.
        told: usize,
    },
}

/// Relays that wait for one connection, oldest first.
pub(super) struct Relays {
    front: Option<&'static str>,
    waiting: VecDeque<Relay>,
    bytes: usize,
}

/// What became of a relay at one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It waits there.
    Yes,
    /// That connection does not follow relays of this front end.
    NotFollowed,
    /// There is no place for it.
    Full,
}

impl Relays {
    pub(super) fn new() -> Self {
        Self { front: None, waiting: VecDeque::new(), bytes: 0 }
    }

    pub(super) fn follow(&mut self, front: &'static str) {
        self.front = Some(front);
    }

    /// Adds one, when as many bytes wait for all connections of the same person.
    pub(super) fn push(&mut self, relay: Relay, of_person_bytes: usize) -> Told {
        if self.front != Some(relay.front) {
            return Told::NotFollowed;
        }
        let bytes = self.bytes.saturating_add(relay.payload.len());
        let of_person_bytes = of_person_bytes.saturating_add(relay.payload.len());
        let is_too_much = bytes > RELAY_BYTES_OWN && of_person_bytes > RELAY_BYTES_PER_PERSON_MAX;
        if self.waiting.len() == RELAYS_MAX || bytes > RELAY_BYTES_MAX || is_too_much {
            return Told::Full;
        }
        self.bytes = bytes;
        self.waiting.push_back(relay);
        Told::Yes
    }

    /// The bytes that wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn pop(&mut self) -> Option<Relay> {
        let relay = self.waiting.pop_front()?;
        self.bytes -= relay.payload.len();
        Some(relay)
    }

    /// Takes what waits, and follows nothing any more.
    pub(super) fn end(&mut self) -> Vec<Relay> {
        std::mem::replace(self, Self::new()).waiting.into()
    }
}

impl Hub {
    /// Passes something to the connections of somebody on this node that follow this front end, or
    /// to one of them; how many were told. Whether the sender may is for the front end to ask.
    ///
    /// # Errors
    /// [`RelayRefused::Full`] when no place was left for it with some of them.
    pub fn relay(&self, to: PrincipalId, line: Option<u64>, relay: &Relay) -> Result<usize, RelayRefused> {
        let (mut told, mut refused, mut bytes) = (0, 0, 0);
        self.connections.for_each_of(to, |one| bytes += one.mailbox.relay_bytes());
        self.connections.for_each_of(to, |one| {
            if line.is_none_or(|id| id == one.id) {
                match one.mailbox.relay(relay.clone(), bytes) {
                    Told::Yes => told += 1,
                    Told::Full => refused += 1,
                    Told::NotFollowed => {}
                }
            }
        });
        if refused == 0 {
            return Ok(told);
        }
        metrics::counter!("parlance_relays_refused_total", "front" => relay.front).increment(refused);
        Err(RelayRefused::Full { told })
    }
}
