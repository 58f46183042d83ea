//! Messages between two people, and notes to oneself, as their clients are told of them.

use crate::{context::Xmpp, payload::Payload, refer, seat::Seat, stanza::Outgoing};
use parlance_core::{
    body::Body,
    conversation::Kind,
    event::{Content, Event, Target},
    id::{ConversationId, PrincipalId, UnixMillis},
};
use parlance_xmpp::{forwarded::Delay, ns, write::Writer};
use smol_str::SmolStr;
use std::sync::Arc;

pub(crate) const CARBONS: &str = "urn:xmpp:carbons:2";
pub(crate) const CHAT_STATES: &str = "http://jabber.org/protocol/chatstates";
/// What asks that no copies are made: a hint (XEP-0334 section 4.3), or the one element of carbons that
/// clients may send (XEP-0280 section 8).
const NO_COPY: [&str; 2] = ["<no-copy", "<private"];

/// What a client is told of an event.
pub(crate) async fn encode(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    kind: Kind,
    event: &Event,
) -> Option<Outgoing> {
    let payload = Payload::read(event.extras.as_ref());
    let is_from_here = event.device == Some(seat.caller.device);
    let comes_back = kind == Kind::Notes
        && payload.is_some_and(|payload| payload.to.is_empty() || payload.to == seat.resource());
    if (is_from_here && !comes_back) || !seat.takes_messages() || seat.is_for_later(event) {
        return None;
    }
    let wants_copies = seat.with(|state| state.wants_carbons)
        && !payload.is_some_and(|payload| NO_COPY.iter().any(|word| payload.inner.contains(word)));
    let is_own = event.sender == seat.caller.who && kind == Kind::Direct;
    let is_for_another = payload.is_some_and(|payload| {
        !payload.to.is_empty()
            && payload.to != seat.resource()
            && xmpp.seats.find(seat.caller.who, payload.to).is_some()
    });
    let xml = match (is_own, is_for_another) {
        (true, _) if wants_copies => copy(xmpp, seat, event, "sent").await?,
        (false, true) if wants_copies => copy(xmpp, seat, event, "received").await?,
        (true, _) | (false, true) => return None,
        (false, false) => stanza(xmpp, seat, event, Some(&seat.full), None).await?,
    };
    Some(Outgoing { xml: xml.into(), tells: Some((event.conversation, event.seq)) })
}

/// An event as `<message/>`, perhaps with the time at which it was sent. Without `to`, it is for whomever it
/// was sent to.
pub(crate) async fn stanza(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    event: &Event,
    to: Option<&str>,
    sent_at: Option<UnixMillis>,
) -> Option<String> {
    let payload = Payload::read(event.extras.as_ref());
    let made = match &payload {
        Some(_) => None,
        None => Some(native(xmpp, seat, event).await?),
    };
    let sender = xmpp.hub.person(event.sender).await.ok()?;
    let from = match payload {
        Some(payload) if !payload.from.is_empty() => format!("{}/{}", sender.address, payload.from),
        _ => sender.address.to_string(),
    };
    let to = match to {
        Some(to) => to.to_owned(),
        None => receiver(xmpp, seat, event).await?,
    };
    let event_id = event.id.to_string();
    let mut xml = Writer::new();
    xml.start("message").attribute("from", &from).attribute("to", &to);
    match &payload {
        Some(payload) => {
            let given = |value: &str| (!value.is_empty()).then(|| value.to_owned());
            xml.attribute_if("type", given(payload.kind).as_deref());
            xml.attribute_if("id", given(payload.id).as_deref());
            xml.attribute_if("xml:lang", given(payload.lang).as_deref());
            xml.raw(payload.inner);
        }
        None => {
            xml.attribute("type", "chat").attribute("id", &event_id);
            xml.raw(made.as_deref().unwrap_or_default());
        }
    }
    xml.start("stanza-id").namespace("urn:xmpp:sid:0");
    xml.attribute("by", &seat.bare).attribute("id", &event_id).end();
    if let Some(at) = sent_at {
        Delay { unix_ms: i64::try_from(at.0).unwrap_or(i64::MAX), from: None }.write(&mut xml);
    }
    Some(xml.finish())
}

/// The address of who was written to.
async fn receiver(xmpp: &Arc<Xmpp>, seat: &Seat, event: &Event) -> Option<String> {
    let peer = xmpp.hub.look_at(event.conversation, |state| state.peer_of(event.sender)).await.ok()?;
    match peer {
        Some(peer) => Some(xmpp.hub.person(peer).await.ok()?.address.to_string()),
        None => Some(seat.bare.to_string()),
    }
}

/// A copy of what another client of the same person sent or received.
///
/// # Source
/// XEP-0280 (1.0.1) sections 6 and 7.
async fn copy(xmpp: &Arc<Xmpp>, seat: &Seat, event: &Event, direction: &'static str) -> Option<String> {
    let copied = stanza(xmpp, seat, event, None, None).await?;
    let mut xml = Writer::new();
    xml.start("message").attribute("from", &seat.bare).attribute("to", &seat.full).attribute("type", "chat");
    xml.start(direction).namespace(CARBONS).start("forwarded").namespace(ns::FORWARD);
    xml.raw(&standalone(&copied));
    Some(xml.finish())
}

/// A stanza that says its namespace itself, for a place inside of another one.
pub(crate) fn standalone(stanza: &str) -> String {
    stanza.replacen("<message", "<message xmlns='jabber:client'", 1)
}

/// What stands in the message that tells of something done in another front end; `None` for what no client of
/// XMPP is told of.
///
/// # Source
/// XEP-0308 (1.2.1) section 3, XEP-0424 (0.4.2) section 5, XEP-0444 (0.2.0) section 3.1, XEP-0184 (1.4.0)
/// section 5.3 and XEP-0333 (0.5.0) section 4 for what asks to be answered.
async fn native(xmpp: &Arc<Xmpp>, seat: &Seat, event: &Event) -> Option<String> {
    let mut xml = Writer::new();
    match &event.content {
        Content::Message(message) => {
            xml.text_element("body", text_of(&message.body));
            xml.empty("request", "urn:xmpp:receipts").empty("markable", "urn:xmpp:chat-markers:0");
        }
        Content::Edit { target, body } => {
            xml.text_element("body", text_of(body));
            let (id, _) = known_as(xmpp, seat, event, *target).await?;
            xml.start("replace").namespace(refer::CORRECT).attribute("id", &id).end();
        }
        Content::Delete { target } => {
            let (id, _) = known_as(xmpp, seat, event, *target).await?;
            xml.start("retract").namespace(refer::RETRACT).attribute("id", &id).end();
            xml.empty("store", "urn:xmpp:hints");
        }
        Content::Reaction { target, .. } => {
            let (id, emojis) = known_as(xmpp, seat, event, *target).await?;
            xml.start("reactions").namespace(refer::REACTIONS).attribute("id", &id);
            emojis.iter().for_each(|emoji| {
                xml.start("reaction").text(emoji).end();
            });
            xml.end().empty("store", "urn:xmpp:hints");
        }
        _ => return None,
    }
    Some(xml.finish())
}

/// The id by which clients of XMPP know a message, and the emoji that who did something has on it now.
async fn known_as(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    event: &Event,
    target: Target,
) -> Option<(String, Vec<SmolStr>)> {
    let found = xmpp.hub.visible_event(seat.caller, event.conversation, target.id).await.ok()?;
    let kept = Payload::read(found.event.extras.as_ref()).map(|kept| kept.id.to_owned());
    let id = kept.filter(|id| !id.is_empty()).unwrap_or_else(|| target.id.to_string());
    let reactions = found.fold.map(|fold| fold.reactions).unwrap_or_default();
    let own = reactions.into_iter().filter(|(_, people)| people.contains(&event.sender));
    Some((id, own.map(|(emoji, _)| emoji).collect()))
}

fn text_of(body: &Body) -> &str {
    match body {
        Body::Text { text, .. } => text,
        Body::Opaque { .. } => "This message is encrypted for other programs.",
    }
}

/// That the other one is typing, or no longer. What a client of XMPP said is passed on as it said it, so this
/// is for those who use other programs.
///
/// # Source
/// XEP-0085 (2.1) section 4.
pub(crate) async fn typing(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    conversation: ConversationId,
    who: PrincipalId,
    active: bool,
) -> Option<Outgoing> {
    let is_direct = conversation == ConversationId::direct(seat.caller.who, who);
    if !is_direct || !seat.takes_messages() || !xmpp.seats.of(who).is_empty() {
        return None;
    }
    let from = xmpp.hub.person(who).await.ok()?;
    let mut xml = Writer::new();
    xml.start("message").attribute("from", from.address.as_str()).attribute("to", &seat.full);
    xml.attribute("type", "chat").empty(if active { "composing" } else { "paused" }, CHAT_STATES);
    Some(xml.finish().into())
}

#[cfg(test)]
mod tests;
