use super::{
    super::sign_in::{SignedIn, tidy_device_name},
    Administration,
};
use crate::{HubError, IdentityRefusal};

impl Administration<'_> {
    /// Makes a device for a program that acts as this account; its token is the answer.
    ///
    /// # Errors
    /// `UserNotFound`, `AccountDisabled`, `InvalidValue` for the name of the device, `Unavailable`.
    pub async fn token(&self, user: &str, device_name: &str) -> Result<SignedIn, HubError> {
        let device_name = tidy_device_name(device_name)?;
        let principal = self.load(user).await?;
        if !principal.is_enabled {
            return Err(IdentityRefusal::AccountDisabled.into());
        }
        self.hub.create_device(principal, device_name).await
    }
}
