use super::commit::{Attached, single};
use crate::{Caller, Hub, HubError};
use parlance_core::{
    Rejection,
    body::Body,
    conversation::TargetFacts,
    event::{Content, Event},
    id::{ConversationId, EventId},
};
use std::sync::Arc;

impl Hub {
    /// Replaces the body of a message of the caller's.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_edit`], `Blocked`.
    pub async fn edit(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        body: Body,
        attached: impl Into<Attached>,
    ) -> Result<Arc<Event>, HubError> {
        let attached = attached.into();
        let client_ref = attached.client_ref.clone();
        let answer = self.edit_once(caller, conversation, event, body, attached).await;
        let is_edit = |content: &Content| matches!(content, Content::Edit { .. } | Content::Deleted);
        self.or_earlier(caller, conversation, client_ref.as_ref(), is_edit, answer).await
    }

    async fn edit_once(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        body: Body,
        attached: Attached,
    ) -> Result<Arc<Event>, HubError> {
        let target = self.target(caller, conversation, event, None).await?;
        self.check_reach_of(caller, conversation, &attached).await?;
        let appended = self
            .commit(caller, conversation, attached, |state| {
                let asking = self.asking(caller);
                Ok(vec![state.decide_edit(asking, &self.settings.bounds, &target, body.clone())?])
            })
            .await?;
        Ok(single(appended))
    }

    /// What a decision needs to know of an event. Strangers do not learn whether it exists.
    pub(crate) async fn target(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        emoji: Option<&str>,
    ) -> Result<TargetFacts, HubError> {
        self.room_with(caller, conversation).await?;
        let found = self.world.store.find_target(conversation, event, emoji).await?;
        Ok(found.ok_or(Rejection::EventNotFound)?)
    }
}
