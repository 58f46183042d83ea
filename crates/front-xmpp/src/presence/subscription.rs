//! Asking to see somebody's presence, and what is answered.

use crate::{
    address::Entity, contacts, context::Xmpp, elsewhere, errors::Refused, seat::Seat, stanza::Outgoing,
    xep::preauth_subscription,
};
use parlance_core::subscription::{Direction, Request};
use parlance_hub::{HubError, IdentityRefusal, Redacted};
use parlance_xmpp::{Jid, StanzaCondition, write::Writer};
use std::sync::Arc;

/// What a type of presence says about seeing it; `None` for other types.
pub(crate) fn request(kind: &str) -> Option<Request> {
    match kind {
        "subscribe" => Some(Request::Subscribe),
        "subscribed" => Some(Request::Subscribed),
        "unsubscribe" => Some(Request::Unsubscribe),
        "unsubscribed" => Some(Request::Unsubscribed),
        _ => None,
    }
}

/// What somebody has said to somebody else, both by their bare addresses.
///
/// # Source
/// RFC 6121 section 3.1.2.
pub(crate) fn said(request: Request, from: &str, to: &str) -> String {
    let kind = match request {
        Request::Subscribe => "subscribe",
        Request::Subscribed => "subscribed",
        Request::Unsubscribe => "unsubscribe",
        Request::Unsubscribed => "unsubscribed",
    };
    let mut xml = Writer::new();
    xml.start("presence").attribute("from", from).attribute("to", to).attribute("type", kind);
    xml.finish()
}

/// Says something about presence to somebody. Their clients, and the roster pushes of both, follow the
/// account logs. Whom nobody knows refuses.
///
/// # Source
/// RFC 6121 section 3; section 8.5.1 for those who do not exist.
pub(super) async fn say(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    to: &Jid,
    (request, token): (Request, Option<Redacted<String>>),
) -> Result<Vec<Outgoing>, Refused> {
    let address = match xmpp.entity(to) {
        Entity::Account(address) | Entity::Resource(address, _) => address,
        Entity::Remote => return elsewhere::say(xmpp, seat, to, request).await,
        _ => return Err(StanzaCondition::ServiceUnavailable.into()),
    };
    let address = address.as_str();
    if address == seat.bare {
        return Ok(Vec::new());
    }
    let person = match xmpp.hub.person_at(address).await {
        Err(HubError::Identity(IdentityRefusal::UserNotFound)) if request == Request::Subscribe => {
            return Ok(vec![said(Request::Unsubscribed, address, &seat.bare).into()]);
        }
        Err(HubError::Identity(IdentityRefusal::UserNotFound)) => return Ok(Vec::new()),
        found => found?.id,
    };
    let (hub, caller) = (&xmpp.hub, seat.caller);
    if let (Request::Subscribe, Some(token)) = (request, &token)
        && let Some(view) = preauth_subscription::accept(xmpp, seat, person, token).await?
    {
        contacts::note_watchers(xmpp, caller.who, person, view);
        return Ok(Vec::new());
    }
    let answer = match request {
        Request::Subscribe => hub.request_presence(caller, person).await?,
        Request::Subscribed => hub.approve_presence(caller, person).await?,
        Request::Unsubscribe => hub.cancel_presence(caller, person).await?,
        Request::Unsubscribed => hub.deny_presence(caller, person).await?,
    };
    contacts::note_watchers(xmpp, caller.who, person, answer.subscription);
    // Who asks for what was granted before finds nothing new in the log.
    let is_granted = answer.subscription.outgoing == Direction::Granted && !answer.is_pushed;
    let again = (request == Request::Subscribe && is_granted)
        .then(|| said(Request::Subscribed, address, &seat.bare).into());
    Ok(again.into_iter().collect())
}
