use super::commit::Attached;
use crate::{
    Caller, Hub, HubError, IdentityRefusal,
    limits::{Limit, LimitKey},
    ports::LinkRow,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parlance_core::{Rejection, conversation::State, id::ConversationId};

/// Most links of one conversation that work at the same time.
const LINKS_MAX: usize = 100;

/// An invite link to make.
#[derive(Clone, Copy, Debug)]
pub struct NewLink {
    /// Seconds until it stops working; never when absent.
    pub expires_in_s: Option<u32>,
    /// How many people it lets in; any number when absent.
    pub uses: Option<u32>,
    /// Whether a moderator has to say yes to each.
    pub needs_approval: bool,
}

impl Hub {
    /// Makes an invite link.
    ///
    /// # Errors
    /// `Forbidden`, `InvalidValue`, `TooMany` and those of strangers.
    pub async fn create_link(
        &self,
        caller: Caller,
        conversation: ConversationId,
        new: NewLink,
    ) -> Result<LinkRow, HubError> {
        let links = self.links(caller, conversation).await?;
        let is_sane = new.expires_in_s.is_none_or(|s| (60..=31_536_000).contains(&s))
            && new.uses.is_none_or(|uses| (1..=100_000).contains(&uses));
        if !is_sane {
            let limits = "expires_in_s: 60 to 31,536,000; uses: 1 to 100,000";
            return Err(Rejection::InvalidValue(limits).into());
        }
        if links.len() >= LINKS_MAX {
            return Err(HubError::TooMany);
        }
        let mut secret = [0; 16];
        self.world.entropy.fill(&mut secret);
        let link = LinkRow {
            code: URL_SAFE_NO_PAD.encode(secret),
            conversation,
            creator: caller.who,
            expires_at: new.expires_in_s.map(|s| self.now().plus_ms(u64::from(s) * 1_000)),
            uses_left: new.uses,
            needs_approval: new.needs_approval,
        };
        self.world.store.create_link(link.clone()).await?;
        Ok(link)
    }

    /// The invite links that still work.
    ///
    /// # Errors
    /// `Forbidden` and those of strangers.
    pub async fn links(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Vec<LinkRow>, HubError> {
        self.room_with(caller, conversation).await?.with(|state| state.check_may_invite(caller.who))?;
        Ok(self.world.store.list_links(conversation, self.now()).await?)
    }

    /// Ends an invite link.
    ///
    /// # Errors
    /// `LinkInvalid`, `Forbidden` and those of strangers.
    pub async fn revoke_link(
        &self,
        caller: Caller,
        conversation: ConversationId,
        code: &str,
    ) -> Result<(), HubError> {
        self.room_with(caller, conversation).await?.with(|state| state.check_may_invite(caller.who))?;
        let was_there = self.world.store.revoke_link(conversation, code).await?;
        if was_there { Ok(()) } else { Err(IdentityRefusal::LinkInvalid.into()) }
    }

    /// The link and the state of the conversation it leads to, for somebody who holds the code.
    ///
    /// # Errors
    /// `LinkInvalid`, `Limited`.
    pub async fn look_at_link<T>(
        &self,
        caller: Caller,
        code: &str,
        look: impl FnOnce(&State) -> T,
    ) -> Result<(LinkRow, T), HubError> {
        self.limits.take(Limit::LinkLookup, LimitKey::Account(caller.who))?;
        let found = self.world.store.find_link(code).await?;
        let now = self.now();
        let works = |link: &LinkRow| link.expires_at.is_none_or(|at| at > now) && link.uses_left != Some(0);
        let link = found.filter(works).ok_or(IdentityRefusal::LinkInvalid)?;
        let seen = self.room(link.conversation).await?.with(look);
        Ok((link, seen))
    }

    /// Joins by a link, or asks to. Answers with the conversation and whether one is in.
    ///
    /// # Errors
    /// `LinkInvalid`, `TooManyConversations` and the refusals of [`State::decide_join`].
    pub async fn join_by_link(&self, caller: Caller, code: &str) -> Result<(ConversationId, bool), HubError> {
        let look = |state: &State| {
            (state.members.contains_key(&caller.who), state.requests.contains_key(&caller.who))
        };
        let (link, (is_member, is_waiting)) = self.look_at_link(caller, code, look).await?;
        if is_member || (is_waiting && link.needs_approval) {
            return Ok((link.conversation, is_member));
        }
        self.check_may_be_in_one_more(caller.who).await?;
        if !self.world.store.use_link(code, self.now()).await? {
            return Err(IdentityRefusal::LinkInvalid.into());
        }
        let joined = self
            .commit(caller, link.conversation, Attached::default(), |state| {
                Ok(vec![state.decide_join(&self.settings.bounds, caller.who, link.needs_approval)?])
            })
            .await;
        if let Err(error) = joined {
            // Only what was refused did not happen for certain.
            if matches!(error, HubError::Rule(_)) {
                self.world.store.return_link(code).await?;
            }
            return Err(error);
        }
        Ok((link.conversation, !link.needs_approval))
    }
}
