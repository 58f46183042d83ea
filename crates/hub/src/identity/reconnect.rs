use super::check_password::{NOBODY, enabled};
use crate::{
    Caller, Hub, HubError, IdentityRefusal, Redacted,
    ports::{Devices, ReconnectToken},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use parlance_core::{
    Rejection,
    id::{DeviceId, UnixMillis},
    principal::{Device, Principal},
};
use sha2::Sha256;
use std::net::IpAddr;
use uuid::Uuid;

/// How long a token to reconnect with works, in milliseconds: 21 days.
pub const RECONNECT_MS: u64 = 21 * 24 * 3_600_000;
/// Longest name of a mechanism, in bytes.
pub const RECONNECT_MECHANISM_BYTES_MAX: usize = 64;

impl Hub {
    /// Gives the caller's device a token to reconnect with by this mechanism, and says until when it works.
    /// The one that the device used last works until the new one was used.
    ///
    /// The token itself is not kept; it is made again from what is kept and a key of the server.
    ///
    /// # Errors
    /// `DeviceNotFound`, `InvalidValue` for the name of the mechanism, `Unavailable`.
    ///
    /// # Source
    /// XEP-0484 (0.2.0) section 3.
    pub async fn issue_reconnect_token(
        &self,
        caller: Caller,
        mechanism: &str,
    ) -> Result<(Redacted<String>, UnixMillis), HubError> {
        if !(1..=RECONNECT_MECHANISM_BYTES_MAX).contains(&mechanism.len()) {
            return Err(Rejection::InvalidValue("mechanism: 1 to 64 bytes").into());
        }
        let now = self.now();
        let store = &self.world.store;
        let issued = store.issue_reconnect(caller.device, mechanism, now, works_from(now)).await?;
        let issued = issued.ok_or(IdentityRefusal::DeviceNotFound)?;
        Ok((self.reconnect_token(caller.device, &issued), issued.issued_at.plus_ms(RECONNECT_MS)))
    }

    /// Finds out which of somebody's devices proves that it has a token for this mechanism; `verify` says
    /// whether the proof fits a token. Tokens from before the one that is used work no more.
    ///
    /// Accounts that do not exist, that have no token, or another one, are refused alike. Wrong tries
    /// count like wrong passwords.
    ///
    /// # Errors
    /// `WrongCredentials`; `AccountDisabled` once the proof is right; `Limited`; `Unavailable`.
    ///
    /// # Source
    /// XEP-0484 (0.2.0) section 3.
    pub async fn check_reconnect(
        &self,
        user: &str,
        peer: IpAddr,
        mechanism: &str,
        verify: impl Fn(&[u8]) -> bool,
    ) -> Result<(Principal, Device), HubError> {
        let attempt = self.attempt(user, peer)?;
        let principal = self.find_in_domain(user).await?;
        let owner = principal.as_ref().map_or(NOBODY, |principal| principal.id);
        let devices = self.world.store.reconnects(owner).await?;
        let works_from = works_from(self.now());
        let fits = |device: DeviceId, token: &ReconnectToken| {
            let is_meant = token.mechanism == mechanism && token.issued_at >= works_from;
            verify(self.reconnect_token(device, token).expose().as_bytes()) && is_meant
        };
        let nobodys = ReconnectToken { number: 0, mechanism: mechanism.into(), issued_at: UnixMillis(0) };
        fits(DeviceId(Uuid::nil()), &nobodys);
        let mut found = None;
        for (device, reconnects) in devices {
            for token in reconnects.tokens() {
                if fits(device.id, token) {
                    let is_oldest = reconnects.tokens().first() == Some(token);
                    found = Some((device.clone(), token.number, is_oldest));
                }
            }
        }
        attempt.judge(self, found.is_some())?;
        let principal = enabled(principal)?;
        let (device, number, is_oldest) = found.ok_or(IdentityRefusal::WrongCredentials)?;
        // Where none is older nothing would change, and reconnecting writes nothing.
        if !is_oldest && !self.world.store.note_reconnect_used(device.id, number).await? {
            return Err(IdentityRefusal::WrongCredentials.into());
        }
        Ok((principal, device))
    }

    /// Ends the tokens with which the caller's device reconnects.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn end_reconnect_tokens(&self, caller: Caller) -> Result<(), HubError> {
        Ok(self.world.store.end_reconnects(caller.who, Devices::One(caller.device)).await?)
    }

    fn reconnect_token(&self, device: DeviceId, token: &ReconnectToken) -> Redacted<String> {
        let mac = hmac(self.identity.reconnect_key.expose())
            .chain_update(device.0.as_bytes())
            .chain_update(token.number.to_be_bytes())
            .chain_update(token.issued_at.0.to_be_bytes())
            .chain_update(token.mechanism.as_bytes());
        Redacted::new(BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

/// The key of these tokens, made from the key of the server so that it is of no use for anything else.
pub(super) fn derive_key(server_key: &Redacted<[u8; 32]>) -> Redacted<[u8; 32]> {
    Redacted::new(hmac(server_key.expose()).chain_update(b"reconnect").finalize().into_bytes().into())
}

fn hmac(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("invariant: HMAC takes keys of any length")
}

/// The earliest moment from which a token still works.
fn works_from(now: UnixMillis) -> UnixMillis {
    UnixMillis(now.0.saturating_sub(RECONNECT_MS) + 1)
}
