use super::commit::{Attached, single};
use crate::{Caller, Hub, HubError, ports::FoldedEvent};
use parlance_core::{
    event::{Content, Event},
    id::{ClientRef, ConversationId, EventId},
    poll::OptionNumber,
};
use std::sync::Arc;

impl Hub {
    /// Chooses in a poll, in the place of what the caller had chosen there; nothing takes the choice back.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_vote`], `Blocked`.
    pub async fn vote(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        options: Vec<OptionNumber>,
        client_ref: Option<ClientRef>,
    ) -> Result<Arc<Event>, HubError> {
        let answer = self.vote_once(caller, conversation, event, options, client_ref.clone()).await;
        let is_vote = |content: &Content| matches!(content, Content::Vote { .. } | Content::Deleted);
        self.or_earlier(caller, conversation, client_ref.as_ref(), is_vote, answer).await
    }

    async fn vote_once(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        options: Vec<OptionNumber>,
        client_ref: Option<ClientRef>,
    ) -> Result<Arc<Event>, HubError> {
        let FoldedEvent { event, fold } = self.visible_event(caller, conversation, event).await?;
        self.check_reach(caller, conversation).await?;
        let appended = self
            .commit(caller, conversation, Attached::from(client_ref), |state| {
                let asking = self.asking(caller);
                Ok(vec![state.decide_vote(asking, &event, fold.as_ref(), options.clone())?])
            })
            .await?;
        Ok(single(appended))
    }

    /// Closes a poll before its time.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_close_poll`], `Blocked`.
    pub async fn close_poll(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        client_ref: Option<ClientRef>,
    ) -> Result<Arc<Event>, HubError> {
        let answer = self.close_poll_once(caller, conversation, event, client_ref.clone()).await;
        let is_close = |content: &Content| matches!(content, Content::PollClosed { .. });
        self.or_earlier(caller, conversation, client_ref.as_ref(), is_close, answer).await
    }

    async fn close_poll_once(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        client_ref: Option<ClientRef>,
    ) -> Result<Arc<Event>, HubError> {
        let FoldedEvent { event, fold } = self.visible_event(caller, conversation, event).await?;
        self.check_reach(caller, conversation).await?;
        let appended = self
            .commit(caller, conversation, Attached::from(client_ref), |state| {
                Ok(vec![state.decide_close_poll(self.asking(caller), &event, fold.as_ref())?])
            })
            .await?;
        Ok(single(appended))
    }
}
