//! Messages to rooms and to those in them.

use super::{MUC_USER, invite, mention, room::SentSubject, standing::Part, voice, write::Said};
use crate::{
    context::Xmpp,
    errors::Refused,
    message::{Message, note_typing, post, reference},
    payload::{Payload, is_forged},
    refer::Talk,
    said,
    seat::Seat,
    stanza::Outgoing,
};
use parlance_core::{
    Rejection,
    conversation::SettingsChange,
    event::Event,
    id::{ConversationId, PrincipalId},
};
use parlance_hub::{HubError, usecase::Turn};
use parlance_xmpp::{Child, StanzaCondition, nickname_key, ns, write::Writer};
use std::sync::Arc;

/// Takes a message to a room.
pub(crate) async fn to_room(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    message: &Message<'_>,
    room: &str,
    turn: Turn,
) -> Result<Vec<Outgoing>, Refused> {
    if message.kind == "error" {
        return Ok(Vec::new());
    }
    let id = xmpp.hub.conversation_named(room).await?.ok_or(StanzaCondition::ItemNotFound)?;
    match message.kind.as_str() {
        "groupchat" => say(xmpp, seat, message, id, turn).await?,
        _ => match voice::form(&message.stanza) {
            Some(form) => voice::take(xmpp, seat, id, &form).await?,
            None => invite::pass_on(xmpp, seat, message, id).await?,
        },
    }
    Ok(Vec::new())
}

/// Takes a message to somebody in a room.
///
/// It is passed on to the clients of that person in the room and not kept: a private message belongs to
/// being there together, and who wants it kept writes to the address, which everybody sees. To somebody who
/// is here by another front end it is a direct message.
///
/// # Source
/// XEP-0045 section 7.5.
pub(crate) async fn to_occupant(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    message: &Message<'_>,
    room: &str,
    nick: &str,
    turn: Turn,
) -> Result<Vec<Outgoing>, Refused> {
    if message.kind == "groupchat" {
        return Err(StanzaCondition::BadRequest.into());
    }
    let id = xmpp.hub.conversation_named(room).await?.ok_or(StanzaCondition::ItemNotFound)?;
    let key = nickname_key(nick).unwrap_or_default();
    let found = xmpp.in_room(id, |room| {
        let from = room.address_of(seat.caller.who).filter(|_| room.has(seat))?;
        let to = room.with_nick(&key).map(|who| (who, room.seats_of(who)));
        Some((from, to))
    });
    let (from, to) = found.flatten().ok_or(StanzaCondition::NotAcceptable)?;
    let (who, seats) = to.ok_or(StanzaCondition::ItemNotFound)?;
    if xmpp.hub.is_blocked(seat.caller.who, who).await? {
        return Err(Rejection::Blocked.into());
    }
    if seats.is_empty() {
        return direct(xmpp, seat, message, who, turn).await;
    }
    let inner = own_children(xmpp, message);
    for one in seats {
        crate::deliver::relay_xml(xmpp, &one, private(message, &from, &one.full, &inner))?;
    }
    Ok(Vec::new())
}

async fn direct(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    message: &Message<'_>,
    who: PrincipalId,
    turn: Turn,
) -> Result<Vec<Outgoing>, Refused> {
    let talk = Talk { xmpp, seat, id: ConversationId::between(seat.caller.who, who), is_room: false };
    let Some(spoken) = said::read(&talk, &message.stanza).await else { return Ok(Vec::new()) };
    let lang = message.stanza.attribute("xml:lang").unwrap_or_default();
    let inner = own_children(xmpp, message);
    let payload = Payload {
        id: &message.id,
        kind: &message.kind,
        lang: &lang,
        from: seat.resource(),
        to: "",
        inner: &inner,
    };
    xmpp.hub.open_direct(seat.caller, who).await?;
    crate::message::post(xmpp, seat, &payload, spoken, turn).await?;
    Ok(Vec::new())
}

/// A private message; receivers know by `<x/>` that the sender is somebody in a room.
fn private(message: &Message<'_>, from: &str, to: &str, inner: &str) -> String {
    let mut xml = Writer::new();
    xml.start("message").attribute("from", from).attribute("to", to);
    for name in ["type", "id", "xml:lang"] {
        xml.attribute_if(name, message.stanza.attribute(name).as_deref());
    }
    xml.raw(inner).empty("x", MUC_USER);
    xml.finish()
}

/// # Source
/// XEP-0045 sections 7.4 and 8.1.
async fn say(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    message: &Message<'_>,
    id: ConversationId,
    turn: Turn,
) -> Result<(), Refused> {
    let here = xmpp.in_room(id, |room| {
        let occupant = room.occupant(seat.caller.who).filter(|_| room.has(seat))?;
        Some((occupant.nick.clone(), occupant.standing))
    });
    let (nick, standing) = here.flatten().ok_or(StanzaCondition::NotAcceptable)?;
    let talk = Talk { xmpp, seat, id, is_room: true };
    let spoken = said::read(&talk, &message.stanza).await;
    let lang = message.stanza.attribute("xml:lang").unwrap_or_default();
    let inner = own_children(xmpp, message);
    let payload =
        Payload { id: &message.id, kind: "groupchat", lang: &lang, from: &nick, to: "", inner: &inner };
    if let (None, Some(subject)) = (&spoken, message.stanza.child(ns::CLIENT, "subject")) {
        return change_subject(xmpp, seat, message, id, subject.text().into_owned()).await;
    }
    if talk.act(&message.stanza, &payload, spoken.as_ref().map(|spoken| &spoken.body)).await? {
        return Ok(());
    }
    match spoken {
        Some(mut spoken) => {
            mention::add_addressed(xmpp, &mut spoken);
            let event = post(xmpp, seat, &payload, spoken, turn).await;
            reflect_again(xmpp, seat, id, &*event.map_err(outsiders_are_told)?);
            Ok(())
        }
        None if standing.part == Part::Visitor => Err(StanzaCondition::Forbidden.into()),
        // Such as what is encrypted, where the sender wants it kept.
        None if message.stanza.child("urn:xmpp:hints", "store").is_some() => {
            let kept = xmpp.hub.post_foreign(seat.caller, id, reference(&payload), payload.keep()).await;
            kept.map(|_| ()).map_err(outsiders_are_told)
        }
        None => {
            note_typing(xmpp, seat, &message.stanza, id).await;
            pass(xmpp, seat, &payload, id);
            Ok(())
        }
    }
}

/// Who is not in it is told that first, whatever else they may not.
fn outsiders_are_told(error: HubError) -> Refused {
    match error {
        HubError::Rule(Rejection::ConversationNotFound) => StanzaCondition::NotAcceptable.into(),
        error => error.into(),
    }
}

async fn change_subject(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    message: &Message<'_>,
    id: ConversationId,
    text: String,
) -> Result<(), Refused> {
    let sent = SentSubject { by: seat.caller.who, text: text.clone(), id: message.id.clone() };
    xmpp.in_room(id, |room| room.subject = Some(sent));
    let change = SettingsChange { topic: Some(text), ..SettingsChange::default() };
    xmpp.hub.change_settings(seat.caller, id, change).await.map_err(outsiders_are_told)
}

/// What was posted before comes back once more to the client that sends it again.
fn reflect_again(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, id: ConversationId, event: &Event) {
    let parlance_core::event::Content::Message(message) = &event.content else { return };
    let room = xmpp.in_room(id, |room| (!room.follows(seat, event.seq)).then(|| room.address.clone()));
    if let Some(room) = room.flatten() {
        let again = super::live::message_of(xmpp, &room, event, message, None, false).to(&seat.full);
        xmpp.in_room(id, |room| room.give(seat, again));
    }
}

/// Passes on what is not kept, such as that somebody is typing.
fn pass(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, payload: &Payload<'_>, id: ConversationId) {
    let occupant = xmpp.rooms.occupant_id(id, seat.caller.who);
    xmpp.in_room(id, |room| {
        let Some(from) = room.address_of(seat.caller.who) else { return };
        let Payload { id, lang, inner, .. } = *payload;
        let said = Said { from: &from, id, lang, inner, occupant: &occupant, ..Said::default() };
        room.say(&said.write());
    });
}

/// What clients may decide about.
fn own_children(xmpp: &Xmpp, message: &Message<'_>) -> String {
    let mut inner = String::with_capacity(message.stanza.raw().len());
    let is_rooms_own =
        |child: &Child<'_>| child.namespace() == MUC_USER || is_forged(child, |by| xmpp.is_ours(by));
    let own = message.stanza.children().filter(|child| !is_rooms_own(child));
    own.for_each(|child| child.write_within(ns::CLIENT, &mut inner));
    inner
}
