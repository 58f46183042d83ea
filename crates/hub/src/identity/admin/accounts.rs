use super::{super::prepare::prepare_new, Administration, remove};
use crate::{
    HubError, IdentityRefusal, Redacted,
    ports::{Devices, PrincipalChange},
};
use parlance_core::{
    address::Address,
    id::DeviceId,
    principal::{Device, Principal},
};

/// Everything an administrator sees of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDetails {
    /// The account.
    pub principal: Principal,
    /// Its devices, newest first; each says when it was last seen.
    pub devices: Vec<Device>,
    /// Whether one can sign in with a password.
    pub has_password: bool,
    /// Whether it was removed for good.
    pub is_removed: bool,
}

impl Administration<'_> {
    /// Accounts after an address, by address; removed ones are among those switched off.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn list(&self, after: Option<&Address>, limit: usize) -> Result<Vec<Principal>, HubError> {
        Ok(self.hub.world.store.list_principals(self.hub.domain, None, after, limit).await?)
    }

    /// One account.
    ///
    /// # Errors
    /// `UserNotFound`, `Unavailable`.
    pub async fn show(&self, user: &str) -> Result<AccountDetails, HubError> {
        let principal = self.hub.find_in_domain(user).await?.ok_or(IdentityRefusal::UserNotFound)?;
        let devices = self.hub.world.store.list_devices(principal.id).await?;
        let credentials = self.hub.world.store.load_credentials(principal.id).await?;
        let is_removed = remove::is_removed(credentials.as_ref());
        let has_password = credentials.is_some() && !is_removed;
        Ok(AccountDetails { principal, devices, has_password, is_removed })
    }

    /// Lets somebody sign in again.
    ///
    /// # Errors
    /// `UserNotFound`, `Unavailable`.
    pub async fn enable(&self, user: &str) -> Result<(), HubError> {
        let id = self.load(user).await?.id;
        self.hub.change_account(id, PrincipalChange { is_enabled: Some(true), ..Default::default() }).await
    }

    /// Switches somebody off: their devices end at once, everything they wrote stays.
    ///
    /// # Errors
    /// `UserNotFound`, `Unavailable`.
    pub async fn disable(&self, user: &str) -> Result<(), HubError> {
        let id = self.load(user).await?.id;
        self.hub
            .change_account(id, PrincipalChange { is_enabled: Some(false), ..Default::default() })
            .await?;
        self.hub.revoke(id, Devices::All).await.map(drop)
    }

    /// Signs somebody out: all their devices, or one. They can sign in again with their password.
    ///
    /// # Errors
    /// `UserNotFound`, `DeviceNotFound`, `Unavailable`.
    pub async fn sign_out(&self, user: &str, device: Option<DeviceId>) -> Result<(), HubError> {
        let id = self.load(user).await?.id;
        let revoked = self.hub.revoke(id, device.map_or(Devices::All, Devices::One)).await?;
        let is_missing = device.is_some() && revoked.is_empty();
        if is_missing { Err(IdentityRefusal::DeviceNotFound.into()) } else { Ok(()) }
    }

    /// Gives somebody another password. The old one was lost or stolen, so all devices end.
    ///
    /// # Errors
    /// `UserNotFound`, `PasswordTooWeak`, `InvalidValue`, `Unavailable`.
    pub async fn set_password(&self, user: &str, password: &Redacted<String>) -> Result<(), HubError> {
        let password = prepare_new(password)?;
        let id = self.load(user).await?.id;
        let credentials = self.hub.identity.passwords.hash_patiently(password).await?;
        self.hub.set_credentials(id, credentials).await?;
        self.hub.revoke(id, Devices::All).await.map(drop)
    }
}
