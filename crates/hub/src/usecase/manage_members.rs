use super::commit::Attached;
use crate::{Caller, Hub, HubError};
use parlance_core::{
    Rejection,
    conversation::{Member, Role, State},
    id::{ConversationId, PrincipalId},
};

/// Nothing is left to do.
const BANNED_ALREADY: Rejection = Rejection::InvalidValue("user: banned already");

impl Hub {
    /// Adds somebody, or says yes to their request.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_add`]; `Blocked` when one of the
    /// two has blocked the other; `TooManyConversations`.
    pub async fn add_member(
        &self,
        caller: Caller,
        conversation: ConversationId,
        who: PrincipalId,
        role: Option<Role>,
    ) -> Result<(), HubError> {
        self.check_is_here(who).await?;
        if self.is_blocked(caller.who, who).await? {
            return Err(Rejection::Blocked.into());
        }
        self.check_may_be_in_one_more(who).await?;
        self.commit(caller, conversation, Attached::default(), |state| {
            Ok(vec![state.decide_add(self.asking(caller), &self.settings.bounds, who, role)?])
        })
        .await?;
        Ok(())
    }

    /// Gives a member another role.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_role`].
    pub async fn change_role(
        &self,
        caller: Caller,
        conversation: ConversationId,
        who: PrincipalId,
        role: Role,
    ) -> Result<(), HubError> {
        self.commit(caller, conversation, Attached::default(), |state| {
            Ok(vec![state.decide_role(self.asking(caller), who, role)?])
        })
        .await?;
        Ok(())
    }

    /// Leaves, removes a member, or declines a request.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_remove`].
    pub async fn remove_member(
        &self,
        caller: Caller,
        conversation: ConversationId,
        who: PrincipalId,
    ) -> Result<(), HubError> {
        self.commit(caller, conversation, Attached::default(), |state| {
            Ok(vec![state.decide_remove(self.asking(caller), who)?])
        })
        .await?;
        Ok(())
    }

    /// Removes somebody for good. Who is banned already stays so, and hears nothing of being banned again.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_ban`].
    pub async fn ban_member(
        &self,
        caller: Caller,
        conversation: ConversationId,
        who: PrincipalId,
    ) -> Result<(), HubError> {
        let decide = |state: &State| {
            let ban = state.decide_ban(self.asking(caller), who)?;
            if state.banned.contains(&who) { Err(BANNED_ALREADY) } else { Ok(vec![ban]) }
        };
        match self.commit(caller, conversation, Attached::default(), decide).await {
            Err(HubError::Rule(BANNED_ALREADY)) => Ok(()),
            done => done.map(|_| ()),
        }
    }

    /// Lets somebody come back.
    ///
    /// # Errors
    /// The refusals of [`parlance_core::conversation::State::decide_unban`].
    pub async fn unban_member(
        &self,
        caller: Caller,
        conversation: ConversationId,
        who: PrincipalId,
    ) -> Result<(), HubError> {
        self.commit(caller, conversation, Attached::default(), |state| {
            Ok(vec![state.decide_unban(self.asking(caller), who)?])
        })
        .await?;
        Ok(())
    }

    /// The members, by identity.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn members(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Vec<(PrincipalId, Member)>, HubError> {
        let room = self.room_with(caller, conversation).await?;
        let mut members: Vec<_> = room.with(|state| {
            state
                .member(caller.who)
                .map(|_| state.members.iter().map(|(who, member)| (*who, *member)).collect())
        })?;
        members.sort_unstable_by_key(|(who, _)| *who);
        Ok(members)
    }

    /// Who is banned.
    ///
    /// # Errors
    /// `ConversationNotFound`, `Forbidden`.
    pub async fn bans(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Vec<PrincipalId>, HubError> {
        let room = self.room_with(caller, conversation).await?;
        Ok(room.with(|state| {
            state.check_may_moderate(caller.who).map(|()| state.banned.iter().copied().collect())
        })?)
    }

    /// Who has asked to join, longest waiting first.
    ///
    /// # Errors
    /// `ConversationNotFound`, `Forbidden`.
    pub async fn requests(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Vec<PrincipalId>, HubError> {
        let room = self.room_with(caller, conversation).await?;
        let mut requests: Vec<_> = room.with(|state| {
            state
                .check_may_moderate(caller.who)
                .map(|()| state.requests.iter().map(|(who, at)| (*at, *who)).collect())
        })?;
        requests.sort_unstable();
        Ok(requests.into_iter().map(|(_, who)| who).collect())
    }
}
