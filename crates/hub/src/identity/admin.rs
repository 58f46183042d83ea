//! What the administrator of the machine does, from the command line.

mod accounts;
mod add;
mod import;
mod remove;
mod token;

pub use accounts::AccountDetails;
pub use add::NewAccount;
pub use import::{ImportLine, ImportReport, NotImported};

use crate::{Hub, HubError, IdentityRefusal};
use parlance_core::principal::Principal;

/// Use cases without a caller and without limits. Only for those who own the machine: front ends
/// never hand it to the network.
#[derive(Clone, Copy)]
pub struct Administration<'a> {
    hub: &'a Hub,
}

impl Hub {
    /// What the administrator of the machine may do.
    pub fn administration(&self) -> Administration<'_> {
        Administration { hub: self }
    }
}

impl Administration<'_> {
    /// An account by `name@domain` or name that was not removed.
    async fn load(&self, user: &str) -> Result<Principal, HubError> {
        let principal = self.hub.find_in_domain(user).await?.ok_or(IdentityRefusal::UserNotFound)?;
        let credentials = self.hub.world.store.load_credentials(principal.id).await?;
        if remove::is_removed(credentials.as_ref()) {
            return Err(IdentityRefusal::UserNotFound.into());
        }
        Ok(principal)
    }
}
