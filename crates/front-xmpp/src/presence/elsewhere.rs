//! People who are there with other programs than those of XMPP: they have one resource more.

use super::show;
use crate::{context::Xmpp, payload::FRONT, seat::Seat, stanza::Outgoing};
use parlance_core::{
    id::PrincipalId,
    presence::{Availability, Shown},
};
use parlance_xmpp::write::Writer;
use std::sync::Arc;

/// The resource that stands for all other programs of somebody.
const RESOURCE: &str = "web";

/// Watches those whose presence a client sees, and its owner; what is new of them.
pub(super) async fn watch(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>) -> Vec<Outgoing> {
    let mut people = seat.with(|state| state.contacts.watched());
    people.push(seat.caller.who);
    let seen = match xmpp.hub.watch_elsewhere(seat.caller, seat.line, FRONT, &people).await {
        Ok(seen) => seen,
        Err(error) => {
            tracing::warn!(%error, "what people show in other programs is not known");
            return Vec::new();
        }
    };
    let mut told = Vec::new();
    for (who, shown) in seen {
        told.extend(look(xmpp, seat, who, shown).await);
    }
    told
}

/// Somebody shows something else in other programs.
pub(crate) async fn seen_elsewhere(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    who: PrincipalId,
    shown: Shown,
) -> Vec<Outgoing> {
    if seat.presence().is_none() {
        return Vec::new();
    }
    if who == seat.caller.who {
        hide_or_appear(xmpp, seat);
    }
    look(xmpp, seat, who, shown).await.into_iter().collect()
}

/// Follows the wish to be seen as offline, which can be made in another program.
fn hide_or_appear(xmpp: &Xmpp, seat: &Arc<Seat>) {
    let is_hidden = xmpp.hub.is_invisible(seat.caller.who);
    let was_hidden = seat.with(|state| std::mem::replace(&mut state.is_hidden, is_hidden));
    let Some(presence) = seat.presence().filter(|_| was_hidden != is_hidden) else { return };
    show::tell_watchers(xmpp, seat, |to| match is_hidden {
        true => show::unavailable(&seat.full, to, ""),
        false => show::available(&seat.full, &presence, to),
    });
}

/// Somebody is not seen any more.
pub(super) async fn forget(xmpp: &Xmpp, seat: &Seat, who: PrincipalId) -> Option<Outgoing> {
    seat.with(|state| state.elsewhere.remove(&who))?;
    let person = xmpp.hub.person(who).await.ok()?;
    Some(show::unavailable(&format!("{}/{RESOURCE}", person.address), &seat.full, "").into())
}

async fn look(xmpp: &Xmpp, seat: &Seat, who: PrincipalId, shown: Shown) -> Option<Outgoing> {
    let is_blocked = xmpp.hub.is_blocked(who, seat.caller.who).await.unwrap_or(true);
    if is_blocked || matches!(shown.availability, Availability::Offline | Availability::Invisible) {
        return forget(xmpp, seat, who).await;
    }
    let before = seat.with(|state| state.elsewhere.insert(who, shown.clone()));
    if before.as_ref() == Some(&shown) {
        return None;
    }
    let person = xmpp.hub.person(who).await.ok()?;
    Some(resource(person.address.as_str(), &seat.full, &shown).into())
}

fn resource(address: &str, to: &str, shown: &Shown) -> String {
    let mut xml = Writer::new();
    xml.start("presence").attribute("from", &format!("{address}/{RESOURCE}")).attribute("to", to);
    match shown.availability {
        Availability::Away => {
            xml.text_element("show", "away");
        }
        Availability::DoNotDisturb => {
            xml.text_element("show", "dnd");
        }
        _ => {}
    }
    if !shown.status.is_empty() {
        xml.text_element("status", &shown.status);
    }
    xml.finish()
}
