use super::{show, subscription::said};
use crate::{address::Entity, context::Xmpp, errors::Refused, seat::Seat, stanza::Outgoing};
use parlance_core::subscription::Request;
use parlance_xmpp::Jid;
use std::sync::Arc;

/// Answers what somebody shows, to those who may see it.
///
/// # Source
/// RFC 6121 section 4.3.2.
pub(super) async fn answer(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, to: &Jid) -> Result<Vec<Outgoing>, Refused> {
    let address = match xmpp.entity(to) {
        Entity::Account(address) | Entity::Resource(address, _) => address,
        _ => return Ok(Vec::new()),
    };
    let person = xmpp.hub.person_at(address.as_str()).await.ok();
    let is_own = address.as_str() == seat.bare;
    let may_see = |who| is_own || seat.with(|state| state.contacts.of(who).is_watched);
    let Some(person) = person.filter(|person| may_see(person.id)) else {
        return Ok(vec![said(Request::Unsubscribed, address.as_str(), &seat.full).into()]);
    };
    let seen = show::presences_of(xmpp, seat, person.id);
    if seen.is_empty() && !is_own {
        return Ok(vec![show::unavailable(address.as_str(), &seat.full, "").into()]);
    }
    Ok(seen)
}
