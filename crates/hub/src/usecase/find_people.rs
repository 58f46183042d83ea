use crate::{
    Caller, Hub, HubError,
    limits::{Limit, LimitKey},
};
use parlance_core::{Rejection, principal::Principal};

/// Most people found at once.
const PEOPLE_MAX: usize = 20;

impl Hub {
    /// People of the domain whose name or address begins like this.
    ///
    /// # Errors
    /// `InvalidValue` for fewer than two characters, `Limited`.
    pub async fn find_people(&self, caller: Caller, prefix: &str) -> Result<Vec<Principal>, HubError> {
        let prefix = prefix.trim().trim_start_matches('@').to_lowercase();
        if !(2..=64).contains(&prefix.chars().count()) {
            return Err(Rejection::InvalidValue("query: 2 to 64 characters").into());
        }
        self.limits.take(Limit::UserLookup, LimitKey::Account(caller.who))?;
        Ok(self.world.store.search_principals(self.domain, &prefix, PEOPLE_MAX).await?)
    }
}
