use super::prepare::{Prepared, prepare};
use crate::{
    Hub, HubError, IdentityRefusal, Redacted,
    ports::{Credentials, StoreError},
};
use parlance_core::{id::PrincipalId, principal::Principal};
use std::net::IpAddr;
use uuid::Uuid;

/// Whom to look for when there is nobody, so that the store is asked as often as for anybody.
pub(super) const NOBODY: PrincipalId = PrincipalId(Uuid::nil());

impl Hub {
    /// Finds out whose password this is.
    ///
    /// Accounts that do not exist, that have no password, or another one, are refused alike and
    /// after the same work.
    ///
    /// # Errors
    /// `WrongCredentials`; `AccountDisabled` once the password is right; `Limited`; `Unavailable`.
    pub async fn check_password(
        &self,
        user: &str,
        password: &Redacted<String>,
        peer: IpAddr,
    ) -> Result<Principal, HubError> {
        let attempt = self.attempt(user, peer)?;
        let (principal, stored) = self.find_login(user).await?;
        let password = prepare(password.expose());
        let is_right = self.identity.passwords.matches(password.clone(), stored.as_ref()).await?;
        attempt.judge(self, is_right)?;
        let principal = enabled(principal)?;
        if let (Some(password), Some(stored)) = (password, stored.filter(Credentials::is_adopted)) {
            self.complete_credentials(principal.id, password, stored).await?;
        }
        Ok(principal)
    }

    /// Makes what is missing beside verifiers of another server, now that the password is known. A password
    /// that was changed meanwhile stays changed.
    async fn complete_credentials(
        &self,
        who: PrincipalId,
        password: Prepared,
        checked: Credentials,
    ) -> Result<(), HubError> {
        let completed = self.identity.passwords.hash(password).await?;
        let _turn = self.turns.take(who).await;
        let is_unchanged = self.world.store.load_credentials(who).await?.as_ref() == Some(&checked);
        if is_unchanged {
            self.world.store.set_credentials(who, completed).await?;
        }
        Ok(())
    }

    /// Replaces the credentials of somebody.
    pub(super) async fn set_credentials(
        &self,
        who: PrincipalId,
        credentials: Credentials,
    ) -> Result<(), StoreError> {
        let _turn = self.turns.take(who).await;
        self.world.store.set_credentials(who, credentials).await
    }

    /// The account with this name on this domain, and its credentials.
    pub(super) async fn find_login(
        &self,
        user: &str,
    ) -> Result<(Option<Principal>, Option<Credentials>), StoreError> {
        let Some(address) = self.local_address(user) else { return Ok((None, None)) };
        let found = self.world.store.find_login(&address).await?;
        let (principal, stored) = found.filter(|(principal, _)| principal.domain == self.domain).unzip();
        Ok((principal, stored.flatten()))
    }

    /// The account with this name on this domain.
    pub(super) async fn find_in_domain(&self, user: &str) -> Result<Option<Principal>, StoreError> {
        let Some(address) = self.local_address(user) else { return Ok(None) };
        let found = self.world.store.find_principal(&address).await?;
        Ok(found.filter(|principal| principal.domain == self.domain))
    }
}

/// Refuses those who are switched off; called only once they have proved who they are.
pub(super) fn enabled(principal: Option<Principal>) -> Result<Principal, HubError> {
    let principal = principal.ok_or(IdentityRefusal::WrongCredentials)?;
    if principal.is_enabled { Ok(principal) } else { Err(IdentityRefusal::AccountDisabled.into()) }
}
