//! The native JSON API: one table of operations, reachable over HTTP and over a WebSocket.
//!
//! [`router`] is the whole face. A request is found in the table by `dispatch`, converted by
//! `inbound`, carried out by a use case of the hub, and converted back by `outbound`; `errors`
//! turns refusals into problem documents. The same happens on a socket, where `session` keeps the
//! order of things.

mod context;
mod discovery;
mod dispatch;
mod errors;
mod http;
mod inbound;
mod ops;
mod outbound;
mod session;
mod socket;
mod time;

pub use context::{Api, NativeSettings};
pub use errors::problem;
pub use http::router;
pub use time::format as format_time;
