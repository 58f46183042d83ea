//! Presence on its way to those who see it.

use super::{again, elsewhere};
use crate::{
    context::Xmpp,
    deliver::relay_xml,
    pubsub,
    seat::{Available, Seat},
    stanza::Outgoing,
};
use parlance_core::{id::PrincipalId, principal::Principal, subscription::Direction};
use parlance_xmpp::write::Writer;
use std::sync::Arc;

/// What a client said of itself, for somebody.
pub(super) fn available(from: &str, presence: &Available, to: &str) -> String {
    let mut xml = Writer::new();
    xml.start("presence").attribute("from", from).attribute("to", to);
    xml.attribute_if("id", presence.id.as_deref()).attribute_if("xml:lang", presence.lang.as_deref());
    xml.raw(&presence.payload);
    xml.finish()
}

/// That somebody is not there any more; `farewell` is XML.
pub(super) fn unavailable(from: &str, to: &str, farewell: &str) -> String {
    let mut xml = Writer::new();
    xml.start("presence").attribute("from", from).attribute("to", to).attribute("type", "unavailable");
    xml.raw(farewell);
    xml.finish()
}

/// Tells the owner's other clients and everybody who sees the owner what a client says now; the client
/// itself is told as well.
///
/// # Source
/// RFC 6121 sections 4.2.2 and 4.4.2.
pub(super) fn show_to_all(xmpp: &Xmpp, seat: &Arc<Seat>) -> Vec<Outgoing> {
    let Some(presence) = seat.with(|state| state.presence.clone()) else { return Vec::new() };
    tell_own(xmpp, seat, |to| available(&seat.full, &presence, to));
    if !seat.with(|state| state.is_hidden) {
        tell_watchers(xmpp, seat, |to| available(&seat.full, &presence, to));
    }
    vec![available(&seat.full, &presence, &seat.full).into()]
}

/// Tells everybody, the client included, that the server shows something else of it than before.
pub(crate) fn show_again(xmpp: &Xmpp, seat: &Arc<Seat>) {
    show_to_all(xmpp, seat);
    if let Some(presence) = seat.presence() {
        tell(xmpp, seat, available(&seat.full, &presence, &seat.full));
    }
}

/// Tells the owner's other clients.
pub(super) fn tell_own(xmpp: &Xmpp, seat: &Seat, stanza: impl Fn(&str) -> String) {
    let others = xmpp.seats.of(seat.caller.who).into_iter();
    let others = others.filter(|other| other.line != seat.line && other.presence().is_some());
    others.for_each(|other| tell(xmpp, &other, stanza(&other.full)));
}

/// Tells everybody who sees the owner.
pub(super) fn tell_watchers(xmpp: &Xmpp, seat: &Seat, stanza: impl Fn(&str) -> String) {
    for who in seat.with(|state| state.contacts.watchers()) {
        tell_somebody(xmpp, seat, who, &stanza);
    }
}

fn tell_somebody(xmpp: &Xmpp, seat: &Seat, who: PrincipalId, stanza: impl Fn(&str) -> String) {
    let others = xmpp.seats.of(who);
    if others.is_empty()
        && let Some(remote) = xmpp.remote(who)
    {
        return xmpp.tell_remote(&remote, stanza(remote.address.as_str()));
    }
    for other in others {
        if other.presence().is_some() && !other.blocks(seat.caller.who) {
            tell(xmpp, &other, stanza(&other.bare));
        }
    }
}

fn tell(xmpp: &Xmpp, to: &Arc<Seat>, stanza: String) {
    if relay_xml(xmpp, to, stanza).is_err() {
        again::misses(xmpp, to);
    }
}

/// Begins or ends to show a client to somebody who sees its owner otherwise.
pub(crate) fn show_to(xmpp: &Xmpp, seat: &Seat, who: PrincipalId, is_shown: bool) {
    let Some(presence) = seat.visible() else { return };
    tell_somebody(xmpp, seat, who, |to| match is_shown {
        true => available(&seat.full, &presence, to),
        false => unavailable(&seat.full, to, ""),
    });
}

/// Begins or ends to show all clients of somebody to another.
pub(crate) fn show_everything(xmpp: &Xmpp, owner: PrincipalId, who: PrincipalId, is_shown: bool) {
    xmpp.seats.of(owner).iter().for_each(|seat| show_to(xmpp, seat, who, is_shown));
}

/// What somebody on another server who may see an owner is told of them.
pub(crate) fn seen_from_elsewhere(
    xmpp: &Xmpp,
    visitor: &Seat,
    owner: PrincipalId,
    address: &str,
) -> Vec<Outgoing> {
    let shown: Vec<_> = presences_of(xmpp, visitor, owner);
    match shown.is_empty() {
        true => vec![unavailable(address, &visitor.full, "").into()],
        false => shown,
    }
}

/// Asks the server of somebody what they show, or once more whether it may be seen.
///
/// # Source
/// RFC 6121 sections 3.1.2 and 4.3.1.
pub(super) fn ask_elsewhere(xmpp: &Xmpp, seat: &Seat, remote: &Principal, asked: Direction) {
    let (kind, from) = match asked {
        Direction::None => return,
        Direction::Pending => ("subscribe", &seat.bare),
        Direction::Granted => ("probe", &seat.full),
    };
    let mut xml = Writer::new();
    xml.start("presence").attribute("type", kind);
    xml.attribute("from", from).attribute("to", remote.address.as_str());
    xmpp.tell_remote(remote, xml.finish());
}

/// What a client sees of somebody's clients; of its owner's, what they show to themselves.
pub(super) fn presences_of(xmpp: &Xmpp, seat: &Seat, who: PrincipalId) -> Vec<Outgoing> {
    let others = xmpp.seats.of(who).into_iter().filter(|other| other.line != seat.line);
    let seen = others.filter_map(|other| {
        let presence = match who == seat.caller.who {
            true => other.presence(),
            false => other.visible().filter(|_| !other.blocks(seat.caller.who)),
        };
        presence.map(|presence| available(&other.full, &presence, &seat.full).into())
    });
    seen.collect()
}

/// Everything that somebody who was granted it sees from now on.
pub(crate) async fn begin_to_see(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, who: PrincipalId) -> Vec<Outgoing> {
    let mut told = presences_of(xmpp, seat, who);
    told.extend(elsewhere::watch(xmpp, seat).await);
    told.extend(pubsub::on_seen(xmpp, seat, who).await);
    told
}

/// What ends to be seen; nothing is said of those whom the client's owner has blocked.
///
/// # Source
/// RFC 6121 sections 3.2.3 and 3.3.3, XEP-0191 section 3.3.
pub(crate) async fn see_no_more(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    who: PrincipalId,
    is_silent: bool,
) -> Vec<Outgoing> {
    let mut told = elsewhere::watch(xmpp, seat).await;
    told.extend(elsewhere::forget(xmpp, seat, who).await);
    if is_silent {
        return told;
    }
    let others = xmpp.seats.of(who).into_iter().filter(|other| other.visible().is_some());
    told.extend(others.map(|other| unavailable(&other.full, &seat.bare, "").into()));
    told
}
