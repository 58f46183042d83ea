use super::commit::Attached;
use crate::{Caller, Hub, HubError, IdentityRefusal, ports::ContactRow};
use parlance_core::{
    Rejection,
    account::{AccountChange, Contact, check_alias, tidy_groups},
    id::{ConversationId, DeviceId, PrincipalId},
    subscription::{Direction, Request},
};

/// Most people about whom one account keeps something.
const CONTACTS_MAX: usize = 10_000;
/// Most requests of people who are no contacts that wait for an answer; further ones are not kept.
const REQUESTS_MAX: usize = 1_000;

impl Hub {
    /// Everybody about whom the caller keeps something: contacts, the people they block, and those whose
    /// request to see their presence waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn contacts(&self, caller: Caller) -> Result<Vec<ContactRow>, HubError> {
        Ok(self.world.store.contacts(caller.who).await?)
    }

    /// What an owner keeps about somebody; of a stranger that is nothing. Whom the answer is for is for the
    /// front end to ask.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn contact(&self, owner: PrincipalId, who: PrincipalId) -> Result<Contact, HubError> {
        let row = self.world.store.contact(owner, who).await?;
        Ok(row.map_or_else(Contact::nobody, |row| row.contact))
    }

    /// Adds or changes a contact, or blocks somebody, who is no contact by that alone.
    ///
    /// # Errors
    /// `InvalidValue` for an alias that is too long or for oneself, `TooMany`.
    pub async fn set_contact(
        &self,
        caller: Caller,
        who: PrincipalId,
        alias: String,
        blocked: bool,
    ) -> Result<(), HubError> {
        check_is_other(caller, who)?;
        check_alias(&alias)?;
        self.change_own_contact(caller, who, |contact| {
            contact.is_listed |= !blocked || !alias.is_empty();
            contact.alias = alias;
            contact.blocked = blocked;
        })
        .await
    }

    /// Puts somebody into the list of contacts, or gives a contact another alias and other groups. Blocks
    /// and subscriptions stay.
    ///
    /// # Errors
    /// `InvalidValue` for alias, groups or oneself, `TooMany`.
    pub async fn set_roster_item(
        &self,
        caller: Caller,
        who: PrincipalId,
        alias: String,
        groups: Vec<String>,
    ) -> Result<(), HubError> {
        check_is_other(caller, who)?;
        check_alias(&alias)?;
        let groups = tidy_groups(groups)?;
        self.change_own_contact(caller, who, |contact| {
            *contact = Contact { alias, groups, is_listed: true, ..contact.clone() };
        })
        .await
    }

    /// Blocks somebody or lifts the block, and changes nothing else about them.
    ///
    /// # Errors
    /// `InvalidValue` for oneself, `TooMany`.
    pub async fn set_blocked(&self, caller: Caller, who: PrincipalId, blocked: bool) -> Result<(), HubError> {
        check_is_other(caller, who)?;
        self.change_own_contact(caller, who, |contact| contact.blocked = blocked).await
    }

    /// Removes a contact and any block. Neither sees the other's presence afterwards.
    ///
    /// # Errors
    /// `UserNotFound` when there is no such contact.
    pub async fn remove_contact(&self, caller: Caller, who: PrincipalId) -> Result<(), HubError> {
        self.drop_contact(caller, who, |_| true, |contact| *contact = Contact::nobody()).await
    }

    /// Removes somebody from the list of contacts; a block stays. Neither sees the other's presence
    /// afterwards.
    ///
    /// # Errors
    /// `UserNotFound` when there is no such contact.
    ///
    /// # Source
    /// RFC 6121 section 2.5.
    pub async fn unlist_contact(&self, caller: Caller, who: PrincipalId) -> Result<(), HubError> {
        self.drop_contact(caller, who, |contact| contact.is_listed, Contact::unlist).await
    }

    async fn drop_contact(
        &self,
        caller: Caller,
        who: PrincipalId,
        is_there: fn(&Contact) -> bool,
        drop: fn(&mut Contact),
    ) -> Result<(), HubError> {
        let before = self
            .change_contact(caller.who, Some(caller.device), who, |contact| {
                let before = contact.clone();
                if before.is_nobody() || !is_there(&before) {
                    return Err(IdentityRefusal::UserNotFound.into());
                }
                drop(contact);
                Ok((before.subscription, None))
            })
            .await?;
        for (direction, request) in
            [(before.outgoing, Request::Unsubscribe), (before.incoming, Request::Unsubscribed)]
        {
            if direction != Direction::None {
                self.tell_of_presence(who, caller.who, request).await?;
            }
        }
        Ok(())
    }

    async fn change_own_contact(
        &self,
        caller: Caller,
        who: PrincipalId,
        change: impl FnOnce(&mut Contact),
    ) -> Result<(), HubError> {
        let decide = |contact: &mut Contact| {
            change(contact);
            Ok(((), None))
        };
        self.change_contact(caller.who, Some(caller.device), who, decide).await
    }

    /// Changes what an owner keeps about somebody, and writes it down where it is another than before. The
    /// decision may say what the other one has just said, of which the owner's devices are told.
    ///
    /// # Errors
    /// `TooMany`, and those of the decision.
    pub(crate) async fn change_contact<T>(
        &self,
        owner: PrincipalId,
        device: Option<DeviceId>,
        who: PrincipalId,
        decide: impl FnOnce(&mut Contact) -> Result<(T, Option<Request>), HubError>,
    ) -> Result<T, HubError> {
        let _turn = self.turns.take(owner).await;
        let before =
            self.world.store.contact(owner, who).await?.map_or_else(Contact::nobody, |row| row.contact);
        let mut after = before.clone();
        let (answer, said) = decide(&mut after)?;
        if after == before {
            return Ok(answer);
        }
        if before.is_nobody() {
            self.check_may_keep_one_more(owner, device.is_none()).await?;
        }
        let change = match after.is_nobody() {
            true => AccountChange::ContactRemoved { who, said },
            false => AccountChange::Contact { who, contact: after, said },
        };
        self.append_account_of(owner, device, change).await?;
        self.forget_blocked(owner, who);
        Ok(answer)
    }

    async fn check_may_keep_one_more(&self, owner: PrincipalId, is_request: bool) -> Result<(), HubError> {
        let rows = self.world.store.contacts(owner).await?;
        let is_full = match is_request {
            true => rows.iter().filter(|row| !row.contact.is_listed).count() >= REQUESTS_MAX,
            false => rows.len() >= CONTACTS_MAX,
        };
        if is_full { Err(HubError::TooMany) } else { Ok(()) }
    }

    /// Whether one has blocked the other, in either direction.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_blocked(&self, one: PrincipalId, other: PrincipalId) -> Result<bool, HubError> {
        let pair = ordered(one, other);
        if let Some(known) = self.blocked.get(&pair) {
            return Ok(known);
        }
        let is_blocked = self.world.store.is_blocked(one, other).await?;
        self.blocked.insert(pair, is_blocked);
        Ok(is_blocked)
    }

    /// Refuses what would reach the other one of a direct conversation when one has blocked the other.
    pub(crate) async fn check_reach(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<(), HubError> {
        let peer = self.room(conversation).await?.with(|state| state.peer_of(caller.who));
        match peer {
            Some(peer) if self.is_blocked(caller.who, peer).await? => Err(Rejection::Blocked.into()),
            _ => Ok(()),
        }
    }

    /// The same for something that may be imported: who blocked whom since it was said does not matter.
    pub(super) async fn check_reach_of(
        &self,
        caller: Caller,
        conversation: ConversationId,
        attached: &Attached,
    ) -> Result<(), HubError> {
        if attached.import.is_some() { Ok(()) } else { self.check_reach(caller, conversation).await }
    }

    pub(crate) fn forget_blocked(&self, one: PrincipalId, other: PrincipalId) {
        self.blocked.invalidate(&ordered(one, other));
    }
}

pub(super) fn check_is_other(caller: Caller, who: PrincipalId) -> Result<(), Rejection> {
    if who == caller.who { Err(Rejection::InvalidValue("user: not oneself")) } else { Ok(()) }
}

fn ordered(one: PrincipalId, other: PrincipalId) -> (PrincipalId, PrincipalId) {
    if one <= other { (one, other) } else { (other, one) }
}
