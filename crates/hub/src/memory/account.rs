use super::{Tables, log::Log};
use crate::ports::ContactRow;
use parlance_core::{
    account::{AccountChange, Preferences},
    arrangement::Arrangement,
    conversation::Member,
    event::{Content, Event, Offset},
    id::{ConversationId, PrincipalId, Seq},
};
use std::{collections::BTreeMap, sync::Arc};

/// What a member keeps for themselves about a conversation, since they joined.
#[derive(Debug, Default)]
pub(super) struct Own {
    pub(super) read: Seq,
    /// As far as `read` ever was.
    pub(super) furthest_read: Seq,
    pub(super) draft: String,
    pub(super) preferences: Preferences,
    /// The newest change.
    pub(super) changed: Offset,
}

impl Tables {
    /// The changes in somebody's account log, oldest first.
    fn account_changes(&self, who: PrincipalId) -> impl Iterator<Item = (Offset, &AccountChange)> {
        self.account_events(who).filter_map(|event| match &event.content {
            Content::Account(change) => Some((event.offset, change)),
            _ => None,
        })
    }

    fn account_events(&self, who: PrincipalId) -> impl Iterator<Item = &Arc<Event>> {
        let log = self.logs.get(&ConversationId::account(who));
        log.into_iter().flat_map(|log| &log.events)
    }

    /// What a member keeps for themselves about a conversation. Nothing from before they joined
    /// counts: who comes back begins anew, with everything up to their return as read.
    pub(super) fn own(&self, who: PrincipalId, log: &Log, member: &Member) -> Own {
        let joined = log.get(member.joined_seq).map_or(Offset(0), |event| event.offset);
        let read = member.joined_seq;
        let mut own = Own { read, furthest_read: read, changed: joined, ..Own::default() };
        for (offset, change) in self.account_changes(who).filter(|(offset, _)| *offset > joined) {
            own.apply(log, member, offset, change);
        }
        own
    }

    /// Somebody's address book, by the identity of those in it.
    pub(super) fn contacts(&self, who: PrincipalId) -> BTreeMap<PrincipalId, ContactRow> {
        let mut contacts = BTreeMap::new();
        for event in self.account_events(who) {
            match &event.content {
                Content::Account(AccountChange::Contact { who, contact, .. }) => {
                    let row = ContactRow { who: *who, contact: contact.clone(), changed: event.seq };
                    contacts.insert(*who, row);
                }
                Content::Account(AccountChange::ContactRemoved { who, .. }) => {
                    contacts.remove(who);
                }
                _ => {}
            }
        }
        contacts
    }

    /// How somebody has sorted their conversations.
    pub(super) fn arrangement(&self, owner: PrincipalId) -> Arrangement {
        let mut arrangement = Arrangement::default();
        for (_, change) in self.account_changes(owner) {
            if let AccountChange::Arranged { change } = change {
                arrangement.apply(change);
            }
        }
        arrangement
    }

    /// Where somebody was last removed from an address book.
    pub(super) fn last_contact_removal(&self, owner: PrincipalId) -> Seq {
        let is_removal = |event: &&Arc<Event>| {
            matches!(event.content, Content::Account(AccountChange::ContactRemoved { .. }))
        };
        self.account_events(owner).filter(is_removal).last().map_or(Seq::ZERO, |event| event.seq)
    }

    /// Whether one has blocked the other; not whether the other has blocked the one.
    pub(super) fn has_blocked(&self, one: PrincipalId, other: PrincipalId) -> bool {
        self.contacts(one).get(&other).is_some_and(|row| row.contact.blocked)
    }
}

impl Own {
    fn apply(&mut self, log: &Log, member: &Member, offset: Offset, change: &AccountChange) {
        match change {
            AccountChange::Read { conversation, seq } if *conversation == log.state.id => {
                self.read = self.read.max(log.seq_at(offset).min(*seq));
                self.furthest_read = self.furthest_read.max(self.read);
                self.changed = offset;
            }
            AccountChange::Unread { conversation, from } if *conversation == log.state.id => {
                self.read = self.read.min(member.visible_from.max(*from).previous());
                self.changed = offset;
            }
            AccountChange::Draft { conversation, text } if *conversation == log.state.id => {
                self.draft.clone_from(text);
                self.changed = offset;
            }
            AccountChange::Preferences { conversation, preferences } if *conversation == log.state.id => {
                self.preferences = *preferences;
                self.changed = offset;
            }
            _ => {}
        }
    }
}
