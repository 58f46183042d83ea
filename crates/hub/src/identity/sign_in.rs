use super::secret;
use crate::{Caller, Hub, HubError, Limit, LimitKey, Redacted, ports::Devices};
use parlance_core::{
    Rejection,
    id::DeviceId,
    principal::{Device, Principal, tidy_display_name},
};
use std::net::IpAddr;

/// A request to sign in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// `name@domain`, or only the name.
    pub user: String,
    /// The password.
    pub password: Redacted<String>,
    /// A name for the device that the person will recognise; may be empty.
    pub device_name: String,
    /// Where the request comes from.
    pub peer: IpAddr,
}

/// A fresh sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub principal: Principal,
    /// With which device.
    pub device: Device,
    /// The secret for every further request; only its hash is kept.
    pub token: Redacted<String>,
}

impl SignedIn {
    /// Who calls from now on, and with which device.
    pub fn caller(&self) -> Caller {
        Caller { who: self.principal.id, device: self.device.id }
    }
}

impl Hub {
    /// Signs in with a password and makes a device.
    ///
    /// # Errors
    /// `WrongCredentials`, `AccountDisabled`, `InvalidValue` for the name of the device, `Limited`,
    /// `Unavailable`.
    pub async fn sign_in(&self, request: SignIn) -> Result<SignedIn, HubError> {
        let device_name = tidy_device_name(&request.device_name)?;
        let principal = self.check_password(&request.user, &request.password, request.peer).await?;
        self.add_device(principal, device_name).await
    }

    /// Makes a device for somebody who has proved who they are.
    ///
    /// # Errors
    /// `InvalidValue` for the name of the device, `Limited`, `Unavailable`.
    pub async fn sign_in_proven(
        &self,
        principal: Principal,
        device_name: &str,
    ) -> Result<SignedIn, HubError> {
        self.add_device(principal, tidy_device_name(device_name)?).await
    }

    pub(super) async fn add_device(&self, principal: Principal, name: String) -> Result<SignedIn, HubError> {
        self.limits.take(Limit::NewDevice, LimitKey::Account(principal.id))?;
        let signed_in = self.create_device(principal, name).await?;
        self.make_room_for(signed_in.caller()).await?;
        Ok(signed_in)
    }

    /// Makes a device, whatever the limits say.
    pub(super) async fn create_device(
        &self,
        principal: Principal,
        name: String,
    ) -> Result<SignedIn, HubError> {
        let now = self.now();
        let id = DeviceId(self.world.entropy.uuid_v7(now));
        let device = Device { id, owner: principal.id, name, created_at: now, last_seen_at: now, key: None };
        let token = secret::token(self.world.entropy.as_ref());
        let hash = secret::token_hash(token.expose()).expect("invariant: a fresh token has the form of one");
        self.world.store.create_device(device.clone(), hash).await?;
        self.tell_devices(principal.id, Some(id)).await;
        Ok(SignedIn { principal, device, token })
    }

    /// Signs out the device not seen for longest when there are too many, but never the newest.
    pub(super) async fn make_room_for(&self, newest: Caller) -> Result<(), HubError> {
        let mut devices = self.world.store.list_devices(newest.who).await?;
        if devices.len() <= self.identity.settings.devices_max {
            return Ok(());
        }
        devices.retain(|device| device.id != newest.device);
        match devices.iter().min_by_key(|device| device.last_seen_at) {
            Some(oldest) => self.revoke(newest.who, Devices::One(oldest.id)).await.map(drop),
            None => Ok(()),
        }
    }
}

/// The name of a device without control characters; a word of its own when there is none.
pub(super) fn tidy_device_name(name: &str) -> Result<String, Rejection> {
    if name.trim().is_empty() {
        return Ok("Unnamed".into());
    }
    tidy_display_name(name).ok_or(Rejection::InvalidValue("device_name: at most 64 characters"))
}
