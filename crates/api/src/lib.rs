//! The native protocol of Parlance as types.
//!
//! This crate is what a client needs to talk to a server: the operations with their requests and
//! answers ([`ops`]), the events of a conversation ([`event`]), the frames of the WebSocket
//! ([`frame`]), the catalogue of errors ([`error`]) and descriptions of all that for generators
//! ([`describe`]). It knows nothing of the server's inside: the front end converts by hand, so
//! that a change of mind there never changes the wire.
//!
//! ```
//! use parlance_api::{operation::Operation, ops::MarkRead};
//! assert_eq!(MarkRead::DESCRIPTION.path, "/v1/conversations/{conversation}/read");
//! ```

pub mod describe;
pub mod error;
pub mod event;
pub mod frame;
pub mod model;
pub mod operation;
pub mod ops;
mod unique;
