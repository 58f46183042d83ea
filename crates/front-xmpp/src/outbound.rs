//! Events as stanzas.

use crate::{
    account,
    context::Xmpp,
    direct, muc,
    native::people_in,
    pubsub::{bookmarks, displayed},
    seat::Seat,
    stanza::Outgoing,
};
use parlance_core::{
    account::AccountChange,
    conversation::Kind,
    event::{Content, Event},
};
use parlance_hub::live::Batch;
use std::sync::Arc;

/// What of a batch a client is told.
pub(crate) async fn encode(xmpp: &Arc<Xmpp>, seat: &Arc<Seat>, batch: &Batch) -> Vec<Outgoing> {
    let people = batch.entries.iter().flat_map(|entry| people_in(&entry.event));
    if let Err(error) = xmpp.hub.meet(people).await {
        tracing::warn!(%error, "names could not be read");
    }
    let events = batch.entries.iter().map(|entry| &*entry.event);
    match batch.kind {
        Kind::Direct | Kind::Notes => {
            let mut told = Vec::new();
            for event in events {
                told.extend(direct::encode(xmpp, seat, batch.kind, event).await);
            }
            told
        }
        Kind::Group | Kind::Channel => {
            let mut told = muc::encode(xmpp, seat, batch).await;
            told.extend(memberships(xmpp, seat, events).await);
            told
        }
        Kind::Account => {
            let mut told = account::encode(xmpp, seat, batch).await;
            told.extend(positions(xmpp, seat, events).await);
            told
        }
    }
}

/// What becomes of the bookmarks when the client's owner comes or goes.
async fn memberships(xmpp: &Arc<Xmpp>, seat: &Seat, events: impl Iterator<Item = &Event>) -> Vec<Outgoing> {
    let mut told = Vec::new();
    for event in events {
        if let Content::Membership { who, change } = event.content
            && who == seat.caller.who
        {
            told.extend(bookmarks::news(xmpp, seat, event.conversation, change).await);
        }
    }
    told
}

/// How far the client's owner has read, with any device.
async fn positions(xmpp: &Arc<Xmpp>, seat: &Seat, events: impl Iterator<Item = &Event>) -> Vec<Outgoing> {
    let mut told = Vec::new();
    for event in events {
        if let Content::Account(AccountChange::Read { conversation, seq }) = event.content {
            told.extend(displayed::news(xmpp, seat, conversation, seq).await);
        }
    }
    told
}
