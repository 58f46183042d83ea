use super::sign_in::tidy_device_name;
use crate::{Caller, Hub, HubError, IdentityRefusal, Limit, LimitKey};
use parlance_core::{
    id::DeviceId,
    principal::{Device, DeviceKey, Principal},
};

impl Hub {
    /// Finds the device that a protocol names itself, for somebody who has proved who they are; makes it
    /// when there is none. It has no token: whoever opens it again proves again who they are.
    ///
    /// Finding it writes nothing; when it was last here is written down when its connection ends.
    ///
    /// # Errors
    /// `InvalidValue` for the name of a new device, `Limited` when too many new ones are made,
    /// `Unavailable`.
    pub async fn open_device(
        &self,
        principal: &Principal,
        key: DeviceKey,
        name: &str,
    ) -> Result<Device, HubError> {
        if let Some(known) = self.world.store.find_keyed_device(principal.id, &key).await? {
            return Ok(known);
        }
        let name = tidy_device_name(name)?;
        self.limits.take(Limit::OpenDevice, LimitKey::Account(principal.id))?;
        let now = self.now();
        let id = DeviceId(self.world.entropy.uuid_v7(now));
        let key = Some(key);
        let new = Device { id, owner: principal.id, name, created_at: now, last_seen_at: now, key };
        let device = self.world.store.ensure_keyed_device(new).await?;
        if device.id == id {
            self.tell_devices(principal.id, Some(id)).await;
            self.make_room_for(Caller { who: principal.id, device: id }).await?;
        }
        Ok(device)
    }

    /// Whether this device still works. To be asked once more after a connection has begun: a device that
    /// was revoked in between has not been told to close it.
    ///
    /// # Errors
    /// `TokenInvalid` when the device is gone, `AccountDisabled`, `Unavailable`.
    pub async fn check_device(&self, caller: Caller) -> Result<(), HubError> {
        let found = self.world.store.load_device(caller.who, caller.device).await?;
        let (_, owner) = found.ok_or(IdentityRefusal::TokenInvalid)?;
        if self.people.keep(owner).is_enabled { Ok(()) } else { Err(IdentityRefusal::AccountDisabled.into()) }
    }
}
