//! Stanzas that components send: they go the way of everybody's, with what others than accounts may do.

use super::presence;
use crate::{
    address::Entity,
    context::Xmpp,
    deliver::relay_to,
    discovery::{INFO, ITEMS},
    elsewhere,
    errors::Refused,
    iq, message, push,
    seat::Seat,
    stanza::{Outgoing, refusal},
    xep::blocking,
};
use parlance_core::id::PrincipalId;
use parlance_hub::usecase::Turn;
use parlance_xmpp::{Jid, Stanza, StanzaCondition};
use std::sync::Arc;
use uuid::Uuid;

/// What those who have no account here may ask servers and accounts.
const ANSWERED: &[&str] = &[
    INFO,
    ITEMS,
    "urn:xmpp:ping",
    "urn:xmpp:time",
    "jabber:iq:version",
    "jabber:iq:last",
    "vcard-temp",
    "http://jabber.org/protocol/pubsub",
];

/// Deals with a stanza of a component; what the component is told.
pub(super) async fn take(
    xmpp: &Arc<Xmpp>,
    stanza: Stanza<'_>,
    line: u64,
    turns: &Arc<tokio::sync::Mutex<()>>,
) -> Vec<Outgoing> {
    let parsed = |name| stanza.attribute(name).and_then(|jid| Jid::parse(&jid).ok());
    let Some(from) = parsed("from") else { return Vec::new() };
    if push::take_answer(xmpp, &stanza, &from).await {
        return Vec::new();
    }
    // What comes together is looked up at once, and yet said in its order.
    let turn = Arc::clone(turns).lock_owned().await;
    let taken = match parsed("to") {
        Some(to) => dispatch(xmpp, &stanza, (&from, &to), (line, turns), turn).await,
        None => Err(StanzaCondition::JidMalformed.into()),
    };
    match taken {
        Ok(told) => told,
        // Neither errors nor answers are answered (RFC 6120 section 8.3.1).
        Err(_) if matches!(stanza.attribute("type").as_deref(), Some("error" | "result")) => Vec::new(),
        Err(refused) => vec![refusal(&stanza, &from.to_string(), &refused).into()],
    }
}

async fn dispatch(
    xmpp: &Arc<Xmpp>,
    stanza: &Stanza<'_>,
    (from, to): (&Jid, &Jid),
    (line, turns): (u64, &Arc<tokio::sync::Mutex<()>>),
    turn: Turn,
) -> Result<Vec<Outgoing>, Refused> {
    let seat = |who| Arc::new(Seat::visiting(who, from, line, turns));
    let known = xmpp.hub.person_elsewhere(&elsewhere::address(from)?).await?;
    let visitor = seat(known.map_or(PrincipalId(Uuid::nil()), |known| known.id));
    match xmpp.entity(to) {
        Entity::Remote => elsewhere::pass(xmpp, &visitor, stanza, to).await.map(|()| Vec::new()),
        Entity::Room(_) | Entity::Occupant(..) | Entity::Nobody => {
            Err(StanzaCondition::ServiceUnavailable.into())
        }
        entity => match stanza.name() {
            "iq" => ask(xmpp, &visitor, stanza, &entity).await,
            "presence" => presence::take(xmpp, &visitor, stanza, (from, to)).await,
            _ => match receiver(xmpp, stanza, &entity).await? {
                Some(introducer) => {
                    let sender = xmpp.hub.meet_elsewhere(&elsewhere::address(from)?, introducer).await?;
                    Ok(message::handle_in_turn(xmpp, &seat(sender.id), *stanza, turn).await)
                }
                None => say(xmpp, &visitor, stanza, &entity, turn).await,
            },
        },
    }
}

/// Who gets a message that is to be kept; `None` when it is only passed on.
async fn receiver(
    xmpp: &Xmpp,
    stanza: &Stanza<'_>,
    entity: &Entity<'_>,
) -> Result<Option<PrincipalId>, Refused> {
    let (Entity::Account(address) | Entity::Resource(address, _)) = entity else { return Ok(None) };
    if !message::says_something(stanza) {
        return Ok(None);
    }
    Ok(Some(xmpp.hub.person_at(address.as_str()).await?.id))
}

/// Messages of rooms elsewhere are for the client that is in the room.
async fn say(
    xmpp: &Arc<Xmpp>,
    visitor: &Arc<Seat>,
    stanza: &Stanza<'_>,
    entity: &Entity<'_>,
    turn: Turn,
) -> Result<Vec<Outgoing>, Refused> {
    if stanza.attribute("type").as_deref() != Some("groupchat") {
        return Ok(message::handle_in_turn(xmpp, visitor, *stanza, turn).await);
    }
    let Entity::Resource(address, resource) = entity else {
        return Err(StanzaCondition::ServiceUnavailable.into());
    };
    let who = xmpp.hub.person_at(address.as_str()).await?.id;
    blocking::check(xmpp, visitor, who).await?;
    relay_to(xmpp, visitor, stanza, who, Some(resource))?;
    Ok(Vec::new())
}

async fn ask(
    xmpp: &Arc<Xmpp>,
    visitor: &Arc<Seat>,
    stanza: &Stanza<'_>,
    entity: &Entity<'_>,
) -> Result<Vec<Outgoing>, Refused> {
    let is_for_client = matches!(entity, Entity::Resource(..));
    let is_get = stanza.attribute("type").as_deref() == Some("get");
    let is_answered = stanza.children().all(|child| ANSWERED.contains(&child.namespace()));
    match is_for_client || is_get && is_answered {
        true => Ok(iq::handle(xmpp, visitor, *stanza).await),
        false => Err(StanzaCondition::ServiceUnavailable.into()),
    }
}
