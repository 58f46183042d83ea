use super::commit::{Attached, single};
use crate::{Caller, Hub, HubError};
use parlance_core::{
    event::{Content, Event, Extras},
    id::{ClientRef, ConversationId},
};
use std::sync::Arc;

impl Hub {
    /// Posts what only one front end understands. It has its place in the conversation, counts as nothing,
    /// and is shown by no other front end.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_foreign`], `Blocked`, `BodyTooLong`.
    pub async fn post_foreign(
        &self,
        caller: Caller,
        conversation: ConversationId,
        client_ref: Option<ClientRef>,
        extras: Extras,
    ) -> Result<Arc<Event>, HubError> {
        let attached = Attached { client_ref, extras: Some(extras), import: None };
        self.post_foreign_with(caller, conversation, attached).await
    }

    /// The same with what is known of it otherwise.
    ///
    /// # Errors
    /// Those of [`Hub::post_foreign`].
    pub async fn post_foreign_with(
        &self,
        caller: Caller,
        conversation: ConversationId,
        attached: Attached,
    ) -> Result<Arc<Event>, HubError> {
        let client_ref = attached.client_ref.clone();
        let answer = self.post_foreign_once(caller, conversation, attached).await;
        let is_foreign = |content: &Content| *content == Content::Foreign;
        self.or_earlier(caller, conversation, client_ref.as_ref(), is_foreign, answer).await
    }

    async fn post_foreign_once(
        &self,
        caller: Caller,
        conversation: ConversationId,
        attached: Attached,
    ) -> Result<Arc<Event>, HubError> {
        self.check_reach_of(caller, conversation, &attached).await?;
        let decide =
            |state: &parlance_core::conversation::State| Ok(vec![state.decide_foreign(self.asking(caller))?]);
        Ok(single(self.commit(caller, conversation, attached, decide).await?))
    }
}
