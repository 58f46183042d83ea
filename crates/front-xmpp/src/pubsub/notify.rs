//! Telling those who want to know what is published.

use super::{
    access::{check_may_read, judge},
    config::{AccessModel, NodeConfig},
    node::{Pep, published},
};
use crate::{context::Xmpp, deliver::relay_xml, errors::Refused, presence, seat::Seat, stanza::Outgoing};
use parlance_core::{id::PrincipalId, subscription::Direction};
use parlance_hub::{Caller, ports::Item};
use parlance_xmpp::write::{Writer, format_date_time};
use smol_str::SmolStr;
use std::{collections::BTreeSet, sync::Arc};

/// The namespace of what tells of items.
pub(crate) const EVENT: &str = "http://jabber.org/protocol/pubsub#event";

/// Something that happened to a node.
pub(crate) struct News<'a> {
    pub(crate) node: &'a str,
    pub(crate) config: &'a NodeConfig,
    /// What is in `<event/>`.
    pub(crate) event: String,
}

/// Tells the owner's clients, and those of contacts who see the owner's presence and may read, as far as
/// they say that they want to know of the node; and those who subscribed.
///
/// # Source
/// XEP-0163 (1.2.2) section 4.3.
pub(crate) async fn tell(pep: &Pep<'_>, caller: Caller, news: &News<'_>) -> Result<(), Refused> {
    let mut told = BTreeSet::new();
    for seat in interested(pep.xmpp, pep.owner, news.node) {
        told.insert(seat.line);
        send(pep, &seat, news);
    }
    let is_private = news.config.access_model() == AccessModel::Whitelist && news.config.members.is_empty();
    if is_private || pep.owner != caller.who {
        return Ok(());
    }
    for row in pep.xmpp.hub.contacts(caller).await? {
        if row.contact.subscription.incoming != Direction::Granted {
            continue;
        }
        for seat in interested(pep.xmpp, row.who, news.node) {
            let may_hear = !seat.blocks(pep.owner) && judge(news.config, &row.contact, &seat.bare).is_ok();
            if may_hear && told.insert(seat.line) {
                send(pep, &seat, news);
            }
        }
    }
    tell_subscribers(pep, news, &mut told).await
}

/// # Source
/// XEP-0060 (1.26.0) section 7.1.2.
async fn tell_subscribers(pep: &Pep<'_>, news: &News<'_>, told: &mut BTreeSet<u64>) -> Result<(), Refused> {
    let Ok(subscribers) = pep.nodes().subscribers(news.node).await else { return Ok(()) };
    for address in subscribers {
        let Ok(person) = pep.xmpp.hub.person_at(&address).await else { continue };
        let reader = (person.id, address.as_str());
        if check_may_read(pep.xmpp, pep.owner, news.config, reader).await.is_err() {
            continue;
        }
        let seats = pep.xmpp.seats.of(person.id).into_iter();
        for seat in seats.filter(|seat| seat.with(|state| state.presence.is_some())) {
            if told.insert(seat.line) {
                send(pep, &seat, news);
            }
        }
    }
    Ok(())
}

/// Somebody's clients that are there and want to know of a node.
fn interested(xmpp: &Xmpp, who: PrincipalId, node: &str) -> Vec<Arc<Seat>> {
    let mut seats = xmpp.seats.of(who);
    seats.retain(|seat| wants(seat, node));
    seats
}

/// Whether a client is there and wants to know of a node.
pub(crate) fn wants(seat: &Seat, node: &str) -> bool {
    seat.with(|state| state.presence.is_some() && state.interests.nodes.contains(node))
}

/// Whoever has no place left for news is told of the newest items when there is place again.
fn send(pep: &Pep<'_>, seat: &Arc<Seat>, news: &News<'_>) {
    let xml = message(&pep.address, &seat.full, news.config.notification_type(), &news.event, "");
    if relay_xml(pep.xmpp, seat, xml).is_err() {
        presence::misses(pep.xmpp, seat);
    }
}

/// # Source
/// XEP-0060 (1.26.0) section 12.2 for the delay.
pub(crate) fn message(from: &str, to: &str, kind: &str, event: &str, behind: &str) -> String {
    let mut xml = Writer::new();
    xml.start("message").attribute("from", from).attribute("to", to).attribute("type", kind);
    xml.start("event").namespace(EVENT).raw(event).end();
    xml.raw(behind);
    xml.finish()
}

/// The newest items of what a client wants to know of: the owner's, and those of contacts whose presence
/// they see.
///
/// # Source
/// XEP-0163 (1.2.2) section 4.3.4.
pub(crate) async fn last_items(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    nodes: &BTreeSet<SmolStr>,
) -> Result<Vec<Outgoing>, Refused> {
    let mut told = Vec::new();
    if nodes.is_empty() {
        return Ok(told);
    }
    last_of(&Pep::of(xmpp, seat), seat, nodes, &mut told).await?;
    let contacts = xmpp.hub.contacts(seat.caller).await?;
    let seen = contacts
        .iter()
        .filter(|row| row.contact.subscription.outgoing == Direction::Granted && !row.contact.blocked);
    for row in seen {
        told.extend(last_items_of(xmpp, seat, row.who, nodes).await?);
    }
    Ok(told)
}

/// The newest items of what a client wants to know of somebody.
pub(super) async fn last_items_of(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    who: PrincipalId,
    nodes: &BTreeSet<SmolStr>,
) -> Result<Vec<Outgoing>, Refused> {
    let person = xmpp.hub.person(who).await?;
    let pep = Pep { xmpp, owner: who, address: person.address.as_str().into() };
    let mut told = Vec::new();
    last_of(&pep, seat, nodes, &mut told).await?;
    Ok(told)
}

async fn last_of(
    pep: &Pep<'_>,
    seat: &Seat,
    nodes: &BTreeSet<SmolStr>,
    told: &mut Vec<Outgoing>,
) -> Result<(), Refused> {
    for row in pep.nodes().list().await? {
        let config = NodeConfig::read(&row.config);
        let is_wanted = nodes.contains(row.key.name.as_str()) && config.sends_last_on_presence();
        if !is_wanted || row.items_count == 0 {
            continue;
        }
        let reader = (seat.caller.who, seat.bare.as_str());
        if check_may_read(pep.xmpp, pep.owner, &config, reader).await.is_err() {
            continue;
        }
        if let Some(item) = pep.last(&row.key.name).await? {
            told.push(last(pep, &seat.full, &config, &row.key.name, &item).into());
        }
    }
    Ok(())
}

/// What tells somebody who has just come of an item.
pub(crate) fn last(pep: &Pep<'_>, to: &str, config: &NodeConfig, node: &str, item: &Item) -> String {
    let payload = if config.delivers_payloads() { item.payload.as_str() } else { "" };
    let mut delay = Writer::new();
    let stamp = format_date_time(i64::try_from(item.at.0).unwrap_or(i64::MAX));
    delay.start("delay").namespace("urn:xmpp:delay").attribute("from", &pep.address);
    delay.attribute("stamp", &stamp);
    let event = published(node, &item.id, payload);
    message(&pep.address, to, config.notification_type(), &event, &delay.finish())
}
