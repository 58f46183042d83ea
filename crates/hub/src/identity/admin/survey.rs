use super::Administration;
use crate::{
    HubError,
    ports::{PrincipalCounts, ScramVerifier},
};
use parlance_core::{id::PrincipalId, principal::Principal};

impl Administration<'_> {
    /// How many accounts there are.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn count(&self) -> Result<PrincipalCounts, HubError> {
        Ok(self.hub.world.store.count_principals(self.hub.domain).await?)
    }

    /// Accounts that are switched off, by address; the first of them.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn list_disabled(&self, limit: usize) -> Result<Vec<Principal>, HubError> {
        let hub = self.hub;
        Ok(hub.world.store.list_principals(hub.domain, Some(false), None, limit).await?)
    }

    /// How many people have a connection to this node.
    pub fn count_connected(&self) -> usize {
        self.hub.connections.owners_count()
    }

    /// Whether somebody has a connection to this node.
    pub fn is_connected(&self, who: PrincipalId) -> bool {
        self.hub.connections.has(who)
    }

    /// What is kept of somebody's password for SCRAM.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn verifiers(&self, who: &Principal) -> Result<Vec<ScramVerifier>, HubError> {
        let credentials = self.hub.world.store.load_credentials(who.id).await?;
        Ok(credentials.map(|credentials| credentials.scram).unwrap_or_default())
    }

    /// How many contacts somebody has.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn count_contacts(&self, who: PrincipalId) -> Result<usize, HubError> {
        let rows = self.hub.world.store.contacts(who).await?;
        Ok(rows.iter().filter(|row| row.contact.is_listed).count())
    }

    /// Some of the people who have a connection to this node, by address.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn list_connected(&self, limit: usize) -> Result<Vec<Principal>, HubError> {
        let mut ids = self.hub.connections.owners();
        ids.sort_unstable();
        ids.truncate(limit);
        let mut people = self.hub.world.store.load_principals(&ids).await?;
        people.sort_by(|one, other| one.address.cmp(&other.address));
        Ok(people)
    }
}
