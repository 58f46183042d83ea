use crate::{
    Hub, HubError, IdentityRefusal,
    ports::{NewRemote, PrincipalChange},
};
use moka::sync::Cache;
use parlance_core::{address::Address, id::PrincipalId, principal::Principal};
use std::sync::Arc;

/// Accounts as they were last read, so that turning identities into names costs no query.
pub(crate) struct People {
    by_id: Cache<PrincipalId, Arc<Principal>>,
    /// Those who may have changed, as they were: better than nobody until they are read again.
    stale: Cache<PrincipalId, Arc<Principal>>,
    by_address: Cache<Address, PrincipalId>,
}

impl People {
    pub(crate) fn new(entries_max: u64) -> Self {
        Self {
            by_id: Cache::new(entries_max),
            stale: Cache::new(entries_max),
            by_address: Cache::new(entries_max),
        }
    }

    /// Notes that somebody may have changed.
    pub(crate) fn forget(&self, id: PrincipalId) {
        if let Some(known) = self.by_id.remove(&id) {
            self.stale.insert(id, known);
        }
    }

    /// Keeps somebody who was just read.
    pub(crate) fn keep(&self, principal: Principal) -> Arc<Principal> {
        let principal = Arc::new(principal);
        self.by_id.insert(principal.id, Arc::clone(&principal));
        self.stale.invalidate(&principal.id);
        self.by_address.insert(principal.address.clone(), principal.id);
        principal
    }
}

impl Hub {
    /// Somebody whom a row or an event names, if already read; as they were last read, even when something
    /// about them has changed since they were met.
    pub fn known_person(&self, id: PrincipalId) -> Option<Arc<Principal>> {
        self.people.by_id.get(&id).or_else(|| self.people.stale.get(&id))
    }

    /// Reads those of these people who are not known yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn meet(&self, ids: impl IntoIterator<Item = PrincipalId>) -> Result<(), HubError> {
        let mut unknown: Vec<_> = ids.into_iter().filter(|id| !self.people.by_id.contains_key(id)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        for chunk in unknown.chunks(500) {
            for principal in self.world.store.load_principals(chunk).await? {
                self.people.keep(principal);
            }
        }
        Ok(())
    }

    /// Somebody by identity.
    ///
    /// # Errors
    /// `UserNotFound`, or when the store cannot be read.
    pub async fn person(&self, id: PrincipalId) -> Result<Arc<Principal>, HubError> {
        if let Some(known) = self.people.by_id.get(&id) {
            return Ok(known);
        }
        let found = self.world.store.load_principals(&[id]).await?.pop();
        Ok(self.people.keep(found.ok_or(IdentityRefusal::UserNotFound)?))
    }

    /// Somebody by `name@domain`, or by the name alone.
    ///
    /// # Errors
    /// `UserNotFound`, or when the store cannot be read.
    pub async fn person_at(&self, address: &str) -> Result<Arc<Principal>, HubError> {
        let address = self.full_address(address)?;
        if let Some(id) = self.people.by_address.get(&address) {
            return self.person(id).await;
        }
        if address.domain() != self.settings.domain {
            return Ok(self.person_elsewhere(&address).await?.ok_or(IdentityRefusal::UserNotFound)?);
        }
        let found = self.world.store.find_principal(&address).await?;
        Ok(self.people.keep(found.ok_or(IdentityRefusal::UserNotFound)?))
    }

    /// Somebody on another server who is known.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn person_elsewhere(&self, address: &Address) -> Result<Option<Arc<Principal>>, HubError> {
        if let Some(id) = self.people.by_address.get(address) {
            return self.person(id).await.map(Some);
        }
        let found = self.world.store.find_remote(self.domain, address).await?;
        Ok(found.map(|found| self.people.keep(found)))
    }

    /// Somebody on another server, who is known from now on, because of somebody here.
    ///
    /// # Errors
    /// `TooMany` when the introducer has made as many known as they may.
    pub async fn meet_elsewhere(
        &self,
        address: &Address,
        introducer: PrincipalId,
    ) -> Result<Arc<Principal>, HubError> {
        if let Some(id) = self.people.by_address.get(address) {
            return self.person(id).await;
        }
        let now = self.now();
        let id = PrincipalId(self.world.entropy.uuid_v7(now));
        let principal = Principal::remote(id, self.domain, address.clone(), now);
        let introduced_max = self.settings.bounds.remotes_max;
        let known =
            self.world.store.ensure_remote(NewRemote { principal, introducer, introduced_max }).await?;
        match known {
            Some(known) => Ok(self.people.keep(known)),
            None => {
                metrics::counter!("parlance_remotes_refused_total").increment(1);
                Err(HubError::TooMany)
            }
        }
    }

    /// Refuses those who are on another server, for what only accounts here can be.
    pub(crate) async fn check_is_here(&self, who: PrincipalId) -> Result<(), HubError> {
        match self.person(who).await?.is_remote() {
            true => Err(IdentityRefusal::UserNotFound.into()),
            false => Ok(()),
        }
    }

    /// An address as people write it: the domain may be left out.
    ///
    /// # Errors
    /// `UserNotFound` for what cannot be an address.
    pub fn full_address(&self, text: &str) -> Result<Address, IdentityRefusal> {
        let address = match text.split_once('@') {
            Some((name, domain)) if domain.eq_ignore_ascii_case(&self.settings.domain) => {
                Address::new(name, domain)
            }
            Some(_) => Address::elsewhere(&text.to_lowercase()),
            None => Address::new(text, &self.settings.domain),
        };
        address.map_err(|_| IdentityRefusal::UserNotFound)
    }

    /// Changes an account and forgets the old one.
    pub(crate) async fn change_person(
        &self,
        id: PrincipalId,
        change: PrincipalChange,
    ) -> Result<(), HubError> {
        let is_known = self.world.store.update_principal(id, change).await?;
        self.people.forget(id);
        if is_known { Ok(()) } else { Err(IdentityRefusal::UserNotFound.into()) }
    }
}
