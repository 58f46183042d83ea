//! Contacts that are nobody: addresses of this server without an account. They are kept for the day on which
//! somebody is there.

use super::{ROSTER, groups, push_of, write_item, written};
use crate::{
    address::Entity,
    context::Xmpp,
    deliver::relay_xml,
    errors::Refused,
    pubsub::{node::Pep, xml::read},
    seat::Seat,
};
use parlance_core::{
    account::{Contact, check_alias, tidy_groups},
    subscription::Direction,
};
use parlance_hub::{
    ports::{Items, NodeError},
    usecase::{NewItem, RosterVersion},
};
use parlance_xmpp::{Jid, StanzaCondition, write::Writer};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

/// Nobody but the owner reads the node, and nobody is told of it.
const CONFIG: &str = r#"{"access_model":"whitelist","send_last_published_item":"never"}"#;
/// Most contacts.
const CONTACTS_MAX: usize = 1_000;

/// The contacts of somebody that are nobody, by their addresses.
pub(super) struct Elsewhere(pub(super) Vec<(String, Contact)>);

impl Elsewhere {
    pub(super) async fn read(xmpp: &Arc<Xmpp>, seat: &Seat) -> Result<Self, Refused> {
        match Pep::of(xmpp, seat).nodes().items(ROSTER, Items::Before(None, CONTACTS_MAX)).await {
            Err(NodeError::NoNode) => Ok(Self(Vec::new())),
            items => Ok(Self(items?.into_iter().map(|item| (item.id, kept(&item.payload))).collect())),
        }
    }

    pub(super) fn find(&self, address: &str) -> Option<&Contact> {
        self.0.iter().find(|(known, _)| known == address).map(|(_, contact)| contact)
    }

    /// What stands for all of them in the version of a roster; `None` when there are none.
    pub(super) fn version(&self) -> Option<String> {
        let mut hasher = DefaultHasher::new();
        for (address, contact) in &self.0 {
            (address, payload(address, contact)).hash(&mut hasher);
        }
        (!self.0.is_empty()).then(|| format!("{:016x}", hasher.finish()))
    }
}

/// Lists an address, or changes how it is listed.
///
/// # Source
/// RFC 6121 sections 2.3 and 2.4.
pub(super) async fn list(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    address: &str,
    alias: &str,
    groups: Vec<String>,
) -> Result<(), Refused> {
    check_alias(alias).map_err(not_acceptable)?;
    let groups = tidy_groups(groups).map_err(not_acceptable)?;
    change(xmpp, seat, address, |contact| {
        contact.alias = alias.to_owned();
        contact.groups = groups;
    })
    .await
}

/// Takes an address off the list; whether it was there.
///
/// # Source
/// RFC 6121 section 2.5.
pub(super) async fn remove(xmpp: &Arc<Xmpp>, seat: &Seat, address: &str) -> Result<bool, Refused> {
    match Pep::of(xmpp, seat).nodes().retract(ROSTER, &[address.to_owned()]).await {
        Err(NodeError::NoNode) => Ok(false),
        Ok(gone) if gone.is_empty() => Ok(false),
        Err(error) => Err(error.into()),
        Ok(_) => tell(xmpp, seat, address, &Contact::nobody()).await.map(|()| true),
    }
}

/// Takes contacts on other servers over among the others. They stood here before such people were known.
pub(super) async fn move_to_contacts(xmpp: &Arc<Xmpp>, seat: &Seat) -> Result<(), Refused> {
    for (text, contact) in Elsewhere::read(xmpp, seat).await?.0 {
        let Ok(jid) = Jid::parse(&text) else { continue };
        if xmpp.entity(&jid) != Entity::Remote {
            continue;
        }
        let (hub, caller) = (&xmpp.hub, seat.caller);
        let remote = hub.meet_elsewhere(&crate::elsewhere::address(&jid)?, caller.who).await?.id;
        hub.set_roster_item(caller, remote, contact.alias, contact.groups).await?;
        if contact.subscription.outgoing == Direction::Pending {
            hub.request_presence(caller, remote).await?;
        }
        Pep::of(xmpp, seat).nodes().retract(ROSTER, &[text]).await?;
    }
    Ok(())
}

async fn change(
    xmpp: &Arc<Xmpp>,
    seat: &Seat,
    address: &str,
    change: impl FnOnce(&mut Contact),
) -> Result<(), Refused> {
    let known = Elsewhere::read(xmpp, seat).await?;
    let before = known.find(address).cloned();
    if before.is_none() && known.0.len() == CONTACTS_MAX {
        return Err(Refused::from(StanzaCondition::ResourceConstraint).text("so many contacts are not kept"));
    }
    let mut contact = before.unwrap_or_else(Contact::nobody);
    contact.is_listed = true;
    change(&mut contact);
    let (config, id, payload) = (CONFIG.to_owned(), address.to_owned(), payload(address, &contact));
    let pep = Pep::of(xmpp, seat);
    pep.nodes().publish(pep.owner, ROSTER, NewItem { config, id, payload, items_max: CONTACTS_MAX }).await?;
    tell(xmpp, seat, address, &contact).await
}

/// # Source
/// RFC 6121 section 2.1.6.
async fn tell(xmpp: &Arc<Xmpp>, seat: &Seat, address: &str, contact: &Contact) -> Result<(), Refused> {
    let (RosterVersion { epoch, seq }, _) = xmpp.hub.roster(seat.caller).await?;
    let version = written((epoch, seq), Elsewhere::read(xmpp, seat).await?.version().as_deref());
    for one in xmpp.seats.of(seat.caller.who) {
        if one.with(|state| state.wants_roster)
            && relay_xml(xmpp, &one, push_of(&one, &version, address, contact)).is_err()
        {
            tracing::debug!("a client reads its roster again when it is back");
        }
    }
    Ok(())
}

fn payload(address: &str, contact: &Contact) -> String {
    let mut xml = Writer::new();
    xml.start("query").namespace(ROSTER);
    write_item(&mut xml, address, contact);
    xml.finish()
}

/// Reads what [`payload`] wrote.
fn kept(payload: &str) -> Contact {
    let mut contact = Contact { is_listed: true, ..Contact::nobody() };
    let query = read(payload);
    let Some(item) = query.as_ref().and_then(|query| query.child(ROSTER, "item")) else { return contact };
    contact.alias = item.attribute("name").unwrap_or_default().to_owned();
    contact.groups = groups(item).unwrap_or_default();
    if item.attribute("ask").is_some() {
        contact.subscription.outgoing = Direction::Pending;
    }
    contact
}

fn not_acceptable(rejection: parlance_core::Rejection) -> Refused {
    Refused::from(StanzaCondition::NotAcceptable).text(rejection.to_string())
}
