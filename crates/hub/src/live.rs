//! What happens after the commit: rooms in memory, connections, fan-out and followers.

mod connection;
mod elsewhere;
mod fanout;
mod follower;
mod mailbox;
mod presence;
mod push;
mod relay;
mod room;
mod routes;
mod signal;

pub use connection::Connection;
pub use fanout::run_fanout;
pub use follower::Batch;
pub use mailbox::{CloseReason, News};
pub use push::{DuePush, run_push};
pub use relay::{RELAY_BYTES_MAX, RELAY_BYTES_PER_PERSON_MAX, RELAYS_MAX, Relay, RelayRefused};
pub use room::Entry;
pub use routes::{Outward, Route};
pub use signal::Signal;

pub(crate) use connection::Connections;
pub(crate) use presence::Presences;
pub(crate) use push::PushDevices;
pub(crate) use room::{Room, Rooms};
pub(crate) use routes::{Routes, parties};

#[cfg(test)]
mod tests;
