//! Stanzas on their way out.

use crate::errors::Refused;
use bytes::Bytes;
use parlance_core::id::{ConversationId, Seq};
use parlance_xmpp::{OnStream, Stanza, ns, write::Reply};

/// What our stanzas are written for; a frame of a WebSocket gets its own declaration later.
pub(crate) const ON_STREAM: OnStream<'static> = OnStream::Default(ns::CLIENT);

/// A stanza for a peer, in `jabber:client` without saying so.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    /// The element.
    pub(crate) xml: Bytes,
    /// The event it tells of: once the peer has it, so much of that conversation is delivered.
    pub(crate) tells: Option<(ConversationId, Seq)>,
}

impl AsRef<[u8]> for Outgoing {
    fn as_ref(&self) -> &[u8] {
        &self.xml
    }
}

impl From<String> for Outgoing {
    fn from(xml: String) -> Self {
        Self { xml: xml.into(), tells: None }
    }
}

/// The answer to a request that was done; `payload` may be empty.
pub(crate) fn result(request: &Stanza<'_>, to: &str, payload: &str) -> String {
    let mut out = String::with_capacity(payload.len() + 160);
    Reply::to(request).addressed_to(Some(to)).write_result(ON_STREAM, payload, &mut out);
    out
}

/// The answer to a stanza that was refused.
pub(crate) fn refusal(request: &Stanza<'_>, to: &str, refused: &Refused) -> String {
    let mut out = String::with_capacity(256);
    Reply::to(request).addressed_to(Some(to)).write_error(ON_STREAM, &refused.as_error(), &mut out);
    out
}
