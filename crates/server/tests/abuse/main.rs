//! What an attacker tries against the built program. Each test begins with the letters of its row in the
//! catalogue of abuse: H for HTTP and what stands behind it, WS for the WebSocket, X for XMPP.

#[path = "../server/support.rs"]
#[allow(dead_code, reason = "the other tests of the program need the rest of it")]
mod support;

mod client;
mod frames;
mod socket;

mod access;
mod answers;
mod documents;
mod folders;
mod forgery;
mod framing;
mod handshake;
mod later;
mod lost_access;
mod races;
mod revocation;
mod secrets;
mod slow_reader;
mod strangers;
mod strings;
mod wrong_types;
mod ws_frames;
mod ws_limits;
mod xmpp;
