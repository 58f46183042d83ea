use super::commit::{Attached, single};
use crate::{Caller, Hub, HubError};
use parlance_core::{
    event::Event,
    id::{ConversationId, EventId},
};
use std::sync::Arc;

impl Hub {
    /// Pins or unpins a message.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_pin`], `Blocked`.
    pub async fn pin(
        &self,
        caller: Caller,
        conversation: ConversationId,
        event: EventId,
        pinned: bool,
    ) -> Result<Arc<Event>, HubError> {
        let target = self.target(caller, conversation, event, None).await?;
        self.check_reach(caller, conversation).await?;
        let appended = self
            .commit(caller, conversation, Attached::default(), |state| {
                Ok(vec![state.decide_pin(self.asking(caller), &target, pinned)?])
            })
            .await?;
        Ok(single(appended))
    }
}
