use super::secret;
use crate::{Caller, Hub, HubError, IdentityRefusal, Redacted, ports::TokenHash};
use parlance_core::principal::{Device, Principal};
use std::sync::Arc;

/// Whose token it is.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// Who calls, and with which device.
    pub caller: Caller,
    /// The account.
    pub principal: Principal,
    /// The device.
    pub device: Device,
}

impl Hub {
    /// Finds out whose token this is. Asked for every request, so answers are remembered for a
    /// moment; what this node revokes is forgotten at once.
    ///
    /// # Errors
    /// `TokenInvalid`, `AccountDisabled`, `Unavailable`.
    pub async fn authenticate(&self, token: &Redacted<String>) -> Result<Arc<Authenticated>, HubError> {
        let hash = secret::token_hash(token.expose()).ok_or(IdentityRefusal::TokenInvalid)?;
        let authenticated = match self.identity.tokens.find(&hash, self.now()) {
            Some(known) => known,
            None => self.look_up(hash).await?,
        };
        if !authenticated.principal.is_enabled {
            return Err(IdentityRefusal::AccountDisabled.into());
        }
        Ok(authenticated)
    }

    async fn look_up(&self, token: TokenHash) -> Result<Arc<Authenticated>, HubError> {
        let (before, read_at) = (self.identity.tokens.before_reading(), self.now());
        let (device, principal) =
            self.world.store.find_device(&token).await?.ok_or(IdentityRefusal::TokenInvalid)?;
        if principal.domain != self.domain {
            return Err(IdentityRefusal::TokenInvalid.into());
        }
        let caller = Caller { who: principal.id, device: device.id };
        let authenticated = Arc::new(Authenticated { caller, principal, device });
        self.identity.tokens.keep(before, token, Arc::clone(&authenticated), read_at);
        Ok(authenticated)
    }
}
