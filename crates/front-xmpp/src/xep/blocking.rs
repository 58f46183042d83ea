//! XEP-0191: Blocking Command (1.3).
//!
//! # Differs
//! Single resources of accounts here, and this server itself, cannot be blocked.

mod elsewhere;
pub(crate) mod report;

use crate::{
    address::Entity,
    contacts,
    context::Xmpp,
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
    pubsub::node::Pep,
    seat::Seat,
};
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::{
    Rejection,
    id::{PrincipalId, Seq},
};
use parlance_hub::HubError;
use parlance_xmpp::{Jid, StanzaCondition, write::Writer};

pub(crate) const BLOCKING: &str = "urn:xmpp:blocking";

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Get, namespace: BLOCKING, name: "blocklist", answer: list },
    Handler { at: At::Own, wants: Wants::Set, namespace: BLOCKING, name: "block", answer: block },
    Handler { at: At::Own, wants: Wants::Set, namespace: BLOCKING, name: "unblock", answer: unblock },
];

/// Who keeps a stanza from arriving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Barrier {
    /// Its sender has blocked the receiver.
    Own,
    /// The receiver has blocked its sender.
    Theirs,
}

/// Whether one of the two has blocked the other.
pub(crate) async fn barrier(xmpp: &Xmpp, seat: &Seat, who: PrincipalId) -> Result<Option<Barrier>, Refused> {
    if who == seat.caller.who || !xmpp.hub.is_blocked(seat.caller.who, who).await? {
        return Ok(None);
    }
    let rows = xmpp.hub.contacts(seat.caller).await?;
    let is_own = rows.iter().any(|row| row.who == who && row.contact.blocked);
    Ok(Some(if is_own { Barrier::Own } else { Barrier::Theirs }))
}

/// Refuses what a block keeps from arriving. Who is blocked does not learn more than that nobody answers.
///
/// # Source
/// XEP-0191 sections 3.1 and 3.3.
pub(crate) async fn check(xmpp: &Xmpp, seat: &Seat, who: PrincipalId) -> Result<(), Refused> {
    match barrier(xmpp, seat, who).await? {
        None => Ok(()),
        Some(Barrier::Own) => Err(own_block()),
        Some(Barrier::Theirs) => Err(StanzaCondition::ServiceUnavailable.into()),
    }
}

/// The refusal of what somebody sends to whom they have blocked.
pub(crate) fn own_block() -> Refused {
    Rejection::Blocked.into()
}

/// What a client is told when somebody was blocked, or no longer is.
///
/// # Source
/// XEP-0191 sections 3.3 and 3.4.
pub(crate) fn push(seat: &Seat, seq: Seq, address: &str, is_blocked: bool) -> String {
    let mut xml = Writer::new();
    xml.start("iq").attribute("type", "set").attribute("id", &format!("block-{}", seq.0));
    xml.attribute("to", &seat.full);
    xml.start(if is_blocked { "block" } else { "unblock" }).namespace(BLOCKING);
    xml.start("item").attribute("jid", address).end();
    xml.finish()
}

/// # Source
/// XEP-0191 section 3.2.
fn list(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        elsewhere::move_to_contacts(&iq).await?;
        let (_, rows) = contacts::read(iq.xmpp, iq.seat).await?;
        iq.seat.with(|state| state.wants_blocks = true);
        let mut xml = Writer::new();
        xml.start("blocklist").namespace(BLOCKING);
        for row in rows.iter().filter(|row| row.contact.blocked) {
            if let Ok(person) = iq.xmpp.hub.person(row.who).await {
                xml.start("item").attribute("jid", person.address.as_str()).end();
            }
        }
        write_items(&mut xml, &elsewhere::addresses(&Pep::of(iq.xmpp, iq.seat)).await?);
        Ok(xml.finish())
    }
    .boxed()
}

/// # Source
/// XEP-0191 section 3.3.
fn block(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let named = named(&iq).await?;
        if named.people.is_empty() && named.others.is_empty() {
            return Err(StanzaCondition::BadRequest.into());
        }
        let reports = report::read(&iq).await?;
        for who in &named.people {
            set(&iq, *who, true).await?;
        }
        elsewhere::block(&iq, named.others.clone()).await?;
        report::keep(&iq, &named, reports).await?;
        Ok(String::new())
    }
    .boxed()
}

/// # Source
/// XEP-0191 sections 3.4 and 3.5.
fn unblock(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        elsewhere::move_to_contacts(&iq).await?;
        let Named { mut people, mut others } = named(&iq).await?;
        if people.is_empty() && others.is_empty() {
            let rows = iq.xmpp.hub.contacts(iq.seat.caller).await?;
            people.extend(rows.iter().filter(|row| row.contact.blocked).map(|row| row.who));
            others = elsewhere::addresses(&Pep::of(iq.xmpp, iq.seat)).await?;
        }
        for who in people {
            set(&iq, who, false).await?;
        }
        elsewhere::unblock(&iq, others).await?;
        Ok(String::new())
    }
    .boxed()
}

async fn set(iq: &Iq<'_>, who: PrincipalId, is_blocked: bool) -> Result<(), Refused> {
    let caller = iq.seat.caller;
    iq.xmpp.hub.set_blocked(caller, who, is_blocked).await?;
    for seat in iq.xmpp.seats.of(caller.who) {
        seat.with(|state| state.contacts.note_blocked(who, is_blocked));
    }
    Ok(())
}

fn write_items(xml: &mut Writer<'_>, addresses: &[String]) {
    for address in addresses {
        xml.start("item").attribute("jid", address).end();
    }
}

/// Those whom the items of a command name.
#[derive(Default)]
struct Named {
    people: Vec<PrincipalId>,
    /// Addresses of no account here.
    others: Vec<String>,
}

async fn named(iq: &Iq<'_>) -> Result<Named, Refused> {
    let mut named = Named::default();
    for item in iq.payload.children().filter(|child| child.is(BLOCKING, "item")) {
        let jid = item.attribute("jid").ok_or(StanzaCondition::BadRequest)?;
        let jid = Jid::parse(jid).map_err(|_| StanzaCondition::JidMalformed)?;
        match iq.xmpp.entity(&jid) {
            Entity::Account(address) if address.as_str() == iq.seat.bare => {
                return Err(StanzaCondition::NotAllowed.into());
            }
            Entity::Account(address) => match iq.xmpp.hub.person_at(address.as_str()).await {
                Ok(person) => named.people.push(person.id),
                Err(HubError::Identity(_)) => named.others.push(jid.to_string()),
                Err(error) => return Err(error.into()),
            },
            Entity::Remote if jid.local().is_some() && jid.resource().is_none() => {
                let address = crate::elsewhere::address(&jid)?;
                named.people.push(iq.xmpp.hub.meet_elsewhere(&address, iq.seat.caller.who).await?.id);
            }
            Entity::Remote | Entity::Nobody => named.others.push(jid.to_string()),
            _ => return Err(StanzaCondition::ItemNotFound.into()),
        }
    }
    Ok(named)
}

#[cfg(test)]
mod tests;
