//! Presence to rooms: entering, leaving, another nickname, something new about oneself.

use super::{
    MUC, MUC_USER,
    enter::{self, Asked},
    history, leave,
    room::Telling,
};
use crate::{
    context::Xmpp,
    errors::Refused,
    seat::Seat,
    stanza::{Outgoing, refusal},
};
use parlance_core::id::ConversationId;
use parlance_xmpp::{Stanza, StanzaCondition, ns};
use std::sync::Arc;

/// Longest presence that rooms take, in bytes: each of many gets it.
const PAYLOAD_BYTES_MAX: usize = 8 * 1024;

/// Deals with presence to a room; what its sender is told at once.
pub(crate) async fn handle(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: Stanza<'_>,
    room: &str,
    nick: Option<&str>,
) -> Vec<Outgoing> {
    let done = match stanza.attribute("type").as_deref() {
        None => take(xmpp, seat, stanza, room, nick).await,
        Some("unavailable") => go(xmpp, seat, stanza, room).await,
        Some("error") => fail(xmpp, seat, room).await,
        // Subscriptions to rooms there are none.
        Some(_) => Ok(()),
    };
    match done {
        Ok(()) => Vec::new(),
        Err(_) if stanza.attribute("type").as_deref() == Some("error") => Vec::new(),
        Err(refused) => vec![refusal(&stanza, &seat.full, &refused).into()],
    }
}

async fn take(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: Stanza<'_>,
    room: &str,
    nick: Option<&str>,
) -> Result<(), Refused> {
    let payload = payload(stanza)?;
    let known = xmpp.hub.conversation_named(room).await?;
    let inside = known.filter(|id| is_inside(xmpp, seat, *id));
    if let Some(muc) = stanza.child(MUC, "x") {
        // XEP-0045 section 7.2.1: without a nickname nobody enters.
        let nick = nick.ok_or(StanzaCondition::JidMalformed)?;
        let history = history::Wanted::read(&muc.parse());
        return enter::enter(xmpp, seat, known, Asked { room, nick, payload, history }).await;
    }
    let id = inside.ok_or(StanzaCondition::NotAcceptable)?;
    let nick = match nick {
        Some(nick) => Some(enter::nick_for(xmpp, seat, id, nick).await?),
        None => None,
    };
    let updated = xmpp.in_room(id, |room| room.update(seat, nick, payload));
    updated.unwrap_or(Ok(())).map_err(|_| StanzaCondition::Conflict.into())
}

async fn go(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, stanza: Stanza<'_>, room: &str) -> Result<(), Refused> {
    let farewell = payload(stanza).unwrap_or_default();
    if let Some(id) = xmpp.hub.conversation_named(room).await? {
        leave::leave(xmpp, seat, id, &farewell).await;
    }
    Ok(())
}

/// A client that could not take what the room sent is not there any more; the others are told why.
///
/// # Source
/// XEP-0045 section 18.1.4 on status 333.
async fn fail(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, room: &str) -> Result<(), Refused> {
    if let Some(id) = xmpp.hub.conversation_named(room).await? {
        xmpp.in_room(id, |room| room.leave(seat, &Telling { statuses: &[333], ..Telling::default() }));
    }
    Ok(())
}

fn is_inside(xmpp: &Xmpp, seat: &Arc<Seat>, id: ConversationId) -> bool {
    xmpp.in_room(id, |room| room.has(seat)).unwrap_or_default()
}

/// What a client says about itself, without what only rooms may say.
fn payload(stanza: Stanza<'_>) -> Result<Arc<str>, Refused> {
    let mut payload = String::new();
    for child in stanza.children() {
        let is_rooms_own =
            [MUC, MUC_USER, "urn:xmpp:occupant-id:0", "urn:xmpp:delay"].contains(&child.namespace());
        if !is_rooms_own {
            child.write_within(ns::CLIENT, &mut payload);
        }
    }
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(
            Refused::from(StanzaCondition::PolicyViolation).text("this presence is too long for a room")
        );
    }
    Ok(payload.into())
}
