use crate::{Caller, Hub, HubError};
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
        let is_vote = |content: &Content| matches!(content, Content::Vote { .. } | Content::Deleted);
        self.answer(caller, (conversation, event), client_ref, is_vote, |state, poll| {
            state.decide_vote(self.asking(caller), &poll.event, poll.fold.as_ref(), options.clone())
        })
        .await
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
        let is_close = |content: &Content| matches!(content, Content::PollClosed { .. });
        self.answer(caller, (conversation, event), client_ref, is_close, |state, poll| {
            state.decide_close_poll(self.asking(caller), &poll.event, poll.fold.as_ref())
        })
        .await
    }
}
