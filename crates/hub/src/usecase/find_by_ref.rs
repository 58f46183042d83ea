use crate::{Caller, Hub, HubError};
use parlance_core::{
    event::Event,
    id::{ClientRef, ConversationId, PrincipalId},
};
use std::sync::Arc;

impl Hub {
    /// The newest event of somebody that has this reference of theirs, whichever device it came from;
    /// `None` when the caller sees none. Protocols name what they correct and react to in this way.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn find_by_sender_ref(
        &self,
        caller: Caller,
        conversation: ConversationId,
        sender: PrincipalId,
        client_ref: &ClientRef,
    ) -> Result<Option<Arc<Event>>, HubError> {
        self.reader(caller, conversation).await?;
        let found = self.world.store.find_ref_of(conversation, sender, client_ref).await?;
        let Some(event) = found else { return Ok(None) };
        self.head_at_least(caller, conversation, event.seq).await?;
        let (visible_from, _) = self.reader(caller, conversation).await?;
        Ok((event.seq >= visible_from).then(|| self.left_of_event(&event)))
    }
}
