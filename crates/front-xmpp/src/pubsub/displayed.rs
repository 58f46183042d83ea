//! XEP-0490: Message Displayed Synchronization (1.0.0): how far somebody has read, on all their devices.
//!
//! Nothing is kept under this node: its items are the read positions that every front end moves.

use super::{
    node::{Pep, published},
    notify, xml,
};
use crate::{address::Entity, context::Xmpp, errors::Refused, seat::Seat, stanza::Outgoing};
use parlance_core::{
    conversation::Kind,
    event::Content,
    id::{ConversationId, EventId, Seq},
};
use parlance_hub::{
    Caller,
    ports::{Item, MembershipRow, Place},
    usecase::HistoryPlace,
};
use parlance_xmpp::{Jid, StanzaCondition, write::Writer};
use std::sync::Arc;

/// The node, the namespace of its items at the same time.
pub(crate) const NODE: &str = "urn:xmpp:mds:displayed:0";
const STANZA_ID: &str = "urn:xmpp:sid:0";
/// Most conversations whose positions are given.
const POSITIONS_MAX: usize = 500;
/// How far back a message is looked for from the position on.
const EVENTS_MAX: usize = 50;

/// Moves the read position of a conversation to a message; the id of the item.
///
/// # Source
/// XEP-0490 (1.0.0) section 4.
pub(super) async fn publish(
    pep: &Pep<'_>,
    caller: Caller,
    id: String,
    payload: &str,
) -> Result<String, Refused> {
    let displayed = xml::read(payload).ok_or(StanzaCondition::BadRequest)?;
    let stanza_id = displayed.child(STANZA_ID, "stanza-id").and_then(|it| it.attribute("id"));
    let event = stanza_id.and_then(|id| id.parse::<EventId>().ok()).ok_or(StanzaCondition::BadRequest)?;
    let conversation = conversation_of(pep, &id).await?.ok_or(StanzaCondition::ItemNotFound)?;
    let event = pep.xmpp.hub.visible_event(caller, conversation, event).await?;
    pep.xmpp.hub.mark_read(caller, conversation, event.event.seq).await?;
    Ok(id)
}

/// The conversation with an address, as its owner names it.
async fn conversation_of(pep: &Pep<'_>, address: &str) -> Result<Option<ConversationId>, Refused> {
    let jid = Jid::parse(address).map_err(|_| StanzaCondition::JidMalformed)?;
    Ok(match pep.xmpp.entity(&jid) {
        Entity::Account(address) => {
            let other = pep.xmpp.hub.person_at(address.as_str()).await?;
            Some(ConversationId::between(pep.owner, other.id))
        }
        Entity::Room(name) => pep.xmpp.hub.conversation_named(name).await?,
        _ => None,
    })
}

/// The read positions of the one who asks, oldest conversations first.
pub(super) async fn items(pep: &Pep<'_>, caller: Caller) -> Result<Vec<Item>, Refused> {
    let mut items = Vec::new();
    for row in pep.xmpp.hub.memberships(caller, POSITIONS_MAX).await?.into_iter().rev() {
        if let Some((id, payload)) = position(pep, caller, &row, row.read).await? {
            items.push(Item { id, place: 0, payload, publisher: pep.owner, at: row.changed_at });
        }
    }
    Ok(items)
}

/// A position as an item: its id, and what is in it.
async fn position(
    pep: &Pep<'_>,
    caller: Caller,
    row: &MembershipRow,
    read: Seq,
) -> Result<Option<(String, String)>, Refused> {
    if read == Seq::ZERO {
        return Ok(None);
    }
    let hub = &pep.xmpp.hub;
    let (address, by) = match (row.kind, row.peer) {
        (Kind::Direct, Some(peer)) => (hub.person(peer).await?.address.to_string(), pep.address.to_string()),
        (Kind::Notes, _) => (pep.address.to_string(), pep.address.to_string()),
        (Kind::Group | Kind::Channel, _) => {
            let address = hub.address_of(row.conversation).await?;
            (address.clone(), address)
        }
        _ => return Ok(None),
    };
    let place = HistoryPlace::At(Place::Before(read.next()));
    let history = hub.history(caller, row.conversation, place, EVENTS_MAX).await?;
    let is_message = |content: &Content| matches!(content, Content::Message(_));
    let Some(read) = history.items.iter().rfind(|item| is_message(&item.event.content)) else {
        return Ok(None);
    };
    let mut xml = Writer::new();
    xml.start("displayed").namespace(NODE);
    xml.start("stanza-id").namespace(STANZA_ID).attribute("by", &by);
    xml.attribute("id", &read.event.id.to_string());
    Ok(Some((address, xml.finish())))
}

/// Tells a client of a position that moved on any device.
pub(crate) async fn news(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    conversation: ConversationId,
    read: Seq,
) -> Option<Outgoing> {
    if !notify::wants(seat, NODE) {
        return None;
    }
    let pep = Pep::of(xmpp, seat);
    let row = xmpp.hub.conversation(seat.caller, conversation).await.ok()?.row;
    match position(&pep, seat.caller, &row, read).await {
        Ok(item) => {
            let (id, payload) = item?;
            let event = published(NODE, &id, &payload);
            Some(notify::message(&pep.address, &seat.full, "headline", &event, "").into())
        }
        Err(refused) => {
            tracing::warn!(?refused, "a read position could not be told");
            None
        }
    }
}
