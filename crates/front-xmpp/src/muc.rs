//! XEP-0045: Multi-User Chat (1.35.1): groups and channels as rooms.
//!
//! Membership stands in the log and does not depend on who is here. What a room adds is in memory: which
//! clients follow it live, and under which nickname ([`rooms`]). A client enters ([`enter`]), reads what
//! was said ([`history`]) and follows the log from there on ([`live`]); every client reads the log behind
//! its own cursor, while presences are made once and put on the [`desk`](Desk) of each client.
//!
//! Rooms show everybody's address, keep what is said, and stay when the last one leaves.

mod admin;
mod avatar;
mod create;
mod desk;
mod disco;
mod elsewhere;
mod enter;
mod groupchat;
mod history;
mod invite;
mod leave;
mod live;
mod mention;
mod moderate;
mod nicks;
mod occupant;
mod owner;
mod presence;
mod register;
mod room;
mod rooms;
mod signals;
mod standing;
mod voice;
mod write;

use crate::{
    address::Entity,
    context::Xmpp,
    errors::Refused,
    iq::{Handler, Iq},
    seat::Seat,
    stanza::Outgoing,
};
use parlance_core::{id::ConversationId, principal::Principal};
use parlance_hub::HubError;
use parlance_xmpp::{Jid, Stanza, StanzaCondition};
use std::sync::Arc;

pub(crate) use desk::Desk;
pub use elsewhere::follow as follow_presence;
pub(crate) use groupchat::{to_occupant, to_room};
pub(crate) use leave::leave_all;
pub(crate) use live::{archived, encode};
pub(crate) use mention::who_is;
pub(crate) use occupant::iq as occupant_iq;
pub(crate) use presence::handle as handle_presence;
pub(crate) use rooms::Rooms;
pub(crate) use signals::signal;

/// Who answers what.
pub(crate) const HANDLERS: &[&[Handler]] = &[
    admin::HANDLERS,
    avatar::HANDLERS,
    disco::HANDLERS,
    moderate::HANDLERS,
    owner::HANDLERS,
    register::HANDLERS,
];

/// What a client is told at once. Answers of rooms go over its desk, behind what it was told of the room.
pub(crate) fn in_order(
    xmpp: &Xmpp,
    seat: &Arc<Seat>,
    request: &Stanza<'_>,
    answer: Outgoing,
) -> Vec<Outgoing> {
    let to = request.attribute("to").and_then(|to| Jid::parse(&to).ok());
    if to.is_none_or(|to| to.domain() != xmpp.settings.groups_domain) {
        return vec![answer];
    }
    seat.rooms.put(answer);
    xmpp.wake(std::slice::from_ref(seat));
    Vec::new()
}

/// The room that a request is for.
async fn room_of(iq: &Iq<'_>) -> Result<ConversationId, Refused> {
    let found = iq.xmpp.hub.conversation_named(iq.to.local().unwrap_or_default()).await?;
    found.ok_or_else(|| StanzaCondition::ItemNotFound.into())
}

/// Somebody with an account here.
async fn person(xmpp: &Xmpp, jid: &Jid) -> Result<Arc<Principal>, Refused> {
    match xmpp.entity(jid) {
        Entity::Account(address) | Entity::Resource(address, _) => {
            let found = xmpp.hub.person_at(address.as_str()).await;
            found.map_err(|error| match error {
                HubError::Identity(_) => StanzaCondition::ItemNotFound.into(),
                error => error.into(),
            })
        }
        Entity::Remote => Err(StanzaCondition::NotAllowed.into()),
        _ => Err(StanzaCondition::ItemNotFound.into()),
    }
}

#[cfg(test)]
mod tests;

/// What a client says when it enters.
const MUC: &str = "http://jabber.org/protocol/muc";
/// What rooms say about people.
pub(crate) const MUC_USER: &str = "http://jabber.org/protocol/muc#user";
