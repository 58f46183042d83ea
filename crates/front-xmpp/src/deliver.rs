//! Stanzas from one client to another that are not kept.

use crate::{
    context::Xmpp,
    errors::Refused,
    payload::{FRONT, inner, is_forged},
    seat::Seat,
    stanza::ON_STREAM,
};
use parlance_core::id::PrincipalId;
use parlance_hub::live::Relay;
use parlance_xmpp::{Forward, Stanza, StanzaCondition, write::Writer};
use std::sync::Arc;

/// Passes a stanza to a resource, or to all of somebody's that take messages.
pub(crate) fn relay_to(
    xmpp: &Arc<Xmpp>,
    from: &Seat,
    stanza: &Stanza<'_>,
    who: PrincipalId,
    resource: Option<&str>,
) -> Result<(), Refused> {
    let relay = Relay { front: FRONT, payload: passed_on(xmpp, from, stanza).into() };
    let seats = match resource {
        Some(resource) => {
            vec![xmpp.seats.find(who, resource).ok_or(StanzaCondition::ServiceUnavailable)?]
        }
        None => xmpp.seats.of(who).into_iter().filter(|seat| seat.takes_messages()).collect(),
    };
    for seat in seats {
        xmpp.hub.relay(who, Some(seat.line), &relay)?;
    }
    Ok(())
}

/// A stanza as others get it: with the address it comes from, and without what only a server may say.
pub(crate) fn passed_on(xmpp: &Xmpp, from: &Seat, stanza: &Stanza<'_>) -> String {
    let is_ours = |by: &str| xmpp.is_ours(by);
    if stanza.name() == "message" && stanza.children().any(|child| is_forged(&child, is_ours)) {
        let mut xml = Writer::new();
        xml.start("message").attribute("from", &from.full);
        for name in ["to", "type", "id", "xml:lang"] {
            xml.attribute_if(name, stanza.attribute(name).as_deref());
        }
        xml.raw(&inner(stanza, is_ours));
        return xml.finish();
    }
    let mut xml = String::with_capacity(stanza.raw().len() + 64);
    Forward::new(stanza).set("from", &from.full).write(ON_STREAM, &mut xml);
    xml
}

/// Passes a stanza as it is to one client.
pub(crate) fn relay_xml(xmpp: &Xmpp, to: &Seat, xml: String) -> Result<(), Refused> {
    xmpp.hub.relay(to.caller.who, Some(to.line), &Relay { front: FRONT, payload: xml.into() })?;
    Ok(())
}
