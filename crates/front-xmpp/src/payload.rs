//! What is kept of a message for other clients of XMPP: everything it came with.

use crate::direct::CARBONS;
use parlance_core::event::Extras;
use parlance_xmpp::{Child, Stanza, ns};

/// Whose extras are ours.
pub(crate) const FRONT: &str = "xmpp";
/// A character that XML does not allow, and so never part of a field.
const SEPARATOR: char = '\u{1f}';

/// The namespaces of elements that only the server may add.
///
/// # Source
/// XEP-0359 (0.7.0) section 6, XEP-0280 (1.0.1) section 11, XEP-0421 (1.0.1) section 4.
const SERVERS_OWN: &[&str] = &["urn:xmpp:mam:2", "urn:xmpp:occupant-id:0"];

/// A message as one client sent it, without its addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Payload<'a> {
    /// Its `id`; empty when it had none.
    pub(crate) id: &'a str,
    /// Its `type`; empty when it had none.
    pub(crate) kind: &'a str,
    /// Its `xml:lang`; empty when it had none.
    pub(crate) lang: &'a str,
    /// The resource it came from.
    pub(crate) from: &'a str,
    /// The resource it was for; empty for the bare address.
    pub(crate) to: &'a str,
    /// What was in it, as XML in which `jabber:client` is the default.
    pub(crate) inner: &'a str,
}

impl<'a> Payload<'a> {
    /// Reads what was kept.
    pub(crate) fn read(extras: Option<&'a Extras>) -> Option<Self> {
        let extras = extras.filter(|extras| extras.front == FRONT)?;
        let mut fields = extras.payload.splitn(6, SEPARATOR);
        let mut next = || fields.next();
        Some(Self { id: next()?, kind: next()?, lang: next()?, from: next()?, to: next()?, inner: next()? })
    }

    /// Writes down what is to be kept.
    pub(crate) fn keep(&self) -> Extras {
        let fields = [self.id, self.kind, self.lang, self.from, self.to, self.inner];
        Extras { front: FRONT.into(), payload: fields.join("\u{1f}") }
    }
}

/// The children of a message, as far as clients may decide about them.
pub(crate) fn inner(stanza: &Stanza<'_>, is_ours: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(stanza.raw().len());
    let own = stanza.children().filter(|child| !is_forged(child, &is_ours));
    own.for_each(|child| child.write_within(ns::CLIENT, &mut out));
    out
}

/// Whether a client pretends that something comes from a server.
pub(crate) fn is_forged(child: &Child<'_>, is_ours: impl Fn(&str) -> bool) -> bool {
    let attribute = |name| child.attribute(name);
    SERVERS_OWN.contains(&child.namespace())
        || (child.namespace() == CARBONS && child.name() != "private")
        || (child.is("urn:xmpp:sid:0", "stanza-id") && attribute("by").is_none_or(|by| is_ours(&by)))
        || (child.is("urn:xmpp:delay", "delay") && attribute("from").is_some_and(|by| is_ours(&by)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_as_it_was() {
        let payload =
            Payload { id: "1", kind: "chat", lang: "", from: "phone", to: "", inner: "<body>a</body>" };
        assert_eq!(Payload::read(Some(&payload.keep())), Some(payload));
        let others = Extras { front: "mqtt".into(), payload: payload.keep().payload };
        assert_eq!(Payload::read(Some(&others)), None);
        assert_eq!(Payload::read(Some(&Extras { front: FRONT.into(), payload: "1".into() })), None);
    }
}
