//! What a client is told again that had no place for it: it learns how everything is now, not how it came to be.

use super::{elsewhere, show};
use crate::{context::Xmpp, pubsub, seat::Seat, stanza::Outgoing};
use parlance_core::subscription::Direction;
use parlance_hub::live::Connection;
use std::sync::Arc;

/// Notes that a client was not told of a presence or of an item, because too much waits for it.
pub(crate) fn misses(xmpp: &Xmpp, seat: &Arc<Seat>) {
    seat.with(|state| state.misses_news = true);
    // It may have taken everything meanwhile.
    xmpp.wake(std::slice::from_ref(seat));
}

/// Everything that a client sees of others, when it has missed something and nothing waits any more that is
/// older than this.
///
/// # Source
/// RFC 6121 section 4.3.2: presence of a bare address stands for all its resources.
pub(crate) async fn tell(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, connection: &Connection) -> Vec<Outgoing> {
    let is_due = !connection.has_relays() && seat.with(|state| std::mem::take(&mut state.misses_news));
    if !is_due || seat.presence().is_none() {
        return Vec::new();
    }
    let mut told = show::presences_of(xmpp, seat, seat.caller.who);
    for who in seat.with(|state| state.contacts.watched()) {
        if let Ok(person) = xmpp.hub.person(who).await {
            told.push(show::unavailable(person.address.as_str(), &seat.bare, "").into());
            if person.is_remote() {
                show::ask_elsewhere(xmpp, seat, &person, Direction::Granted);
            }
        }
        told.extend(show::presences_of(xmpp, seat, who));
    }
    seat.with(|state| state.elsewhere.clear());
    told.extend(elsewhere::watch(xmpp, seat).await);
    told.extend(pubsub::on_missed(xmpp, seat).await);
    told
}
