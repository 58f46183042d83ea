//! What administrators do: whoever owns the machine from the command line, and over the network those whose
//! account administers the domain.

mod accounts;
mod add;
mod adopt;
mod import;
mod remove;
mod reports;
mod survey;
mod token;

pub use accounts::AccountDetails;
pub use add::{NewAccount, Newcomer};
pub use adopt::{Adopted, Adoption, OldPassword, SCRAM_ITERATIONS_MAX};
pub use import::{ImportLine, ImportReport, NotImported};
pub use reports::ReportedMessage;

use crate::{Caller, Hub, HubError, IdentityRefusal};
use parlance_core::principal::Principal;

/// Use cases without limits. For those who own the machine, and for callers who administer the domain.
#[derive(Clone, Copy)]
pub struct Administration<'a> {
    hub: &'a Hub,
}

impl Hub {
    /// What the administrator of the machine may do. Front ends never hand this to the network.
    pub fn administration(&self) -> Administration<'_> {
        Administration { hub: self }
    }

    /// The same for a caller who administers the domain, as it stands in the store now.
    ///
    /// # Errors
    /// `Forbidden` for everybody else, `Unavailable`.
    pub async fn administration_by(&self, caller: Caller) -> Result<Administration<'_>, HubError> {
        let who = self.load_principal(caller.who).await?;
        let may = who.is_admin && who.is_enabled;
        if may { Ok(self.administration()) } else { Err(IdentityRefusal::Forbidden.into()) }
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
