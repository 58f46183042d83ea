//! What rooms send.

use super::{MUC_USER, desk::Shared, standing::Standing};
use parlance_xmpp::write::{Writer, format_date_time};

const OCCUPANT_ID: &str = "urn:xmpp:occupant-id:0";
const STANZA_ID: &str = "urn:xmpp:sid:0";
const DELAY: &str = "urn:xmpp:delay";

/// Presence of somebody in a room.
///
/// # Source
/// XEP-0045 sections 7.2 and 17.3; XEP-0421 (1.0.1) section 4 for the id.
pub(super) struct Seen<'a> {
    /// `room@groups/nick`.
    pub(super) from: &'a str,
    /// Whether they are not there any more.
    pub(super) is_gone: bool,
    /// What their client says.
    pub(super) payload: &'a str,
    pub(super) standing: Standing,
    /// The real address.
    pub(super) address: &'a str,
    /// The id that stays whatever the nickname.
    pub(super) id: &'a str,
    pub(super) new_nick: Option<&'a str>,
    /// Who did it: nickname or else the address.
    pub(super) actor: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
    pub(super) statuses: &'a [u16],
    /// `<destroy/>`, when the room is no more.
    pub(super) destroyed: &'a str,
}

impl Seen<'_> {
    pub(super) fn write(&self) -> Shared {
        let mut xml = Writer::new();
        xml.start("presence").attribute("from", self.from);
        if self.is_gone {
            xml.attribute("type", "unavailable");
        }
        xml.raw(self.payload);
        xml.start("x").namespace(MUC_USER).start("item");
        xml.attribute("affiliation", self.standing.affiliation.as_str());
        xml.attribute("role", self.standing.part.as_str());
        xml.attribute_if("jid", Some(self.address).filter(|_| self.destroyed.is_empty()));
        xml.attribute_if("nick", self.new_nick);
        if let Some(actor) = self.actor {
            let name = if actor.contains('@') { "jid" } else { "nick" };
            xml.start("actor").attribute(name, actor).end();
        }
        if let Some(reason) = self.reason {
            xml.text_element("reason", reason);
        }
        xml.end().raw(self.destroyed);
        for status in self.statuses {
            xml.start("status").attribute("code", &status.to_string()).end();
        }
        xml.end();
        write_id(&mut xml, self.id);
        shared("presence", &xml.finish())
    }
}

/// A message of a room.
#[derive(Default)]
pub(super) struct Said<'a> {
    /// `room@groups/nick`, or the room.
    pub(super) from: &'a str,
    pub(super) id: &'a str,
    pub(super) lang: &'a str,
    /// What is in it, as XML in which `jabber:client` is the default.
    pub(super) inner: &'a str,
    /// The id of the event, when it is in the log.
    pub(super) event: &'a str,
    /// The id of who said it.
    pub(super) occupant: &'a str,
    /// When it was said, in milliseconds since 1970, for what is history.
    pub(super) at: Option<u64>,
}

impl Said<'_> {
    /// # Source
    /// XEP-0045 sections 7.2.13 and 7.4; XEP-0359 (0.7.0) section 3; XEP-0203 (2.0).
    pub(super) fn write(&self) -> Shared {
        let room = self.from.split('/').next().unwrap_or_default();
        let given = |value| Some(value).filter(|value: &&str| !value.is_empty());
        let mut xml = Writer::new();
        xml.start("message").attribute("from", self.from).attribute("type", "groupchat");
        xml.attribute_if("id", given(self.id)).attribute_if("xml:lang", given(self.lang)).raw(self.inner);
        if !self.event.is_empty() {
            xml.start("stanza-id")
                .namespace(STANZA_ID)
                .attribute("by", room)
                .attribute("id", self.event)
                .end();
        }
        write_id(&mut xml, self.occupant);
        if let Some(at) = self.at {
            let stamp = format_date_time(i64::try_from(at).unwrap_or(i64::MAX));
            xml.start("delay").namespace(DELAY).attribute("from", room).attribute("stamp", &stamp).end();
        }
        shared("message", &xml.finish())
    }
}

/// A stanza of the room itself.
pub(super) fn from_room(name: &'static str, room: &str, inner: &str) -> Shared {
    let mut xml = Writer::new();
    xml.start(name).attribute("from", room);
    xml.raw(inner);
    shared(name, &xml.finish())
}

/// `<body/>` and the like: an element with a text, in `jabber:client`.
pub(super) fn text_element(name: &'static str, text: &str) -> String {
    let mut xml = Writer::new();
    xml.text_element(name, text);
    xml.finish()
}

fn write_id(xml: &mut Writer<'static>, id: &str) {
    if !id.is_empty() {
        xml.start("occupant-id").namespace(OCCUPANT_ID).attribute("id", id).end();
    }
}

fn shared(name: &'static str, xml: &str) -> Shared {
    Shared { name, rest: xml[1 + name.len()..].to_owned().into() }
}
