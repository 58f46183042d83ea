use super::{elsewhere, show, subscription::said};
use crate::{
    catch_up, contacts,
    context::Xmpp,
    errors::Refused,
    pubsub,
    seat::{Available, Seat},
    stanza::Outgoing,
};
use parlance_core::{
    presence::Availability,
    subscription::{Direction, Request},
};
use parlance_hub::ports::ContactRow;
use parlance_xmpp::{Stanza, ns};
use std::sync::Arc;

/// Longest status that other front ends are told, in characters.
const STATUS_CHARS_MAX: usize = 256;

/// A client says that it is there, for the first time or with something new.
///
/// # Source
/// RFC 6121 sections 4.2 and 4.4.
pub(super) async fn come(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: &Stanza<'_>,
) -> Result<Vec<Outgoing>, Refused> {
    let is_initial = seat.with(|state| state.presence.is_none());
    let rows = match is_initial {
        true => contacts::read(xmpp, seat).await?.1,
        false => Vec::new(),
    };
    let is_hidden = xmpp.hub.is_invisible(seat.caller.who);
    let mut presence = Available::read(stanza);
    presence.payload = pubsub::avatar::with_hash(xmpp, seat, presence.payload).await;
    let begins_to_take = seat.with(|state| {
        let took = state.presence.as_ref().is_some_and(|presence| presence.priority >= 0);
        let begins_to_take = !took && presence.priority >= 0;
        if begins_to_take {
            state.catching_up.begin();
        }
        state.presence = Some(presence);
        state.is_hidden = is_hidden;
        begins_to_take
    });
    let said = xmpp.hub.say_presence(seat.caller, seat.line, availability(stanza), status(stanza)).await;
    if let Err(error) = said {
        // What waits for the client is not to wait for this.
        tracing::warn!(%error, "a presence was not kept");
    }
    let mut told = show::show_to_all(xmpp, seat);
    if is_initial {
        told.extend(first_look(xmpp, seat, &rows).await);
        told.extend(elsewhere::watch(xmpp, seat).await);
    }
    told.extend(pubsub::on_available(xmpp, seat).await);
    if begins_to_take {
        told.extend(catch_up::tell(xmpp, seat).await);
    }
    Ok(told)
}

/// What somebody who comes sees: those who are there, and the requests that wait.
///
/// # Source
/// RFC 6121 sections 3.1.3 and 4.2.3.
async fn first_look(xmpp: &Xmpp, seat: &Arc<Seat>, rows: &[ContactRow]) -> Vec<Outgoing> {
    let mut told = show::presences_of(xmpp, seat, seat.caller.who);
    for row in rows.iter().filter(|row| !row.contact.blocked) {
        if let Some(remote) = xmpp.remote(row.who) {
            show::ask_elsewhere(xmpp, seat, &remote, row.contact.subscription.outgoing);
        }
        if row.contact.subscription.outgoing == Direction::Granted {
            told.extend(show::presences_of(xmpp, seat, row.who));
        }
        if row.contact.subscription.incoming == Direction::Pending
            && let Ok(person) = xmpp.hub.person(row.who).await
        {
            told.push(said(Request::Subscribe, person.address.as_str(), &seat.bare).into());
        }
    }
    told
}

/// # Source
/// RFC 6121 section 4.7.2.1.
fn availability(stanza: &Stanza<'_>) -> Availability {
    match stanza.child(ns::CLIENT, "show").map(|show| show.text()).as_deref().map(str::trim) {
        Some("away" | "xa") => Availability::Away,
        Some("dnd") => Availability::DoNotDisturb,
        _ => Availability::Online,
    }
}

fn status(stanza: &Stanza<'_>) -> String {
    let status = stanza.child(ns::CLIENT, "status").map(|status| status.text().into_owned());
    status.unwrap_or_default().chars().take(STATUS_CHARS_MAX).collect()
}
