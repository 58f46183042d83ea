use super::commit::{Attached, single};
use crate::{Caller, Hub, HubError};
use parlance_core::{
    event::{Content, Event},
    id::{ConversationId, EventId},
};
use std::sync::Arc;

impl Hub {
    /// Puts an emoji on a message, or takes it away.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_react`], `Blocked`.
    pub async fn react(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        emoji: &str,
        added: bool,
        attached: impl Into<Attached>,
    ) -> Result<Arc<Event>, HubError> {
        let attached = attached.into();
        let client_ref = attached.client_ref.clone();
        let answer = self.react_once(caller, conversation, event, emoji, added, attached).await;
        let is_reaction = |content: &Content| matches!(content, Content::Reaction { .. });
        self.or_earlier(caller, conversation, client_ref.as_ref(), is_reaction, answer).await
    }

    async fn react_once(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        emoji: &str,
        added: bool,
        attached: Attached,
    ) -> Result<Arc<Event>, HubError> {
        let target = self.target(caller, conversation, event, Some(emoji)).await?;
        self.check_reach(caller, conversation).await?;
        let appended = self
            .commit(caller, conversation, attached, |state| {
                let asking = self.asking(caller);
                Ok(vec![state.decide_react(asking, &self.settings.bounds, &target, emoji, added)?])
            })
            .await?;
        Ok(single(appended))
    }
}
