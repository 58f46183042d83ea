use super::commit::Attached;
use crate::{Caller, Hub, HubError, ports::ListedRow};
use parlance_core::{
    Rejection,
    conversation::State,
    event::{Content, MembershipChange},
    id::ConversationId,
};

/// Most listed conversations that are answered at once.
const LISTED_MAX: usize = 200;
/// How many members a destroyed conversation loses in one transaction.
const REMOVED_AT_ONCE: usize = 500;

impl Hub {
    /// Joins a conversation that is open to everybody.
    ///
    /// # Errors
    /// The refusals of [`State::decide_join_open`]; `TooManyConversations`.
    pub async fn join_open(&self, caller: Caller, conversation: ConversationId) -> Result<(), HubError> {
        self.check_may_be_in_one_more(caller.who).await?;
        let decide = |state: &State| Ok(vec![state.decide_join_open(&self.settings.bounds, caller.who)?]);
        self.commit(caller, conversation, Attached::default(), decide).await?;
        Ok(())
    }

    /// Conversations of the domain that are found in directories, by name, after a name; up to 200.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_open(&self, after: Option<&str>, limit: usize) -> Result<Vec<ListedRow>, HubError> {
        Ok(self.world.store.list_listed(self.domain, after, limit.min(LISTED_MAX)).await?)
    }

    /// What somebody who is not in it may know of a conversation that is listed or open.
    ///
    /// # Errors
    /// `ConversationNotFound` for all others.
    pub async fn look_at_open(&self, conversation: ConversationId) -> Result<ListedRow, HubError> {
        let name = self.name_of(conversation).await?;
        let seen = self.room(conversation).await?.with(|state| {
            let is_shown = (state.settings.open || state.settings.listed) && !state.members.is_empty();
            is_shown.then(|| ListedRow {
                conversation,
                name,
                settings: state.settings.clone(),
                members_count: state.members.len() as u64,
            })
        });
        Ok(seen.ok_or(Rejection::ConversationNotFound)?)
    }

    /// Ends a group or channel for good: nothing can be added, everybody is removed, the caller last, and
    /// its name is never given again. What was cut short is finished by asking again.
    ///
    /// # Errors
    /// The refusals of [`State::decide_destroy`].
    pub async fn destroy_conversation(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<(), HubError> {
        let decide = |state: &State| state.decide_destroy(self.asking(caller), REMOVED_AT_ONCE);
        loop {
            let appended = self.commit(caller, conversation, Attached::default(), decide).await?;
            let is_own_leave = |content: &Content| {
                matches!(content, Content::Membership { change: MembershipChange::Left, .. })
            };
            if appended.events.last().is_some_and(|event| is_own_leave(&event.content)) {
                return Ok(());
            }
        }
    }

    /// Ends a group or channel that never came to be, because the one who began it did not say how it was to
    /// be: its name was never used, so it can be given again.
    ///
    /// # Errors
    /// Those of [`Hub::destroy_conversation`].
    pub async fn abandon_conversation(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<(), HubError> {
        self.destroy_conversation(caller, conversation).await?;
        self.world.store.release_name(conversation).await?;
        self.names.invalidate(&conversation);
        Ok(())
    }
}
