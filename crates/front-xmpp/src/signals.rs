//! What is true now and not kept, of those who use other programs: who types, who received and read what.
//!
//! What clients of XMPP say of this is passed on as they said it, so whatever comes from one of their devices
//! is not told a second time.

use crate::{
    context::Xmpp,
    muc,
    payload::Payload,
    refer::{MARKERS, RECEIPTS},
    seat::Seat,
    stanza::Outgoing,
};
use parlance_core::{
    event::{Content, Event},
    id::{ConversationId, DeviceId, PrincipalId, Seq},
};
use parlance_hub::{live::Signal, ports::Place, usecase::HistoryPlace};
use parlance_xmpp::write::Writer;
use std::{collections::HashMap, sync::Arc};

pub(crate) const CHAT_STATES: &str = "http://jabber.org/protocol/chatstates";
/// How many of the newest messages are told to have arrived, once somebody is back.
const RECEIVED_MAX: usize = 50;
/// Conversations of which is known what was told; with more, the oldest are forgotten, and then something may
/// be told twice.
const CONVERSATIONS_MAX: usize = 256;

/// Up to where a client was told, in each conversation, that its messages have arrived.
#[derive(Default)]
pub(crate) struct Told {
    delivered: HashMap<ConversationId, Seq>,
}

impl Told {
    /// Notes that it is told up to a place; answers with the place before.
    fn advance(&mut self, conversation: ConversationId, seq: Seq) -> Seq {
        if self.delivered.len() >= CONVERSATIONS_MAX && !self.delivered.contains_key(&conversation) {
            self.delivered.clear();
        }
        let known = self.delivered.entry(conversation).or_insert(Seq::ZERO);
        std::mem::replace(known, seq.max(*known))
    }
}

/// What a client is told of a signal.
pub(crate) async fn encode(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, signal: Signal) -> Vec<Outgoing> {
    match signal {
        Signal::Typing { conversation, who, device, active } if !is_ours(xmpp, who, device) => {
            typing(xmpp, seat, conversation, who, active).await
        }
        Signal::Receipt { conversation, who, device, delivered, read } if !is_ours(xmpp, who, device) => {
            let mut told = received(xmpp, seat, conversation, who, delivered).await;
            told.extend(displayed(xmpp, seat, conversation, who, read).await);
            told
        }
        _ => Vec::new(),
    }
}

fn is_ours(xmpp: &Xmpp, who: PrincipalId, device: DeviceId) -> bool {
    xmpp.seats.of(who).iter().any(|seat| seat.caller.device == device)
}

fn is_direct(seat: &Seat, conversation: ConversationId, who: PrincipalId) -> bool {
    who != seat.caller.who && conversation == ConversationId::direct(seat.caller.who, who)
}

/// # Source
/// XEP-0085 (2.1) section 4, and 5.5 for rooms.
async fn typing(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    conversation: ConversationId,
    who: PrincipalId,
    active: bool,
) -> Vec<Outgoing> {
    let mut inner = Writer::new();
    inner.empty(if active { "composing" } else { "paused" }, CHAT_STATES);
    let inner = inner.finish();
    if !is_direct(seat, conversation, who) {
        return muc::signal(xmpp, seat, conversation, who, &inner).await.into_iter().collect();
    }
    match seat.takes_messages() {
        true => from_person(xmpp, seat, who, &inner).await.into_iter().collect(),
        false => Vec::new(),
    }
}

/// Which messages of a client have arrived at somebody who uses another program.
///
/// # Source
/// XEP-0184 (1.4.0) section 5: one for each message that asks.
async fn received(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    conversation: ConversationId,
    who: PrincipalId,
    delivered: Seq,
) -> Vec<Outgoing> {
    if delivered == Seq::ZERO || !is_direct(seat, conversation, who) {
        return Vec::new();
    }
    let told = seat.with(|state| state.told.advance(conversation, delivered));
    let is_news = |event: &Event| {
        event.seq > told && event.seq <= delivered && event.device == Some(seat.caller.device)
    };
    let mut stanzas = Vec::new();
    for event in newest(xmpp, seat, conversation, delivered).await.iter().filter(|event| is_news(event)) {
        if let Some(id) = asking(event, RECEIPTS) {
            let mut inner = Writer::new();
            inner.start("received").namespace(RECEIPTS).attribute("id", id).end();
            stanzas.extend(from_person(xmpp, seat, who, &inner.finish()).await);
        }
    }
    stanzas
}

/// How far somebody has read who uses another program.
///
/// # Source
/// XEP-0333 (0.5.0) section 4: the newest message stands for all before it.
async fn displayed(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    conversation: ConversationId,
    who: PrincipalId,
    read: Seq,
) -> Vec<Outgoing> {
    if read == Seq::ZERO {
        return Vec::new();
    }
    let events = newest(xmpp, seat, conversation, read).await;
    let newest_first = || events.iter().rev().filter(|event| event.seq <= read);
    let marker = |id: &str| {
        let mut inner = Writer::new();
        inner.start("displayed").namespace(MARKERS).attribute("id", id).end();
        inner.finish()
    };
    let stanza = if is_direct(seat, conversation, who) {
        let own = newest_first().filter(|event| event.sender == seat.caller.who);
        match own.filter_map(|event| asking(event, MARKERS)).next() {
            Some(id) => from_person(xmpp, seat, who, &marker(id)).await,
            None => None,
        }
    } else {
        match newest_first().find(|event| event.content.is_countable()) {
            Some(event) => muc::signal(xmpp, seat, conversation, who, &marker(&event.id.to_string())).await,
            None => None,
        }
    };
    stanza.into_iter().collect()
}

/// The newest events up to a place.
async fn newest(xmpp: &Xmpp, seat: &Seat, conversation: ConversationId, seq: Seq) -> Vec<Arc<Event>> {
    let place = HistoryPlace::At(Place::Before(seq.next()));
    match xmpp.hub.history(seat.caller, conversation, place, RECEIVED_MAX).await {
        Ok(page) => page.items.into_iter().map(|item| item.event).collect(),
        Err(_) => Vec::new(),
    }
}

/// The id of a message that asks for a kind of answer.
fn asking<'a>(event: &'a Event, namespace: &str) -> Option<&'a str> {
    let kept = Payload::read(event.extras.as_ref()).filter(|kept| !kept.id.is_empty())?;
    let asks = matches!(event.content, Content::Message(_) | Content::Edit { .. } | Content::Foreign);
    (asks && kept.inner.contains(namespace)).then_some(kept.id)
}

async fn from_person(xmpp: &Xmpp, seat: &Seat, who: PrincipalId, inner: &str) -> Option<Outgoing> {
    let from = xmpp.hub.person(who).await.ok()?;
    let mut xml = Writer::new();
    xml.start("message").attribute("from", from.address.as_str()).attribute("to", &seat.full);
    xml.attribute("type", "chat").raw(inner).empty("no-store", "urn:xmpp:hints");
    Some(xml.finish().into())
}

#[cfg(test)]
mod tests;
