use super::commit::Attached;
use crate::{Caller, Hub, HubError};
use parlance_core::{
    conversation::State,
    event::{Content, Event},
    id::{ConversationId, EventId},
};
use smol_str::SmolStr;
use std::sync::Arc;

impl Hub {
    /// Makes these the only emoji that the caller has on a message. Answers with what was written for it,
    /// which is nothing when they are already.
    ///
    /// # Errors
    /// The refusals of [`State::decide_reactions`], `Blocked`.
    ///
    /// # Source
    /// XEP-0444 version 0.2, section 4.
    pub async fn set_reactions(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        emojis: Vec<SmolStr>,
        attached: impl Into<Attached>,
    ) -> Result<Vec<Arc<Event>>, HubError> {
        // What is on the message is read, compared and changed for one of the caller's devices at a time.
        let _turn = self.turns.take(caller.who).await;
        let attached = attached.into();
        let target = self.target(caller, conversation, event, None).await?;
        self.check_reach_of(caller, conversation, &attached).await?;
        let fold = self.visible_event(caller, conversation, event).await?.fold.unwrap_or_default();
        let bounds = &self.settings.bounds;
        let decide = |state: &State| {
            state.decide_reactions(self.asking(caller), bounds, &target, &fold.reactions, &emojis)
        };
        let changes: Vec<Content> = self.room(conversation).await?.with(decide)?;
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.commit(caller, conversation, attached, decide).await?.events)
    }
}
