//! The account log as stanzas: changes of contacts, whoever made them and with whatever program.

use crate::{
    contacts::Known,
    context::Xmpp,
    presence,
    pubsub::bookmarks,
    seat::Seat,
    stanza::Outgoing,
    xep::{blocking, roster},
};
use parlance_core::{
    account::{AccountChange, Contact},
    event::Content,
    id::{PrincipalId, Seq},
    subscription::Request,
};
use parlance_hub::live::Batch;
use std::sync::Arc;

/// A change of a contact as it stands in the log.
struct Change<'a> {
    seq: Seq,
    who: PrincipalId,
    contact: &'a Contact,
    said: Option<Request>,
}

/// What a client is told of changes in its owner's account log.
pub(crate) async fn encode(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, batch: &Batch) -> Vec<Outgoing> {
    let nobody = Contact::nobody();
    let changes = batch.entries.iter().filter_map(|entry| {
        let seq = entry.event.seq;
        match &entry.event.content {
            Content::Account(AccountChange::Contact { who, contact, said }) => {
                Some(Change { seq, who: *who, contact, said: *said })
            }
            Content::Account(AccountChange::ContactRemoved { who, said }) => {
                Some(Change { seq, who: *who, contact: &nobody, said: *said })
            }
            _ => None,
        }
    });
    let changes: Vec<_> = changes.collect();
    if let Err(error) = xmpp.hub.meet(changes.iter().map(|change| change.who)).await {
        tracing::warn!(%error, "names could not be read");
    }
    let mut told = Vec::new();
    for entry in &batch.entries {
        told.extend(bookmarks::level_news(xmpp, seat, &entry.event).await);
    }
    for change in changes {
        told.extend(tell(xmpp, seat, &change).await);
    }
    told
}

/// # Source
/// RFC 6121 sections 2.1.6 and 3.1.6: what was said comes first, then the roster push, then presence.
async fn tell(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, change: &Change<'_>) -> Vec<Outgoing> {
    let Change { seq, who, contact, said } = *change;
    let Ok(person) = xmpp.hub.person(who).await else { return Vec::new() };
    let Some((before, after)) = seat.with(|state| state.contacts.learn(seq, who, contact)) else {
        return Vec::new();
    };
    let address = person.address.as_str();
    let (wants_roster, wants_blocks, is_available, epoch) = seat.with(|state| {
        let is_available = state.presence.is_some();
        (state.wants_roster, state.wants_blocks, is_available, state.contacts.epoch())
    });
    let mut told: Vec<Outgoing> = Vec::new();
    if let Some(said) = said
        && (is_available || wants_roster && said != Request::Subscribe)
    {
        told.push(presence::said(said, address, &seat.bare).into());
    }
    if wants_roster && before.item != after.item {
        told.push(roster::push(seat, (epoch, seq), address, contact).into());
    }
    if wants_blocks && before.is_blocked != after.is_blocked {
        told.push(blocking::push(seat, seq, address, after.is_blocked).into());
    }
    if is_available {
        told.extend(show(xmpp, seat, who, (before, after)).await);
    }
    told
}

/// Presence that begins or ends to be seen, in both directions.
async fn show(
    xmpp: &Arc<Xmpp>,
    seat: &Arc<Seat>,
    who: PrincipalId,
    (before, after): (Known, Known),
) -> Vec<Outgoing> {
    if before.is_blocked != after.is_blocked && after.watches {
        presence::show_to(xmpp, seat, who, !after.is_blocked);
    }
    let sees = |known: Known| known.is_watched && !known.is_blocked;
    match (sees(before), sees(after)) {
        (false, true) => presence::begin_to_see(xmpp, seat, who).await,
        (true, false) => presence::see_no_more(xmpp, seat, who, before.is_watched && after.is_watched).await,
        _ => Vec::new(),
    }
}
