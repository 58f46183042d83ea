//! Presence for one address, whoever may see its sender otherwise.

use super::show;
use crate::{
    address::Entity,
    context::Xmpp,
    deliver::relay_xml,
    elsewhere,
    errors::Refused,
    seat::Seat,
    stanza::{ON_STREAM, Outgoing},
    xep::blocking,
};
use parlance_core::id::PrincipalId;
use parlance_xmpp::{Forward, Jid, Stanza, StanzaCondition};
use std::sync::Arc;

/// Most addresses one client shows itself to in this way.
const DIRECTED_MAX: usize = 1_000;

/// Passes a presence to the address it is for.
///
/// # Source
/// RFC 6121 section 4.6.
pub(crate) async fn pass(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: &Stanza<'_>,
    to: &Jid,
    kind: Option<&str>,
) -> Result<Vec<Outgoing>, Refused> {
    let (address, resource) = match xmpp.entity(to) {
        Entity::Account(address) => (address, None),
        Entity::Resource(address, resource) => (address, Some(resource)),
        Entity::Remote => {
            note(seat, to, kind)?;
            elsewhere::pass(xmpp, seat, stanza, to).await?;
            return Ok(Vec::new());
        }
        _ => return Ok(Vec::new()),
    };
    // Nobody learns in this way which accounts there are.
    let Ok(person) = xmpp.hub.person_at(address.as_str()).await else { return Ok(Vec::new()) };
    match blocking::barrier(xmpp, seat, person.id).await? {
        Some(blocking::Barrier::Own) => return Err(blocking::own_block()),
        Some(blocking::Barrier::Theirs) => return Ok(Vec::new()),
        None => {}
    }
    note(seat, to, kind)?;
    let mut xml = String::with_capacity(stanza.raw().len() + 64);
    Forward::new(stanza).set("from", &seat.full).write(ON_STREAM, &mut xml);
    for other in receivers(xmpp, person.id, resource) {
        relay_xml(xmpp, &other, xml.clone())?;
    }
    Ok(Vec::new())
}

/// Remembers who is to be told when the client leaves.
fn note(seat: &Seat, to: &Jid, kind: Option<&str>) -> Result<(), Refused> {
    seat.with(|state| match kind {
        None if state.directed.len() >= DIRECTED_MAX && !state.directed.contains(to.as_str()) => {
            Err(StanzaCondition::ResourceConstraint.into())
        }
        None => {
            state.directed.insert(to.as_str().to_owned());
            Ok(())
        }
        Some(_) => {
            state.directed.remove(to.as_str());
            Ok(())
        }
    })
}

fn receivers(xmpp: &Xmpp, who: PrincipalId, resource: Option<&str>) -> Vec<Arc<Seat>> {
    match resource {
        Some(resource) => xmpp.seats.find(who, resource).into_iter().collect(),
        None => xmpp.seats.of(who).into_iter().filter(|seat| seat.presence().is_some()).collect(),
    }
}

/// Tells those who were told in this way, and would not learn otherwise, that the client leaves.
///
/// # Source
/// RFC 6121 section 4.6.3.
pub(super) async fn take_back(xmpp: &Arc<Xmpp>, seat: &Seat, farewell: &str) {
    for to in seat.with(|state| std::mem::take(&mut state.directed)) {
        let Ok(jid) = Jid::parse(&to) else { continue };
        let (address, resource) = match xmpp.entity(&jid) {
            Entity::Account(address) => (address, None),
            Entity::Resource(address, resource) => (address, Some(resource)),
            Entity::Remote => {
                let _ = xmpp.send_elsewhere(&jid, show::unavailable(&seat.full, &to, farewell));
                continue;
            }
            _ => continue,
        };
        let Ok(person) = xmpp.hub.person_at(address.as_str()).await else { continue };
        let is_told = seat.with(|state| state.contacts.watchers().contains(&person.id));
        if person.id == seat.caller.who || is_told {
            continue;
        }
        for other in receivers(xmpp, person.id, resource) {
            if !other.blocks(seat.caller.who) {
                let _ = relay_xml(xmpp, &other, show::unavailable(&seat.full, &to, farewell));
            }
        }
    }
}
