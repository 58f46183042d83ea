use crate::{Hub, HubError};
use parlance_core::{Rejection, conversation::State, id::ConversationId};

impl Hub {
    /// Looks at the rules of a conversation as this node knows them, and holds up everybody in it meanwhile.
    /// Who may know of what is seen is for the caller to ask.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn look_at<T>(
        &self,
        conversation: ConversationId,
        look: impl FnOnce(&State) -> T,
    ) -> Result<T, HubError> {
        let room = self.rooms.load(&*self.world.store, conversation).await?;
        let room = room.ok_or(Rejection::ConversationNotFound)?;
        Ok(room.with(look))
    }
}
