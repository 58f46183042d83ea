//! What every front end shares: the [`Session`] trait and the one loop that drives a session over
//! a connection ([`drive`]). A session is a pure state machine; only the loop waits.

mod calls;
mod drive;
mod session;
pub mod websocket;

pub use drive::{Driven, Ended, Gone, Received, SessionLimits, Transport, drive};
pub use session::{Arrived, Front, Outcome, Output, Secured, Session};
