//! XEP-0199: XMPP Ping (2.0.1).

use crate::iq::{Answer, At, Handler, Iq, Wants};
use futures_util::{FutureExt, future::BoxFuture};

const PING: &str = "urn:xmpp:ping";

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Server, wants: Wants::Get, namespace: PING, name: "ping", answer: pong },
    Handler { at: At::Own, wants: Wants::Get, namespace: PING, name: "ping", answer: pong },
];

/// # Source
/// XEP-0199 section 4.2.
fn pong(_: Iq<'_>) -> BoxFuture<'_, Answer> {
    std::future::ready(Ok(String::new())).boxed()
}
