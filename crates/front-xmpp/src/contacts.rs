//! What a seat knows of its owner's contacts, so that telling them of presence reads nothing.

use crate::{context::Xmpp, errors::Refused, seat::Seat};
use parlance_core::{
    account::Contact,
    id::{Epoch, PrincipalId, Seq},
    subscription::{Direction, Subscription},
};
use parlance_hub::{ports::ContactRow, usecase::RosterVersion};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// The contacts of an owner as a client was last told of them.
#[derive(Default)]
pub(crate) struct Contacts {
    /// Up to which version; `None` before they were read.
    version: Option<RosterVersion>,
    people: HashMap<PrincipalId, Known>,
    /// Blocks made and lifted of which the account log has not told yet.
    blocks: HashMap<PrincipalId, bool>,
}

/// What matters of one contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// What stands in the roster, as a number; `None` when nothing does.
    pub(crate) item: Option<u64>,
    /// Whether the owner sees their presence.
    pub(crate) is_watched: bool,
    /// Whether they see the owner's presence.
    pub(crate) watches: bool,
    /// Whether they are blocked.
    pub(crate) is_blocked: bool,
}

impl Known {
    fn of(contact: &Contact) -> Self {
        let Subscription { outgoing, incoming, .. } = contact.subscription;
        Self {
            item: contact.is_listed.then(|| digest(contact)),
            is_watched: outgoing == Direction::Granted,
            watches: incoming == Direction::Granted,
            is_blocked: contact.blocked,
        }
    }
}

fn digest(contact: &Contact) -> u64 {
    let Subscription { outgoing, incoming, is_approved } = contact.subscription;
    let is_seen = incoming == Direction::Granted;
    let mut hasher = DefaultHasher::new();
    (&contact.alias, &contact.groups, outgoing as u8, is_seen, is_approved).hash(&mut hasher);
    hasher.finish()
}

impl Contacts {
    /// Takes a change from the account log over: what was known before, and what is now. `None` when it
    /// is nothing new.
    pub(crate) fn learn(&mut self, seq: Seq, who: PrincipalId, contact: &Contact) -> Option<(Known, Known)> {
        let version = self.version.as_mut().filter(|version| version.seq < seq)?;
        version.seq = seq;
        let after = Known::of(contact);
        self.blocks.remove(&who);
        let before = match contact.is_nobody() {
            true => self.people.remove(&who),
            false => self.people.insert(who, after),
        };
        Some((before.unwrap_or_default(), after))
    }

    /// Notes whether somebody sees the owner's presence, before the account log tells of it.
    pub(crate) fn note_watcher(&mut self, who: PrincipalId, watches: bool) {
        if self.version.is_some() && (watches || self.people.contains_key(&who)) {
            self.people.entry(who).or_default().watches = watches;
        }
    }

    /// Notes that somebody is blocked, or no longer, before the account log tells of it.
    pub(crate) fn note_blocked(&mut self, who: PrincipalId, is_blocked: bool) {
        if self.version.is_some() && self.of(who).is_blocked != is_blocked {
            self.blocks.insert(who, is_blocked);
        }
    }

    /// Whether somebody is blocked.
    pub(crate) fn blocks(&self, who: PrincipalId) -> bool {
        self.blocks.get(&who).copied().unwrap_or_else(|| self.of(who).is_blocked)
    }

    /// The life of the account log the contacts were read from.
    pub(crate) fn epoch(&self) -> Epoch {
        self.version.map_or(Epoch(1), |version| version.epoch)
    }

    /// Those who see the owner's presence.
    pub(crate) fn watchers(&self) -> Vec<PrincipalId> {
        self.those(|known| known.watches)
    }

    /// Those whose presence the owner sees.
    pub(crate) fn watched(&self) -> Vec<PrincipalId> {
        self.those(|known| known.is_watched)
    }

    /// What is known of somebody.
    pub(crate) fn of(&self, who: PrincipalId) -> Known {
        self.people.get(&who).copied().unwrap_or_default()
    }

    fn those(&self, are: impl Fn(&Known) -> bool) -> Vec<PrincipalId> {
        let those = self.people.iter().filter(|(who, known)| are(known) && !self.blocks(**who));
        those.map(|(who, _)| *who).collect()
    }
}

/// Reads the contacts of a seat's owner, who are known by name afterwards. From the first time on, the
/// seat knows them and learns of changes from the account log.
pub(crate) async fn read(xmpp: &Xmpp, seat: &Seat) -> Result<(RosterVersion, Vec<ContactRow>), Refused> {
    let (version, rows) = xmpp.hub.roster(seat.caller).await?;
    xmpp.hub.meet(rows.iter().map(|row| row.who)).await?;
    seat.with(|state| {
        if state.contacts.version.is_none() {
            let people = rows.iter().map(|row| (row.who, Known::of(&row.contact))).collect();
            state.contacts = Contacts { version: Some(version), people, blocks: HashMap::new() };
        }
    });
    Ok((version, rows))
}

/// Notes on this node which of two people see the other, from the one's view, so that what either says
/// next goes to the right people although their clients have not read of it in the account log.
pub(crate) fn note_watchers(xmpp: &Xmpp, one: PrincipalId, other: PrincipalId, view: Subscription) {
    for (owner, who, direction) in [(one, other, view.incoming), (other, one, view.outgoing)] {
        for seat in xmpp.seats.of(owner) {
            seat.with(|state| state.contacts.note_watcher(who, direction == Direction::Granted));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn listed(alias: &str) -> Contact {
        Contact { alias: alias.into(), is_listed: true, ..Contact::nobody() }
    }

    fn contacts() -> Contacts {
        let version = RosterVersion { epoch: Epoch(1), seq: Seq(5) };
        Contacts { version: Some(version), ..Contacts::default() }
    }

    #[test]
    fn what_was_read_with_the_contacts_is_no_news() {
        let who = PrincipalId(Uuid::from_u128(1));
        assert_eq!(Contacts::default().learn(Seq(9), who, &listed("A")), None);
        assert_eq!(contacts().learn(Seq(5), who, &listed("A")), None);
        assert!(contacts().learn(Seq(6), who, &listed("A")).is_some());
    }

    #[test]
    fn a_request_that_waits_changes_nothing_in_the_roster() {
        let (who, mut contacts) = (PrincipalId(Uuid::from_u128(1)), contacts());
        let mut contact = listed("A");
        contacts.learn(Seq(6), who, &contact);
        contact.subscription.incoming = Direction::Pending;
        let (before, after) = contacts.learn(Seq(7), who, &contact).unwrap();
        assert_eq!(before, after);
        contact.subscription.incoming = Direction::Granted;
        let (before, after) = contacts.learn(Seq(8), who, &contact).unwrap();
        assert!(before.item != after.item && after.watches);
        contact.blocked = true;
        let (before, after) = contacts.learn(Seq(9), who, &contact).unwrap();
        assert_eq!((before.item, after.is_blocked), (after.item, true));
        assert!(contacts.watchers().is_empty());
    }
}
