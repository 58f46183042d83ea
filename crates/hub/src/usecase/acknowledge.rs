use crate::{Caller, Hub, HubError, ports::FoldedEvent};
use parlance_core::{
    event::{Content, Event},
    id::{ClientRef, ConversationId, EventId, PrincipalId},
};
use std::sync::Arc;

/// Who has confirmed a message and who has not.
#[derive(Clone, Debug, Default)]
pub struct Acknowledgements {
    /// Who has, in the order in which they did.
    pub confirmed: Vec<PrincipalId>,
    /// Which of the members have not.
    pub missing: Vec<PrincipalId>,
}

impl Hub {
    /// Confirms a message that asks for it.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_acknowledge`], `Blocked`.
    pub async fn acknowledge(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        client_ref: Option<ClientRef>,
    ) -> Result<Arc<Event>, HubError> {
        let is_same = |content: &Content| matches!(content, Content::Acknowledgement { .. });
        self.answer(caller, (conversation, event), client_ref, is_same, |state, message| {
            state.decide_acknowledge(self.asking(caller), &message.event)
        })
        .await
    }

    /// Who has confirmed a message and who has not, for its author and for who moderates.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::unacknowledged`].
    pub async fn acknowledgements(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
    ) -> Result<Acknowledgements, HubError> {
        let FoldedEvent { event, fold } = self.visible_event(caller, conversation, event).await?;
        let room = self.room_with(caller, conversation).await?;
        let missing = room.with(|state| state.unacknowledged(caller.who, &event, fold.as_ref()))?;
        Ok(Acknowledgements { confirmed: fold.map_or_else(Vec::new, |fold| fold.acknowledged), missing })
    }
}
