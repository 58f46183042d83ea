//! Keeps the local picture equal to the server's: what to ask, what to say, what to tell.
//!
//! [`Core`] decides and never waits: news and the time go in, [`Effect`](effect::Effect)s and
//! [`Notice`]s come out, and what it knows stands in the store. The [`engine`] does the waiting.

mod answers;
mod core;
mod effect;
mod engine;
mod notice;
mod pass;
mod position;
mod pushes;
mod requests;
mod room;
mod said;
mod views;

pub(crate) use core::Core;
pub(crate) use engine::{Engine, Handle};
pub use notice::{ConnectionState, Notice};
pub use views::{ConversationView, TimelineView};
