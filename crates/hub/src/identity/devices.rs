use crate::{Caller, Hub, HubError, IdentityRefusal, ports::Devices};
use parlance_core::{
    account::AccountChange,
    id::{DeviceId, PrincipalId},
    principal::Device,
};

impl Hub {
    /// My devices, newest first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn devices(&self, caller: Caller) -> Result<Vec<Device>, HubError> {
        Ok(self.world.store.list_devices(caller.who).await?)
    }

    /// Signs a device of mine out.
    ///
    /// # Errors
    /// `DeviceNotFound`, `Unavailable`.
    pub async fn revoke_device(&self, caller: Caller, device: DeviceId) -> Result<(), HubError> {
        let revoked = self.revoke(caller.who, Devices::One(device)).await?;
        if revoked.is_empty() { Err(IdentityRefusal::DeviceNotFound.into()) } else { Ok(()) }
    }

    /// Signs all my other devices out; how many there were.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn revoke_other_devices(&self, caller: Caller) -> Result<usize, HubError> {
        Ok(self.revoke(caller.who, Devices::AllBut(caller.device)).await?.len())
    }

    /// Signs this device out. Doing it twice is no error.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn sign_out(&self, caller: Caller) -> Result<(), HubError> {
        self.revoke(caller.who, Devices::One(caller.device)).await.map(drop)
    }

    /// Ends devices for good. When this returns, their tokens no longer work here.
    pub(super) async fn revoke(&self, owner: PrincipalId, which: Devices) -> Result<Vec<DeviceId>, HubError> {
        let revoked = self.world.store.revoke_devices(owner, which).await;
        self.devices_revoked(owner, revoked.as_deref().unwrap_or_default());
        let revoked = revoked?;
        if !revoked.is_empty() {
            self.tell_devices(owner, None).await;
        }
        Ok(revoked)
    }

    /// Forgets what this node remembers of these devices, and closes their connections.
    pub(crate) fn devices_revoked(&self, owner: PrincipalId, devices: &[DeviceId]) {
        self.identity.tokens.forget(owner);
        self.push_devices.forget(owner, devices);
        self.close_devices(owner, devices);
    }

    /// Tells somebody's devices that the list of them changed. The list itself is right already, so
    /// a failure here is no reason to refuse what was done.
    pub(super) async fn tell_devices(&self, owner: PrincipalId, by: Option<DeviceId>) {
        if let Err(error) = self.append_account_of(owner, by, AccountChange::Devices).await {
            tracing::warn!(%error, user.id = %owner, "devices were not told of a change among them");
        }
    }
}
