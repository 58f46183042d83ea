use crate::{
    address::Entity, contacts, context::Xmpp, elsewhere, errors::Refused, presence, seat::Seat,
    stanza::Outgoing,
};
use parlance_core::{
    id::PrincipalId,
    subscription::{Direction, Request},
};
use parlance_hub::{HubError, IdentityRefusal};
use parlance_xmpp::{Jid, Stanza, StanzaCondition};
use std::sync::Arc;

/// Deals with a presence of somebody on another server; what they are told.
///
/// # Source
/// RFC 6121 sections 3 and 4.3.
pub(super) async fn take(
    xmpp: &Arc<Xmpp>,
    visitor: &Arc<Seat>,
    stanza: &Stanza<'_>,
    (from, to): (&Jid, &Jid),
) -> Result<Vec<Outgoing>, Refused> {
    let (Entity::Account(address) | Entity::Resource(address, _)) = xmpp.entity(to) else {
        return Ok(Vec::new());
    };
    let kind = stanza.attribute("type");
    let request = kind.as_deref().and_then(presence::request);
    let Some(request) = request.or((kind.as_deref() == Some("probe")).then_some(Request::Subscribe)) else {
        return presence::pass(xmpp, visitor, stanza, to, kind.as_deref()).await;
    };
    let person = match xmpp.hub.person_at(address.as_str()).await {
        Ok(person) => person.id,
        Err(HubError::Identity(IdentityRefusal::UserNotFound)) => {
            return Ok(refused(request, address.as_str(), &visitor.bare));
        }
        Err(error) => return Err(error.into()),
    };
    if kind.as_deref() == Some("probe") {
        return probe(xmpp, visitor, person, address.as_str()).await;
    }
    hear(xmpp, person, (from, address.as_str()), request).await
}

/// Whom nobody knows refuses.
fn refused(request: Request, address: &str, to: &str) -> Vec<Outgoing> {
    let answer = (request == Request::Subscribe).then(|| presence::said(Request::Unsubscribed, address, to));
    answer.map(Outgoing::from).into_iter().collect()
}

async fn hear(
    xmpp: &Arc<Xmpp>,
    person: PrincipalId,
    (from, address): (&Jid, &str),
    request: Request,
) -> Result<Vec<Outgoing>, Refused> {
    let remote = match request {
        Request::Subscribe => Some(xmpp.hub.meet_elsewhere(&elsewhere::address(from)?, person).await?),
        _ => xmpp.hub.person_elsewhere(&elsewhere::address(from)?).await?,
    };
    let Some(remote) = remote else { return Ok(Vec::new()) };
    let Some(step) = xmpp.hub.hear_of_presence(person, remote.id, request).await? else {
        return Ok(Vec::new());
    };
    contacts::note_watchers(xmpp, person, remote.id, step.after);
    let answer = step.is_answered.then(|| presence::said(Request::Subscribed, address, from.bare()).into());
    if step.is_answered {
        presence::show_everything(xmpp, person, remote.id, true);
    }
    Ok(answer.into_iter().collect())
}

/// # Source
/// RFC 6121 section 4.3.2.
async fn probe(
    xmpp: &Arc<Xmpp>,
    visitor: &Arc<Seat>,
    person: PrincipalId,
    address: &str,
) -> Result<Vec<Outgoing>, Refused> {
    let contact = xmpp.hub.contact(person, visitor.caller.who).await?;
    if contact.blocked {
        return Err(StanzaCondition::ServiceUnavailable.into());
    }
    if contact.subscription.incoming != Direction::Granted {
        return Ok(refused(Request::Subscribe, address, &visitor.bare));
    }
    Ok(presence::seen_from_elsewhere(xmpp, visitor, person, address))
}
