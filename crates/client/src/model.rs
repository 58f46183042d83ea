//! What a client shows, as a pure function of what it was told: no input or output, no clock.
//!
//! The order in which pages, pushes and repetitions arrive does not matter; only which events are
//! known does.

mod information;
mod message;
mod outbox;
mod receipts;
mod tally;
mod timeline;
mod typing;
mod unread;

pub use information::apply_to_conversation;
pub use message::{Entry, MessageView, What, mentions};
pub use outbox::{Action, Outbox, OutboxEntry, OutboxState, Verdict};
pub use receipts::{Progress, Receipts};
pub use timeline::{Line, Timeline};
pub use typing::{TYPING_TTL_MS, Typing};
pub use unread::{Baseline, Counts, Tally, count, tally};
