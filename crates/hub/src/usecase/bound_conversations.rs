use crate::{Hub, HubError};
use parlance_core::{Rejection, id::PrincipalId};

impl Hub {
    /// Refuses when somebody is in as many conversations as one may be. Who comes into several at the
    /// same moment may end with a few more.
    ///
    /// # Errors
    /// `TooManyConversations`.
    pub(crate) async fn check_may_be_in_one_more(&self, who: PrincipalId) -> Result<(), HubError> {
        let count = self.world.store.conversations_count(who).await?;
        if count >= self.settings.bounds.conversations_max {
            return Err(Rejection::TooManyConversations.into());
        }
        Ok(())
    }
}
