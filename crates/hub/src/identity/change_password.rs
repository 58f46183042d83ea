use super::prepare::{Prepared, prepare, prepare_new};
use crate::{Caller, Hub, HubError, IdentityRefusal, Redacted, ports::Devices};
use std::net::IpAddr;

/// A request to change one's password.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// The password as it is.
    pub current: Redacted<String>,
    /// The password as it will be.
    pub new: Redacted<String>,
    /// Whether to sign every other device out.
    pub sign_out_others: bool,
    /// Where the request comes from.
    pub peer: IpAddr,
}

impl Hub {
    /// Changes my password. No device reconnects with a token from before.
    ///
    /// # Errors
    /// `WrongCredentials` when the current one is not right, `PasswordTooWeak`, `InvalidValue`,
    /// `Limited`, `Unavailable`.
    pub async fn change_password(&self, caller: Caller, request: ChangePassword) -> Result<(), HubError> {
        let new = prepare_new(&request.new)?;
        let me = self.load_principal(caller.who).await?;
        let attempt = self.attempt(me.address.as_str(), request.peer)?;
        let stored = self.world.store.load_credentials(caller.who).await?;
        let current = prepare(request.current.expose());
        attempt.judge(self, self.identity.passwords.matches(current, stored.as_ref()).await?)?;
        self.replace_password(caller, new).await?;
        if request.sign_out_others {
            self.revoke(caller.who, Devices::AllBut(caller.device)).await?;
        }
        Ok(())
    }

    /// Changes the password of somebody who has just proved that they know the current one. No device
    /// reconnects with a token from before.
    ///
    /// # Errors
    /// `PasswordTooWeak`, `InvalidValue`, `Unavailable`.
    pub async fn change_password_proven(
        &self,
        caller: Caller,
        new: &Redacted<String>,
    ) -> Result<(), HubError> {
        self.replace_password(caller, prepare_new(new)?).await
    }

    async fn replace_password(&self, caller: Caller, new: Prepared) -> Result<(), HubError> {
        let credentials = self.identity.passwords.hash(new).await?;
        self.set_credentials(caller.who, credentials).await?;
        Ok(self.world.store.end_reconnects(caller.who, Devices::All).await?)
    }

    /// An account that has to be there.
    pub(crate) async fn load_principal(
        &self,
        id: parlance_core::id::PrincipalId,
    ) -> Result<parlance_core::principal::Principal, HubError> {
        let found = self.world.store.load_principals(&[id]).await?.into_iter().next();
        Ok(found.ok_or(IdentityRefusal::UserNotFound)?)
    }
}
