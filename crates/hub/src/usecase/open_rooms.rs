use super::commit::Attached;
use crate::{Caller, Hub, HubError, ports::ListedRow};
use parlance_core::{
    Rejection,
    conversation::{Settings, State},
    event::{Content, MembershipChange},
    id::ConversationId,
};
use smol_str::SmolStr;

/// Most listed conversations that are answered at once.
const LISTED_MAX: usize = 200;
/// Most pages of listed conversations that one search looks through.
const PAGES_AT_ONCE: usize = 10;
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

    /// Conversations of the domain that are found in directories and have a text in their name, topic or
    /// address, by name, after a name. Answers also with the name to go on after, as long as there may be more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn find_listed(
        &self,
        text: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<ListedRow>, Option<SmolStr>), HubError> {
        let wanted = text.to_lowercase();
        let is_meant = |row: &ListedRow| {
            let Settings { name, topic, .. } = &row.settings;
            [row.name.as_str(), name, topic].iter().any(|said| said.to_lowercase().contains(&wanted))
        };
        let mut after = after.map(SmolStr::new);
        let mut found = Vec::new();
        for _ in 0..PAGES_AT_ONCE {
            let rows = self.list_open(after.as_deref(), LISTED_MAX).await?;
            let is_end = rows.len() < LISTED_MAX;
            for row in rows {
                after = Some(row.name.clone());
                if is_meant(&row) {
                    found.push(row);
                }
                if found.len() == limit {
                    return Ok((found, after));
                }
            }
            if is_end {
                return Ok((found, None));
            }
        }
        Ok((found, after))
    }

    /// Joins a conversation that was found in the directory, or asks to; whether one is in.
    ///
    /// # Errors
    /// The refusals of [`State::decide_join_listed`]; `TooManyConversations`.
    pub async fn join_listed(&self, caller: Caller, conversation: ConversationId) -> Result<bool, HubError> {
        let look = |state: &State| {
            (state.members.contains_key(&caller.who), state.requests.contains_key(&caller.who))
        };
        let (is_member, is_waiting) = self.room(conversation).await?.with(look);
        if is_member {
            return Ok(true);
        }
        self.check_may_be_in_one_more(caller.who).await?;
        let decide = |state: &State| {
            let decided = state.decide_join_listed(&self.settings.bounds, caller.who);
            Ok(vec![decided?])
        };
        match self.commit(caller, conversation, Attached::default(), decide).await {
            Err(HubError::Rule(Rejection::InvalidValue(_))) if is_waiting => Ok(false),
            Err(error) => Err(error),
            Ok(appended) => Ok(appended.events.iter().any(|event| is_joined(&event.content))),
        }
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
                kind: state.kind,
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

fn is_joined(content: &Content) -> bool {
    matches!(content, Content::Membership { change: MembershipChange::Joined(_), .. })
}
