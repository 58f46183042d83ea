//! XMPP as a front end: every client of XMPP shares the conversations of everybody else.
//!
//! A connection is a `session` (what the standard says about streams, as a value)
//! and a `front` (what its stanzas mean to the hub). One file per extension stands in
//! `xep`; what others on this node need to know of a login is its `Seat`.

mod account;
mod address;
mod bounce;
mod catch_up;
mod component;
mod contacts;
mod context;
mod csi;
mod deliver;
mod direct;
mod discovery;
mod elsewhere;
mod errors;
mod front;
mod iq;
mod login;
mod message;
mod muc;
mod native;
mod outbound;
mod payload;
pub mod portable;
mod presence;
mod pubsub;
mod push;
mod refer;
mod resume;
mod said;
mod seat;
mod serve;
mod session;
mod signals;
mod stanza;
mod styling;
mod web;
mod wire;
mod xep;

#[cfg(test)]
mod stage;

pub use component::{ComponentSecret, give_back_undelivered, serve_component};
pub use context::{ContactAddresses, Xmpp, XmppSettings};
pub use muc::follow_presence;
pub use push::tell_push_services;
pub use serve::{Carrier, serve};
pub use web::{host_meta, websocket};
