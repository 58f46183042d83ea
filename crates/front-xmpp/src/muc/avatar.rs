//! XEP-0486: MUC Avatars (0.1.0): the vCard of a room, whose photo stands for it.

use super::{desk::Shared, enter::may_know, room_of, write::from_room};
use crate::{
    context::Xmpp,
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
    pubsub::{avatar::UPDATE, xml},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::{conversation::Permission, id::ConversationId};
use parlance_hub::{
    ports::{Items, NodeError, NodeOwner},
    usecase::NewItem,
};
use parlance_xmpp::{Element, StanzaCondition, write::Writer};
use sha1::{Digest, Sha1};

const VCARD: &str = "vcard-temp";

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Room, wants: Wants::Get, namespace: VCARD, name: "vCard", answer: get },
    Handler { at: At::Room, wants: Wants::Set, namespace: VCARD, name: "vCard", answer: set },
];

/// # Source
/// XEP-0486 section 3.1.
fn get(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        let who = iq.seat.caller.who;
        if !iq.xmpp.hub.look_at(id, |state| may_know(state, who)).await? {
            return Err(StanzaCondition::ItemNotFound.into());
        }
        let mut empty = Writer::new();
        empty.empty("vCard", VCARD);
        Ok(card(iq.xmpp, id).await?.unwrap_or_else(|| empty.finish()))
    }
    .boxed()
}

/// # Source
/// XEP-0486 sections 3.2 and 3.3: those who may change settings set it, and everybody inside is told.
fn set(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let id = room_of(&iq).await?;
        let who = iq.seat.caller.who;
        if !iq.xmpp.hub.look_at(id, |state| state.may(who, Permission::Settings)).await? {
            return Err(StanzaCondition::Forbidden.into());
        }
        hash(&iq.payload)?;
        let payload = xml::standalone(&iq.payload);
        let item = NewItem { config: String::new(), id: "current".to_owned(), payload, items_max: 1 };
        iq.xmpp.hub.nodes(NodeOwner::Conversation(id)).publish(who, VCARD, item).await?;
        let Some(shown) = shown(iq.xmpp, id, iq.to.bare()).await? else { return Ok(String::new()) };
        let changed = super::live::config_changed(iq.to.bare());
        iq.xmpp.in_room(id, |room| {
            room.say(&shown);
            room.say(&changed);
        });
        Ok(String::new())
    }
    .boxed()
}

async fn card(xmpp: &Xmpp, id: ConversationId) -> Result<Option<String>, Refused> {
    let newest = Items::Before(None, 1);
    match xmpp.hub.nodes(NodeOwner::Conversation(id)).items(VCARD, newest).await {
        Err(NodeError::NoNode) => Ok(None),
        other => Ok(other?.pop().map(|item| item.payload)),
    }
}

/// The presence of the room itself, by which clients learn which photo it has; `None` while nobody gave it
/// a vCard.
pub(super) async fn shown(xmpp: &Xmpp, id: ConversationId, room: &str) -> Result<Option<Shared>, Refused> {
    let Some(card) = card(xmpp, id).await?.and_then(|card| xml::read(&card)) else { return Ok(None) };
    let mut inner = Writer::new();
    inner.start("x").namespace(UPDATE).text_element("photo", &hash(&card)?);
    Ok(Some(from_room("presence", room, &inner.finish())))
}

/// The hash of the photo of a room; empty when it has none.
pub(super) async fn hash_of(xmpp: &Xmpp, id: ConversationId) -> Result<String, Refused> {
    let card = card(xmpp, id).await?.and_then(|card| xml::read(&card));
    card.map_or_else(|| Ok(String::new()), |card| hash(&card))
}

/// # Source
/// XEP-0153 (1.1.1) section 4.1.
fn hash(card: &Element) -> Result<String, Refused> {
    let photo = card.child(VCARD, "PHOTO").and_then(|photo| photo.text_of(VCARD, "BINVAL"));
    let data: String = photo.unwrap_or_default().split_whitespace().collect();
    if data.is_empty() {
        return Ok(String::new());
    }
    let bytes = BASE64_STANDARD.decode(&data).map_err(|_| StanzaCondition::BadRequest)?;
    Ok(Sha1::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}
