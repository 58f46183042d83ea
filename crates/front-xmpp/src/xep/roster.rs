//! RFC 6121 section 2: the roster is the list of contacts.
//!
//! # Differs
//! What has changed since a version is pushed before or after the empty result; when contacts that are
//! nobody have changed, the whole roster is sent.

mod elsewhere;

use crate::{
    address::Entity,
    contacts,
    deliver::relay_xml,
    errors::Refused,
    iq::{Answer, At, Handler, Iq, Wants},
    presence,
    seat::Seat,
};
use elsewhere::Elsewhere;
use futures_util::{FutureExt, future::BoxFuture};
use parlance_core::{
    Rejection,
    account::Contact,
    id::{Epoch, PrincipalId, Seq},
    principal::Principal,
    subscription::{Direction, Request, Subscription},
};
use parlance_hub::{HubError, IdentityRefusal, usecase::RosterVersion};
use parlance_xmpp::{Element, Jid, StanzaCondition, write::Writer};
use std::collections::{BTreeSet, HashSet};

const ROSTER: &str = "jabber:iq:roster";
/// Most changes that a client is told one by one; who has missed more is sent the whole list.
const PUSHED_MAX: usize = 100;

pub(super) const HANDLERS: &[Handler] = &[
    Handler { at: At::Own, wants: Wants::Get, namespace: ROSTER, name: "query", answer: get },
    Handler { at: At::Own, wants: Wants::Set, namespace: ROSTER, name: "query", answer: set },
    Handler { at: At::Other, wants: Wants::Get, namespace: ROSTER, name: "query", answer: not_yours },
    Handler { at: At::Other, wants: Wants::Set, namespace: ROSTER, name: "query", answer: not_yours },
];

/// What a client is told when a contact has changed.
///
/// # Source
/// RFC 6121 section 2.1.6.
pub(crate) fn push(seat: &Seat, version: (Epoch, Seq), address: &str, contact: &Contact) -> String {
    push_of(seat, &written(version, None), address, contact)
}

fn push_of(seat: &Seat, version: &str, address: &str, contact: &Contact) -> String {
    let mut xml = Writer::new();
    xml.start("iq").attribute("type", "set").attribute("id", &format!("roster-{version}"));
    xml.attribute("to", &seat.full);
    xml.start("query").namespace(ROSTER).attribute("ver", version);
    match contact.is_listed {
        true => write_item(&mut xml, address, contact),
        false => {
            xml.start("item").attribute("jid", address).attribute("subscription", "remove").end();
        }
    }
    xml.finish()
}

fn written((epoch, seq): (Epoch, Seq), elsewhere: Option<&str>) -> String {
    let own = format!("{}-{}", epoch.0, seq.0);
    elsewhere.map_or(own.clone(), |elsewhere| format!("{own}-{elsewhere}"))
}

/// Reads what [`written`] wrote.
fn read(version: &str) -> Option<(RosterVersion, Option<&str>)> {
    let mut parts = version.splitn(3, '-');
    let epoch = Epoch(parts.next()?.parse().ok()?);
    let seq = Seq(parts.next()?.parse().ok()?);
    Some((RosterVersion { epoch, seq }, parts.next()))
}

/// Pushes what has changed since a version; `false` when all has to be sent.
///
/// # Source
/// RFC 6121 section 2.6.3.
async fn push_changes(iq: &Iq<'_>, since: RosterVersion) -> Result<bool, Refused> {
    let Some((version, rows)) = iq.xmpp.hub.roster_changes(iq.seat.caller, since).await? else {
        return Ok(false);
    };
    if rows.len() > PUSHED_MAX {
        return Ok(false);
    }
    for row in rows {
        let person = iq.xmpp.hub.person(row.who).await?;
        let place = (version.epoch, row.changed);
        relay_xml(iq.xmpp, iq.seat, push(iq.seat, place, person.address.as_str(), &row.contact))?;
    }
    Ok(true)
}

/// # Source
/// RFC 6121 sections 2.1.2 and 3.4.
fn write_item(xml: &mut Writer<'static>, address: &str, contact: &Contact) {
    let view = contact.subscription;
    let subscription = match (view.outgoing == Direction::Granted, view.incoming == Direction::Granted) {
        (true, true) => "both",
        (true, false) => "to",
        (false, true) => "from",
        (false, false) => "none",
    };
    xml.start("item").attribute("jid", address);
    xml.attribute_if("name", (!contact.alias.is_empty()).then_some(contact.alias.as_str()));
    xml.attribute("subscription", subscription);
    xml.attribute_if("ask", (view.outgoing == Direction::Pending).then_some("subscribe"));
    xml.attribute_if("approved", view.is_approved.then_some("true"));
    contact.groups.iter().for_each(|group| {
        xml.text_element("group", group);
    });
    xml.end();
}

/// # Source
/// RFC 6121 sections 2.1.3, 2.1.4 and 2.6.
fn get(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        iq.seat.with(|state| state.wants_roster = true);
        elsewhere::move_to_contacts(iq.xmpp, iq.seat).await?;
        let (version, rows) = contacts::read(iq.xmpp, iq.seat).await?;
        let others = Elsewhere::read(iq.xmpp, iq.seat).await?;
        let of_others = others.version();
        if let Some((since, known)) = iq.payload.attribute("ver").and_then(read)
            && known == of_others.as_deref()
            && push_changes(&iq, since).await?
        {
            return Ok(String::new());
        }
        let version = written((version.epoch, version.seq), of_others.as_deref());
        let mut xml = Writer::new();
        xml.start("query").namespace(ROSTER).attribute("ver", &version);
        let mut listed = HashSet::new();
        for row in rows.iter().filter(|row| row.contact.is_listed) {
            if let Ok(person) = iq.xmpp.hub.person(row.who).await {
                write_item(&mut xml, person.address.as_str(), &row.contact);
                listed.insert(person.address.to_string());
            }
        }
        for (address, contact) in others.0.iter().filter(|(address, _)| !listed.contains(address)) {
            write_item(&mut xml, address, contact);
        }
        Ok(xml.finish())
    }
    .boxed()
}

fn not_yours(_: Iq<'_>) -> BoxFuture<'_, Answer> {
    std::future::ready(Err(StanzaCondition::Forbidden.into())).boxed()
}

/// # Source
/// RFC 6121 sections 2.3 to 2.5.
fn set(iq: Iq<'_>) -> BoxFuture<'_, Answer> {
    async move {
        let mut items = iq.payload.children().filter(|child| child.is(ROSTER, "item"));
        let (Some(item), None) = (items.next(), items.next()) else {
            return Err(StanzaCondition::BadRequest.into());
        };
        let (groups, is_removal) = (groups(item)?, item.attribute("subscription") == Some("remove"));
        let alias = item.attribute("name").unwrap_or_default();
        let jid = named(&iq, item)?;
        // Who has an account here since stands among those who have.
        let (xmpp, seat) = (iq.xmpp, iq.seat);
        let done = match (who(&iq, &jid, is_removal).await?, is_removal) {
            (Some(who), false) => {
                elsewhere::remove(xmpp, seat, jid.bare()).await?;
                xmpp.hub.set_roster_item(seat.caller, who, alias.to_owned(), groups).await
            }
            (Some(who), true) => match elsewhere::remove(xmpp, seat, jid.bare()).await? {
                true => Ok(()),
                false => unlist(&iq, who).await,
            },
            (None, false) => {
                elsewhere::list(xmpp, seat, jid.bare(), alias, groups).await?;
                Ok(())
            }
            (None, true) => match elsewhere::remove(xmpp, seat, jid.bare()).await? {
                true => Ok(()),
                false => return Err(StanzaCondition::ItemNotFound.into()),
            },
        };
        done.map(|()| String::new()).map_err(refused)
    }
    .boxed()
}

async fn unlist(iq: &Iq<'_>, who: PrincipalId) -> Result<(), HubError> {
    let (xmpp, caller) = (iq.xmpp, iq.seat.caller);
    let before = xmpp.hub.contact(caller.who, who).await?.subscription;
    if let Some(remote) = xmpp.remote(who)
        && before.incoming == Direction::Granted
    {
        presence::show_everything(xmpp, caller.who, remote.id, false);
    }
    xmpp.hub.unlist_contact(caller, who).await?;
    contacts::note_watchers(xmpp, caller.who, who, Subscription::default());
    if let Some(remote) = xmpp.remote(who) {
        say_farewell(iq, &remote, before);
    }
    Ok(())
}

/// Somebody on another server is told that neither sees the other any more.
///
/// # Source
/// RFC 6121 section 2.5.1.
fn say_farewell(iq: &Iq<'_>, remote: &Principal, before: Subscription) {
    for (direction, request) in
        [(before.outgoing, Request::Unsubscribe), (before.incoming, Request::Unsubscribed)]
    {
        if direction != Direction::None {
            let said = presence::said(request, &iq.seat.bare, remote.address.as_str());
            iq.xmpp.tell_remote(remote, said);
        }
    }
}

/// The address that an item names.
fn named(iq: &Iq<'_>, item: &Element) -> Result<Jid, Refused> {
    let jid = item.attribute("jid").ok_or(StanzaCondition::BadRequest)?;
    let jid = Jid::parse(jid).map_err(|_| StanzaCondition::JidMalformed)?;
    if jid.bare() == iq.seat.bare {
        return Err(StanzaCondition::NotAllowed.into());
    }
    Ok(jid)
}

/// Who has an address; `None` when it is nobody's. Who is listed and lives on another server is known from then on.
async fn who(iq: &Iq<'_>, jid: &Jid, is_removal: bool) -> Result<Option<PrincipalId>, Refused> {
    if iq.xmpp.entity(jid) == Entity::Remote {
        let address = crate::elsewhere::address(jid)?;
        let known = match is_removal {
            true => iq.xmpp.hub.person_elsewhere(&address).await?,
            false => Some(iq.xmpp.hub.meet_elsewhere(&address, iq.seat.caller.who).await?),
        };
        return Ok(known.map(|known| known.id));
    }
    let (Entity::Account(address) | Entity::Resource(address, _)) = iq.xmpp.entity(jid) else {
        return Ok(None);
    };
    match iq.xmpp.hub.person_at(address.as_str()).await {
        Ok(person) => Ok(Some(person.id)),
        Err(HubError::Identity(IdentityRefusal::UserNotFound)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// # Source
/// RFC 6121 section 2.3.3.
fn groups(item: &Element) -> Result<Vec<String>, Refused> {
    let mut groups = BTreeSet::new();
    for group in item.children().filter(|child| child.is(ROSTER, "group")) {
        let group = group.text();
        if group.is_empty() {
            return Err(StanzaCondition::NotAcceptable.into());
        }
        if !groups.insert(group.into_owned()) {
            return Err(StanzaCondition::BadRequest.into());
        }
    }
    Ok(groups.into_iter().collect())
}

fn refused(error: HubError) -> Refused {
    match error {
        HubError::Identity(IdentityRefusal::UserNotFound) => StanzaCondition::ItemNotFound.into(),
        HubError::Rule(Rejection::InvalidValue(reason)) => {
            Refused::from(StanzaCondition::NotAcceptable).text(reason)
        }
        error => error.into(),
    }
}

#[cfg(test)]
mod tests;
