use crate::{Caller, Hub, HubError};
use parlance_core::id::{ConversationId, Seq};

/// Most conversations in one answer.
pub const UNDELIVERED_MAX: usize = 1_000;

impl Hub {
    /// The caller's direct conversations in which the other one did something that none of the caller's
    /// devices has received and the caller has not read, newest first; each with the place after which
    /// that is. What is delivered when somebody comes back after all their devices were away.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn undelivered(&self, caller: Caller) -> Result<Vec<(ConversationId, Seq)>, HubError> {
        self.flush_delivered().await?;
        Ok(self.world.store.undelivered(caller.who, UNDELIVERED_MAX).await?)
    }
}
