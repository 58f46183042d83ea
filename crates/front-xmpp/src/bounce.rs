//! Stanzas that waited for a client when it went.

use crate::{address::Entity, context::Xmpp, payload::FRONT};
use parlance_hub::live::{Connection, Relay};
use parlance_xmpp::{
    Framed, Jid, Limits, OnStream, Stanza, StanzaCondition,
    write::{Reply, StanzaError},
};
use std::sync::Arc;

/// Tells the senders of what nobody will read any more, where they wait for an answer.
///
/// # Source
/// XEP-0198 (1.6.3) section 5, RFC 6121 section 8.5.3.2.3.
pub(crate) async fn bounce(xmpp: &Arc<Xmpp>, connection: &Connection, waits: fn(&Stanza<'_>) -> bool) {
    let mut framed = Framed::new(Limits::default());
    for relay in connection.end_relays() {
        let stanza = framed.read(&relay.payload).ok().filter(waits);
        let Some((to, answer)) = stanza.and_then(|stanza| refusal(&stanza)) else { continue };
        let Entity::Resource(address, resource) = xmpp.entity(&to) else { continue };
        let Ok(sender) = xmpp.hub.person_at(address.as_str()).await else { continue };
        if let Some(seat) = xmpp.seats.find(sender.id, resource) {
            let answer = Relay { front: FRONT, payload: answer.into() };
            // Whose own mailbox is full is told nothing more.
            let _ = xmpp.hub.relay(sender.id, Some(seat.line), &answer);
        }
    }
}

/// Whether a stanza is a request, whose sender waits for an answer.
pub(crate) fn is_request(stanza: &Stanza<'_>) -> bool {
    stanza.name() == "iq" && matches!(stanza.attribute("type").as_deref(), Some("get" | "set"))
}

/// Whether a stanza is a request or a message, whose sender is to know when it is lost.
pub(crate) fn is_missed(stanza: &Stanza<'_>) -> bool {
    let is_error = stanza.attribute("type").as_deref() == Some("error");
    is_request(stanza) || stanza.name() == "message" && !is_error
}

/// The answer, and who gets it.
fn refusal(stanza: &Stanza<'_>) -> Option<(Jid, String)> {
    let from = Jid::parse(&stanza.attribute("from")?).ok()?;
    let mut answer = String::new();
    let error = StanzaError::new(StanzaCondition::ServiceUnavailable);
    Reply::to(stanza).write_error(OnStream::Default(stanza.namespace()), &error, &mut answer);
    Some((from, answer))
}
