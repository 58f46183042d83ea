//! Presence: who is there, who may know, and who is told.
//!
//! # Source
//! RFC 6121 sections 3 and 4.

mod again;
mod come;
mod directed;
mod elsewhere;
mod leave;
mod probe;
mod show;
mod subscription;

pub(crate) use again::{misses, tell as tell_again};
pub(crate) use directed::pass;
pub(crate) use elsewhere::seen_elsewhere;
pub(crate) use leave::gone;
pub(crate) use show::{begin_to_see, see_no_more, seen_from_elsewhere, show_again, show_everything, show_to};
pub(crate) use subscription::{request, said};

use crate::{
    address::Entity,
    context::Xmpp,
    errors::Refused,
    muc,
    seat::Seat,
    stanza::{Outgoing, refusal},
    xep::preauth_subscription,
};
use parlance_xmpp::{Jid, Stanza, StanzaCondition};
use std::sync::Arc;

/// Deals with a presence stanza; what its sender is told.
pub(crate) async fn handle(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, stanza: Stanza<'_>) -> Vec<Outgoing> {
    let kind = stanza.attribute("type");
    match take(xmpp, seat, stanza, kind.as_deref()).await {
        Ok(told) => told,
        // An error is never answered with an error (RFC 6120 section 8.3.1).
        Err(_) if kind.as_deref() == Some("error") => Vec::new(),
        Err(refused) => vec![refusal(&stanza, &seat.full, &refused).into()],
    }
}

/// # Source
/// RFC 6121 section 4.7.1.
async fn take(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: Stanza<'_>,
    kind: Option<&str>,
) -> Result<Vec<Outgoing>, Refused> {
    let to = stanza.attribute("to").map(|to| Jid::parse(&to)).transpose();
    let to = to.map_err(|_| StanzaCondition::JidMalformed)?;
    let request = kind.and_then(request);
    if request.is_none() && !matches!(kind, None | Some("unavailable" | "probe" | "error")) {
        return Err(StanzaCondition::BadRequest.into());
    }
    if let Some(to) = &to {
        match xmpp.entity(to) {
            Entity::Room(room) => return Ok(muc::handle_presence(xmpp, seat, stanza, room, None).await),
            Entity::Occupant(room, nick) => {
                return Ok(muc::handle_presence(xmpp, seat, stanza, room, Some(nick)).await);
            }
            _ => {}
        }
    }
    match (to, request, kind) {
        (Some(to), Some(request), _) => {
            let token = preauth_subscription::token(&stanza);
            subscription::say(xmpp, seat, &to, (request, token)).await
        }
        (Some(to), None, Some("probe")) => probe::answer(xmpp, seat, &to).await,
        (Some(to), None, kind) => directed::pass(xmpp, seat, &stanza, &to, kind).await,
        (None, None, None) => come::come(xmpp, seat, &stanza).await,
        (None, None, Some("unavailable")) => leave::leave(xmpp, seat, &stanza).await,
        (None, Some(_), _) => Err(StanzaCondition::BadRequest.into()),
        (None, None, Some(_)) => Ok(Vec::new()),
    }
}

#[cfg(test)]
pub(crate) mod tests;
