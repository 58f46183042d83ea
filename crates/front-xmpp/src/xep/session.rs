//! RFC 3921 section 3: a session, which programs of that time ask for and which means nothing any more.

use crate::iq::{Answer, At, Handler, Iq, Wants};
use futures_util::{FutureExt, future::BoxFuture};

const SESSION: &str = "urn:ietf:params:xml:ns:xmpp-session";

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Server, wants: Wants::Set, namespace: SESSION, name: "session", answer: nothing },
    Handler { at: At::Own, wants: Wants::Set, namespace: SESSION, name: "session", answer: nothing },
];

fn nothing(_: Iq<'_>) -> BoxFuture<'_, Answer> {
    std::future::ready(Ok(String::new())).boxed()
}
