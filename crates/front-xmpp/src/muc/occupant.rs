//! Requests to somebody in a room: they are passed on to a client, under the addresses of the room.

use crate::{
    context::Xmpp,
    deliver::relay_xml,
    discovery::{INFO, ITEMS},
    errors::Refused,
    iq::Wants,
    seat::Seat,
    stanza::ON_STREAM,
};
use parlance_xmpp::{Forward, Stanza, StanzaCondition, nickname_key};
use std::sync::Arc;

/// Passes a request to somebody in a room on, or the answer to one. The payload of the answer where the
/// room answers itself.
///
/// The id of a request says which of its sender's clients it comes from, so that the answer finds it.
///
/// # Source
/// XEP-0045 section 6.6; XEP-0410 (1.1.0) section 3: who asks about itself is answered by the room.
pub(crate) async fn iq(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: &Stanza<'_>,
    (room, nick): (&str, &str),
    wants: Option<Wants>,
) -> Result<Option<String>, Refused> {
    let id = xmpp.hub.conversation_named(room).await?.ok_or(StanzaCondition::ItemNotFound)?;
    let key = nickname_key(nick).unwrap_or_default();
    let found = xmpp.in_room(id, |room| {
        let from = room.address_of(seat.caller.who).filter(|_| room.has(seat))?;
        let to = room.with_nick(&key).map(|who| (who, room.seats_of(who)));
        Some((from, to))
    });
    let (from, to) = found.flatten().ok_or_else(|| for_outsiders(stanza))?;
    let (who, seats) = to.ok_or(StanzaCondition::ItemNotFound)?;
    let is_ping = stanza.child("urn:xmpp:ping", "ping").is_some();
    if is_ping && wants == Some(Wants::Get) && who == seat.caller.who {
        return Ok(Some(String::new()));
    }
    let stanza_id = stanza.attribute("id").unwrap_or_default();
    let (receiver, stanza_id) = match wants {
        Some(_) => (seats.last(), format!("{:x}.{stanza_id}", seat.line)),
        None => {
            let (line, stanza_id) = stanza_id.split_once('.').ok_or(StanzaCondition::ItemNotFound)?;
            let line = u64::from_str_radix(line, 16).map_err(|_| StanzaCondition::ItemNotFound)?;
            (seats.iter().find(|one| one.line == line), stanza_id.to_owned())
        }
    };
    let receiver = receiver.ok_or(StanzaCondition::RecipientUnavailable)?;
    let mut xml = String::with_capacity(stanza.raw().len() + 128);
    let forward = Forward::new(stanza).set("from", &from).set("to", &receiver.full).set("id", &stanza_id);
    forward.write(ON_STREAM, &mut xml);
    relay_xml(xmpp, receiver, xml)?;
    Ok(None)
}

fn for_outsiders(stanza: &Stanza<'_>) -> StanzaCondition {
    let is_discovery = stanza.children().any(|child| [INFO, ITEMS].contains(&child.namespace()));
    if is_discovery { StanzaCondition::BadRequest } else { StanzaCondition::NotAcceptable }
}
