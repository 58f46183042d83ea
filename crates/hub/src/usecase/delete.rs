use super::commit::{Attached, single};
use crate::{Caller, Hub, HubError};
use parlance_core::{
    event::{Content, Event},
    id::{ConversationId, EventId},
};
use std::sync::Arc;

impl Hub {
    /// Deletes a message for everyone: its place stays, its content is gone everywhere.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_delete`].
    pub async fn delete_event(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        attached: impl Into<Attached>,
    ) -> Result<Arc<Event>, HubError> {
        let attached = attached.into();
        let client_ref = attached.client_ref.clone();
        let answer = self.delete_once(caller, conversation, event, attached).await;
        let is_deletion = |content: &Content| matches!(content, Content::Delete { .. });
        self.or_earlier(caller, conversation, client_ref.as_ref(), is_deletion, answer).await
    }

    async fn delete_once(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        attached: Attached,
    ) -> Result<Arc<Event>, HubError> {
        let target = self.target(caller, conversation, event, None).await?;
        let appended = self
            .commit(caller, conversation, attached, |state| {
                Ok(vec![state.decide_delete(self.asking(caller), &target)?])
            })
            .await?;
        Ok(single(appended))
    }
}
