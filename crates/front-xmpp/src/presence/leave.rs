use super::{directed, show};
use crate::{context::Xmpp, errors::Refused, muc, pubsub, seat::Seat, stanza::Outgoing};
use parlance_core::presence::Availability;
use parlance_hub::HubError;
use parlance_xmpp::{Stanza, ns};
use std::sync::Arc;

/// A client says that it is there no more.
///
/// # Source
/// RFC 6121 section 4.5.
pub(super) async fn leave(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    stanza: &Stanza<'_>,
) -> Result<Vec<Outgoing>, Refused> {
    let mut farewell = String::new();
    stanza.children().for_each(|child| child.write_within(ns::CLIENT, &mut farewell));
    let was_available = seat.with(|state| state.presence.is_some());
    muc::leave_all(xmpp, seat, &farewell).await;
    take_leave(xmpp, seat, &farewell).await?;
    let own = || show::unavailable(&seat.full, &seat.full, &farewell).into();
    Ok(was_available.then(own).into_iter().collect())
}

/// A client has gone: those who saw it are told, if it did not say so itself.
pub(crate) async fn gone(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>) {
    muc::leave_all(xmpp, seat, "").await;
    let successor = xmpp.seats.find(seat.caller.who, seat.resource());
    if successor.is_some_and(|other| !Arc::ptr_eq(&other, seat) && other.presence().is_some()) {
        return;
    }
    if let Err(error) = take_leave(xmpp, seat, "").await {
        tracing::warn!(%error, "that somebody went was not told to everybody");
    }
}

async fn take_leave(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, farewell: &str) -> Result<(), HubError> {
    pubsub::on_unavailable(seat);
    let (was_available, was_hidden) = seat.with(|state| {
        state.elsewhere.clear();
        (state.presence.take().is_some(), state.is_hidden)
    });
    if was_available {
        show::tell_own(xmpp, seat, |to| show::unavailable(&seat.full, to, farewell));
        if !was_hidden {
            show::tell_watchers(xmpp, seat, |to| show::unavailable(&seat.full, to, farewell));
        }
    }
    directed::take_back(xmpp, seat, farewell).await;
    if was_available {
        xmpp.hub.say_presence(seat.caller, seat.line, Availability::Offline, String::new()).await?;
        xmpp.hub.watch_elsewhere(seat.caller, seat.line, crate::payload::FRONT, &[]).await?;
    }
    Ok(())
}
