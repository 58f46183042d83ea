//! Messages that clients send.

use crate::{
    address::Entity,
    context::Xmpp,
    deliver::{passed_on, relay_to},
    elsewhere,
    errors::Refused,
    muc,
    payload::{Payload, inner},
    refer::Talk,
    said::{self, Spoken},
    seat::Seat,
    signals::CHAT_STATES,
    stanza::{Outgoing, refusal},
    xep::blocking,
};
use parlance_core::{
    event::Event,
    id::{ClientRef, ConversationId, PrincipalId},
};
use parlance_hub::{
    HubError,
    usecase::{Post, Turn},
};
use parlance_xmpp::{Jid, Stanza, StanzaCondition, ns};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// XEP-0334 (0.4.0): what a client asks to be done with a message.
const HINTS: &str = "urn:xmpp:hints";

/// A message that a client sent.
pub(crate) struct Message<'a> {
    pub(crate) stanza: Stanza<'a>,
    pub(crate) id: String,
    pub(crate) kind: String,
}

/// Deals with a message; what its sender is told.
pub(crate) async fn handle(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, stanza: Stanza<'_>) -> Vec<Outgoing> {
    let turn = seat.take_turn().await;
    handle_in_turn(xmpp, seat, stanza, turn).await
}

/// The same for somebody whose turn was taken before.
pub(crate) async fn handle_in_turn(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: Stanza<'_>,
    turn: Turn,
) -> Vec<Outgoing> {
    match take(xmpp, seat, stanza, turn).await {
        Ok(answers) => answers,
        // An error is never answered with an error (RFC 6120 section 8.3.1).
        Err(_) if stanza.attribute("type").as_deref() == Some("error") => Vec::new(),
        Err(refused) => vec![refusal(&stanza, &seat.full, &refused).into()],
    }
}

async fn take(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: Stanza<'_>,
    turn: Turn,
) -> Result<Vec<Outgoing>, Refused> {
    let to = match stanza.attribute("to") {
        Some(to) => Jid::parse(&to).map_err(|_| StanzaCondition::JidMalformed)?,
        None => Jid::parse(&seat.bare).map_err(|_| StanzaCondition::JidMalformed)?,
    };
    let attribute = |name| stanza.attribute(name).unwrap_or_default().into_owned();
    let message = Message { stanza, id: attribute("id"), kind: attribute("type") };
    match xmpp.entity(&to) {
        Entity::Account(address) => to_person(xmpp, seat, &message, address.as_str(), "", turn).await,
        Entity::Resource(address, resource) => {
            to_person(xmpp, seat, &message, address.as_str(), resource, turn).await
        }
        Entity::Room(room) => muc::to_room(xmpp, seat, &message, room, turn).await,
        Entity::Occupant(room, nick) => muc::to_occupant(xmpp, seat, &message, room, nick, turn).await,
        Entity::Remote => {
            elsewhere::message(xmpp, seat, &message, &to, turn).await?;
            Ok(Vec::new())
        }
        _ => Err(StanzaCondition::ServiceUnavailable.into()),
    }
}

/// # Source
/// RFC 6121 section 8.5.
async fn to_person(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    message: &Message<'_>,
    address: &str,
    resource: &str,
    turn: Turn,
) -> Result<Vec<Outgoing>, Refused> {
    let person = xmpp.hub.person_at(address).await?;
    blocking::check(xmpp, seat, person.id).await?;
    if message.kind == "groupchat" {
        return Err(StanzaCondition::ServiceUnavailable.into());
    }
    let receiver = Receiver { who: person.id, resource, elsewhere: None };
    tell(xmpp, seat, message, receiver, turn).await?;
    Ok(Vec::new())
}

/// Whom a message is for.
pub(crate) struct Receiver<'a> {
    pub(crate) who: PrincipalId,
    /// Empty for the bare address.
    pub(crate) resource: &'a str,
    /// The address, for those on another server.
    pub(crate) elsewhere: Option<&'a Jid>,
}

/// Keeps a message or passes it on, as it asks for.
pub(crate) async fn tell(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    message: &Message<'_>,
    receiver: Receiver<'_>,
    turn: Turn,
) -> Result<(), Refused> {
    let Receiver { who, resource, elsewhere } = receiver;
    let payload = Payload {
        id: &message.id,
        kind: &message.kind,
        lang: &message.stanza.attribute("xml:lang").unwrap_or_default(),
        from: seat.resource(),
        to: resource,
        inner: &inner(&message.stanza, |by| xmpp.is_ours(by)),
    };
    let talk = Talk { xmpp, seat, id: ConversationId::between(seat.caller.who, who), is_room: false };
    let spoken = said::read(&talk, &message.stanza).await;
    let body = spoken.as_ref().map(|spoken| &spoken.body);
    if message.kind != "error" && talk.act(&message.stanza, &payload, body).await? {
        return Ok(());
    }
    let is_kept = may_be_kept(&message.stanza);
    let is_gone = elsewhere.is_none() && !resource.is_empty() && xmpp.seats.find(who, resource).is_none();
    if is_gone && matches!(message.kind.as_str(), "" | "normal") {
        return Err(StanzaCondition::ServiceUnavailable.into());
    }
    match spoken.filter(|_| is_kept) {
        Some(spoken) => {
            xmpp.hub.open_direct(seat.caller, who).await?;
            post(xmpp, seat, &payload, spoken, turn).await?;
        }
        None if is_kept && asks_to_be_kept(&message.stanza) => {
            let conversation = xmpp.hub.open_direct(seat.caller, who).await?;
            xmpp.hub.post_foreign(seat.caller, conversation, reference(&payload), payload.keep()).await?;
        }
        None => {
            note_typing(xmpp, seat, &message.stanza, talk.id).await;
            match elsewhere {
                Some(to) => xmpp.send_elsewhere(to, passed_on(xmpp, seat, &message.stanza))?,
                None => {
                    relay_to(xmpp, seat, &message.stanza, who, Some(resource).filter(|it| !it.is_empty()))?;
                }
            }
        }
    }
    Ok(())
}

/// Whether a message is of a kind that is kept, and does not ask for the contrary.
fn may_be_kept(stanza: &Stanza<'_>) -> bool {
    matches!(stanza.attribute("type").as_deref(), None | Some("" | "chat" | "normal"))
        && stanza.child(HINTS, "no-store").is_none()
        && stanza.child(HINTS, "no-permanent-store").is_none()
}

/// Whether a message is to be kept, as far as one sees without knowing the conversation.
pub(crate) fn says_something(stanza: &Stanza<'_>) -> bool {
    may_be_kept(stanza) && (stanza.child(ns::CLIENT, "body").is_some() || asks_to_be_kept(stanza))
}

/// Whether a message that says nothing to people is kept for clients all the same: because it asks for that
/// (XEP-0334 section 4.4), is encrypted (XEP-0384), or calls somebody (XEP-0353).
fn asks_to_be_kept(stanza: &Stanza<'_>) -> bool {
    stanza.children().any(|child| {
        child.is(HINTS, "store")
            || child.is("eu.siacs.conversations.axolotl", "encrypted")
            || child.is("urn:xmpp:omemo:2", "encrypted")
            || child.namespace() == "urn:xmpp:jingle-message:0"
    })
}

/// Other programs are told that somebody is typing, or no longer.
///
/// # Source
/// XEP-0085 (2.1) section 3.
pub(crate) async fn note_typing(xmpp: &Xmpp, seat: &Seat, stanza: &Stanza<'_>, conversation: ConversationId) {
    let Some(state) = stanza.children().find(|child| child.namespace() == CHAT_STATES) else { return };
    // Where nothing was said yet there is nobody to tell.
    let _ = xmpp.hub.set_typing(seat.caller, conversation, state.name() == "composing").await;
}

pub(crate) async fn post(
    xmpp: &Xmpp,
    seat: &Seat,
    payload: &Payload<'_>,
    spoken: Spoken,
    turn: Turn,
) -> Result<Arc<Event>, HubError> {
    let Spoken { conversation, body, reply_to, thread } = spoken;
    let (client_ref, extras) = (reference(payload), Some(payload.keep()));
    let post = Post {
        conversation,
        client_ref,
        body,
        reply_to,
        thread,
        forward: None,
        poll: None,
        needs_acknowledgement: false,
        extras,
    };
    xmpp.hub.post_in_turn(seat.caller, post, turn).await
}

/// What makes a message that is sent again the same message: its id together with what it says, since
/// some programs begin to count anew with every stream.
pub(crate) fn reference(payload: &Payload<'_>) -> Option<ClientRef> {
    if payload.id.is_empty() {
        return None;
    }
    let digest = Sha256::digest(format!("{}\0{}\0{}", payload.id, payload.to, payload.inner));
    let hex: String = digest[..20].iter().map(|byte| format!("{byte:02x}")).collect();
    ClientRef::new(&format!("x-{hex}"))
}
