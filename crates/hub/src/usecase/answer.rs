use super::commit::{Attached, single};
use crate::{Caller, Hub, HubError, ports::FoldedEvent};
use parlance_core::{
    Rejection,
    conversation::State,
    event::{Content, Event},
    id::{ClientRef, ConversationId, EventId},
};
use std::sync::Arc;

impl Hub {
    /// Says something about a message that the caller can see; a retry is answered with what was said first,
    /// which is of the kind that `is_same` knows.
    ///
    /// # Errors
    /// Those of `decide`, `EventNotFound`, `Blocked`, `ClientRefReused`.
    pub(super) async fn answer(
        &self,
        caller: Caller,
        (conversation, event): (ConversationId, EventId),
        client_ref: Option<ClientRef>,
        is_same: fn(&Content) -> bool,
        decide: impl Fn(&State, &FoldedEvent) -> Result<Content, Rejection> + Send + Sync,
    ) -> Result<Arc<Event>, HubError> {
        let attached = Attached::from(client_ref.clone());
        let said = async {
            let target = self.visible_event(caller, conversation, event).await?;
            self.check_reach(caller, conversation).await?;
            let decide = |state: &State| Ok(vec![decide(state, &target)?]);
            Ok(single(self.commit(caller, conversation, attached, decide).await?))
        };
        self.or_earlier(caller, conversation, client_ref.as_ref(), is_same, said.await).await
    }
}
