//! Messages between two people, and notes to oneself, as their clients are told of them.

use crate::{context::Xmpp, native, payload::Payload, seat::Seat, stanza::Outgoing};
use parlance_core::{
    conversation::Kind,
    event::{Content, Event, Target},
    id::{ConversationId, PrincipalId, UnixMillis},
};
use parlance_hub::ports::FoldedEvent;
use parlance_xmpp::{forwarded::Delay, ns, write::Writer};
use std::sync::Arc;

pub(crate) const CARBONS: &str = "urn:xmpp:carbons:2";
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
    // RFC 6121 section 8.5.3.1: what is for a resource by name is for it whatever its presence.
    let is_wanted = seat.takes_messages() || payload.is_some_and(|payload| payload.to == seat.resource());
    let is_gone = event.content == Content::Deleted;
    if (is_from_here && !comes_back) || !is_wanted || is_gone || seat.is_for_later(event) {
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
    let to = match to {
        Some(to) => to.to_owned(),
        None => receiver(xmpp, seat, event).await?,
    };
    let mut xml = written(xmpp, seat, event, &to).await?;
    let event_id = event.id.to_string();
    xml.start("stanza-id").namespace("urn:xmpp:sid:0");
    xml.attribute("by", &seat.bare).attribute("id", &event_id).end();
    if let Some(at) = sent_at {
        Delay { unix_ms: i64::try_from(at.0).unwrap_or(i64::MAX), from: None }.write(&mut xml);
    }
    Some(xml.finish())
}

/// An event as its sender wrote it, or as it would have been written in a program of XMPP.
pub(crate) async fn written(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    event: &Event,
    to: &str,
) -> Option<Writer<'static>> {
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
    let event_id = event.id.to_string();
    let mut xml = Writer::new();
    xml.start("message").attribute("from", &from).attribute("to", to);
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
    Some(xml)
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
async fn native(xmpp: &Arc<Xmpp>, seat: &Seat, event: &Event) -> Option<String> {
    let referred = async |target| Referred::find(xmpp, seat, event.conversation, target).await;
    let _ = xmpp.hub.meet(native::people_in(event)).await;
    let mut xml = Writer::new();
    match &event.content {
        Content::Message(message) => {
            let answered = match message.reply_to {
                Some(target) => referred(target).await,
                None => None,
            };
            let quoted = answered.as_ref().map(Referred::quotation).unwrap_or_default();
            native::write_body(xmpp, &mut xml, &message.body, &quoted);
            if let Some(answered) = &answered {
                let author = xmpp.hub.person(answered.0.event.sender).await.ok();
                let author = author.map(|author| author.address.to_string());
                native::write_reply(&mut xml, author.as_deref(), &answered.id());
            }
            if let Some(thread) = message.thread {
                xml.text_element("thread", &thread.id.to_string());
            }
            native::write_requests(&mut xml);
        }
        Content::Edit { target, body, .. } => {
            native::write_body(xmpp, &mut xml, body, "");
            native::write_correction(&mut xml, &referred(*target).await?.id());
        }
        Content::Delete { target } => {
            native::write_retraction(&mut xml, &referred(*target).await?.id());
        }
        Content::Reaction { target, .. } => {
            let referred = referred(*target).await?;
            native::write_reactions(&mut xml, &referred.id(), referred.reactions_of(event.sender));
        }
        Content::Deleted => native::write_tombstone(&mut xml),
        _ => return None,
    }
    Some(xml.finish())
}

/// A message that another one is about.
struct Referred(FoldedEvent);

impl Referred {
    async fn find(xmpp: &Xmpp, seat: &Seat, conversation: ConversationId, target: Target) -> Option<Self> {
        xmpp.hub.visible_event(seat.caller, conversation, target.id).await.ok().map(Self)
    }

    /// The id by which clients of XMPP know it.
    fn id(&self) -> String {
        let kept = Payload::read(self.0.event.extras.as_ref()).map(|kept| kept.id.to_owned());
        kept.filter(|id| !id.is_empty()).unwrap_or_else(|| self.0.event.id.to_string())
    }

    fn quotation(&self) -> String {
        let edited = self.0.fold.as_ref().and_then(|fold| fold.edited.as_ref()).map(|(body, _)| body);
        match &self.0.event.content {
            Content::Message(message) => native::quotation(edited.unwrap_or(&message.body)),
            _ => String::new(),
        }
    }

    fn reactions_of(&self, who: PrincipalId) -> impl Iterator<Item = &str> {
        let all = self.0.fold.iter().flat_map(|fold| &fold.reactions);
        all.filter(move |(_, people)| people.contains(&who)).map(|(emoji, _)| emoji.as_str())
    }
}

#[cfg(test)]
mod tests;
