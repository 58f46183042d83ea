//! Whether something may happen. Each function answers with the content to append or a refusal.

use super::{Kind, Permission, Role, SettingsChange, State};
use crate::{
    Rejection,
    body::Body,
    event::{Content, MembershipChange, Message, Target},
    fold::Fold,
    id::{EventId, PrincipalId, Seq, UnixMillis},
};
use smol_str::SmolStr;

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// Who.
    pub who: PrincipalId,
    /// When, by the server's clock.
    pub now: UnixMillis,
}

/// Bounds that the settings of the server give.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Largest body, in bytes.
    pub body_bytes_max: usize,
    /// Most members of a conversation.
    pub members_max: usize,
    /// Most conversations somebody is in.
    pub conversations_max: usize,
    /// Most different emoji on one message.
    pub reactions_max: usize,
    /// Most bytes that one account, or one conversation, keeps in its nodes.
    pub nodes_bytes_max: u64,
    /// Most people on other servers that one account makes known.
    pub remotes_max: usize,
    /// Most events that wait for one other server.
    pub outward_max: usize,
    /// Most registrations for notifications that one account keeps.
    pub pushes_max: usize,
    /// Most reports about others that are kept, of all people together.
    pub reports_max: usize,
    /// Most messages that one account keeps to be sent at a later time.
    pub scheduled_max: usize,
    /// Most folders that one account sorts its conversations into.
    pub folders_max: usize,
    /// Most options of one poll.
    pub poll_options_max: usize,
    /// Shortest time after which messages may disappear, in seconds.
    pub expire_after_s_min: u32,
    /// Longest time after which messages may disappear, in seconds.
    pub expire_after_s_max: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            body_bytes_max: 64 * 1024,
            members_max: 20_000,
            conversations_max: 10_000,
            reactions_max: 50,
            nodes_bytes_max: 32 << 20,
            remotes_max: 10_000,
            outward_max: 10_000,
            pushes_max: 100,
            reports_max: 1_000,
            scheduled_max: 100,
            folders_max: 100,
            poll_options_max: 20,
            expire_after_s_min: 5,
            expire_after_s_max: 365 * 86_400,
        }
    }
}

/// What a decision about a message needs to know beyond the state.
#[derive(Clone, Copy, Debug, Default)]
pub struct PostFacts {
    /// When the asker last posted here; only looked at in slow mode.
    pub last_post_at: Option<UnixMillis>,
    /// Whether one of a direct conversation's two has blocked the other.
    pub is_blocked: bool,
}

/// What a decision about another event needs to know of it.
#[derive(Clone, Copy, Debug)]
pub struct TargetFacts {
    /// Its place.
    pub seq: Seq,
    /// Its identity.
    pub id: EventId,
    /// Who wrote it.
    pub sender: PrincipalId,
    /// Whether it is a message that has not been deleted.
    pub is_live_message: bool,
    /// Whether it is a poll.
    pub is_poll: bool,
    /// Whether it is a message of a thread, and not the first one.
    pub is_in_thread: bool,
    /// How many different emoji are on it.
    pub emoji_count: usize,
    /// Whether the emoji in question is among them.
    pub has_emoji: bool,
}

impl TargetFacts {
    pub(super) fn as_target(&self) -> Target {
        Target { seq: self.seq, id: self.id }
    }
}

impl State {
    /// May this message be posted?
    ///
    /// # Errors
    /// `ConversationNotFound`, `Archived`, `Forbidden`, `Blocked`, `SlowMode` and those of [`Body::check`] and
    /// [`crate::poll::Poll::check`].
    pub fn decide_post(
        &self,
        asking: Asking,
        bounds: &Bounds,
        facts: PostFacts,
        message: Message,
    ) -> Result<Content, Rejection> {
        self.check_writable(asking.who, saying(message.thread.is_some()))?;
        if facts.is_blocked {
            return Err(Rejection::Blocked);
        }
        message.body.check(bounds.body_bytes_max)?;
        if message.body.mentions_all() && !self.may(asking.who, Permission::MentionAll) {
            return Err(Rejection::Forbidden);
        }
        if let Some(poll) = &message.poll {
            poll.check(bounds.poll_options_max, asking.now)?;
        }
        self.check_slow_mode(asking, facts)?;
        Ok(Content::Message(message))
    }

    /// May something be posted that only one front end understands? Who may post may.
    ///
    /// # Errors
    /// `ConversationNotFound`, `Archived`, `Forbidden`.
    pub fn decide_foreign(&self, asking: Asking) -> Result<Content, Rejection> {
        self.check_writable(asking.who, Permission::Post)?;
        Ok(Content::Foreign)
    }

    /// May the body of this message be replaced? A poll stays as it was asked.
    ///
    /// # Errors
    /// `NotYours`, `WrongEventKind` and those of [`State::decide_post`] but slow mode.
    pub fn decide_edit(
        &self,
        asking: Asking,
        bounds: &Bounds,
        target: &TargetFacts,
        body: Body,
    ) -> Result<Content, Rejection> {
        self.check_writable(asking.who, saying(target.is_in_thread))?;
        self.check_live_target(asking.who, target)?;
        if target.sender != asking.who {
            return Err(Rejection::NotYours);
        }
        if target.is_poll {
            return Err(Rejection::WrongEventKind);
        }
        body.check(bounds.body_bytes_max)?;
        if body.mentions_all() && !self.may(asking.who, Permission::MentionAll) {
            return Err(Rejection::Forbidden);
        }
        Ok(Content::Edit { target: target.as_target(), body, expires_at: None })
    }

    /// May this message be deleted for everyone? By its author, or by who moderates.
    ///
    /// # Errors
    /// `ConversationNotFound`, `EventNotFound`, `WrongEventKind`, `Forbidden`.
    pub fn decide_delete(&self, asking: Asking, target: &TargetFacts) -> Result<Content, Rejection> {
        self.member(asking.who)?;
        self.check_live_target(asking.who, target)?;
        if target.sender != asking.who && !self.moderates(asking.who) {
            return Err(Rejection::NotYours);
        }
        Ok(Content::Delete { target: target.as_target() })
    }

    /// May this emoji be put on the message, or taken away?
    ///
    /// # Errors
    /// `InvalidValue`, `TooManyReactions` and those about conversation and target.
    pub fn decide_react(
        &self,
        asking: Asking,
        bounds: &Bounds,
        target: &TargetFacts,
        emoji: &str,
        added: bool,
    ) -> Result<Content, Rejection> {
        self.check_writable(asking.who, Permission::React)?;
        self.check_live_target(asking.who, target)?;
        if !(1..=64).contains(&emoji.len()) || emoji.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Rejection::InvalidValue("emoji: 1 to 64 bytes without white space"));
        }
        if added && !target.has_emoji && target.emoji_count >= bounds.reactions_max {
            return Err(Rejection::TooManyReactions);
        }
        Ok(Content::Reaction { target: target.as_target(), emoji: SmolStr::new(emoji), added })
    }

    /// May these be the only emoji of the asker's on the message, where it has these by now? Answers with
    /// what is taken away and put on.
    ///
    /// # Errors
    /// Those of [`State::decide_react`].
    pub fn decide_reactions(
        &self,
        asking: Asking,
        bounds: &Bounds,
        target: &TargetFacts,
        reactions: &[(SmolStr, Vec<PrincipalId>)],
        wanted: &[SmolStr],
    ) -> Result<Vec<Content>, Rejection> {
        self.check_writable(asking.who, Permission::React)?;
        self.check_live_target(asking.who, target)?;
        let mut fold = Fold { reactions: reactions.to_vec(), ..Fold::default() };
        let is_unwanted = |(emoji, people): &&(SmolStr, Vec<PrincipalId>)| {
            people.contains(&asking.who) && !wanted.contains(emoji)
        };
        let unwanted = reactions.iter().filter(is_unwanted).map(|(emoji, _)| (emoji, false));
        let mut changes = Vec::new();
        for (emoji, added) in unwanted.chain(wanted.iter().map(|emoji| (emoji, true))) {
            let there = fold.reactions.iter().find(|(known, _)| known == emoji);
            if added && there.is_some_and(|(_, people)| people.contains(&asking.who)) {
                continue;
            }
            let (emoji_count, has_emoji) = (fold.reactions.len(), there.is_some());
            let target = TargetFacts { emoji_count, has_emoji, ..*target };
            changes.push(self.decide_react(asking, bounds, &target, emoji, added)?);
            fold.set_reaction(emoji, asking.who, added);
        }
        Ok(changes)
    }

    /// May this message be pinned or unpinned?
    ///
    /// # Errors
    /// Those about conversation and target, `Forbidden`.
    pub fn decide_pin(
        &self,
        asking: Asking,
        target: &TargetFacts,
        pinned: bool,
    ) -> Result<Content, Rejection> {
        self.check_writable(asking.who, Permission::Pin)?;
        self.check_live_target(asking.who, target)?;
        Ok(Content::Pin { target: target.as_target(), pinned })
    }

    /// May these settings be changed?
    ///
    /// # Errors
    /// `WrongConversationKind`, `Forbidden`, `InvalidValue`. Permissions, the archive, and who
    /// may join and find are the owners' to change. Where there is nobody to manage, only the timer of
    /// messages and how threads are shown can be changed, by anybody who is in.
    pub fn decide_settings(&self, asking: Asking, change: SettingsChange) -> Result<Content, Rejection> {
        if self.kind != Kind::Account && !self.kind.has_members_to_manage() && change.is_about_messages() {
            self.member(asking.who)?;
            return Ok(Content::Settings(change));
        }
        self.check_manageable(asking.who)?;
        let needs_owner = change.permissions.is_some()
            || change.archived.is_some()
            || change.open.is_some()
            || change.listed.is_some();
        if !self.may(asking.who, Permission::Settings) || (needs_owner && !self.is_owner(asking.who)) {
            return Err(Rejection::Forbidden);
        }
        let only_reopens = change == SettingsChange { archived: Some(false), ..SettingsChange::default() };
        if self.settings.destroyed || self.settings.archived && !only_reopens {
            return Err(Rejection::Archived);
        }
        change.check()?;
        Ok(Content::Settings(change))
    }

    /// May somebody be added (or their request be granted)? Only an owner gives a role above the usual.
    ///
    /// # Errors
    /// `WrongConversationKind`, `Forbidden`, `AlreadyMember`, `Banned`, `Full`, `Archived`.
    pub fn decide_add(
        &self,
        asking: Asking,
        bounds: &Bounds,
        who: PrincipalId,
        role: Option<Role>,
    ) -> Result<Content, Rejection> {
        self.check_manageable(asking.who)?;
        self.check_not_archived()?;
        let role = role.unwrap_or_else(|| self.kind.joining_role());
        if !self.may(asking.who, Permission::Invite)
            || (role > self.kind.joining_role() && !self.is_owner(asking.who))
        {
            return Err(Rejection::Forbidden);
        }
        self.check_can_enter(bounds, who)?;
        Ok(Content::Membership { who, change: MembershipChange::Joined(role) })
    }

    /// May somebody come in by an invite link, or ask to?
    ///
    /// # Errors
    /// `AlreadyMember`, `Banned`, `Full`, `Archived`, `WrongConversationKind`; `ConversationNotFound`
    /// when everybody has left, `InvalidValue` when the same person's request waits already.
    pub fn decide_join(
        &self,
        bounds: &Bounds,
        who: PrincipalId,
        needs_approval: bool,
    ) -> Result<Content, Rejection> {
        if !self.kind.has_members_to_manage() {
            return Err(Rejection::WrongConversationKind);
        }
        if self.members.is_empty() {
            return Err(Rejection::ConversationNotFound);
        }
        self.check_not_archived()?;
        self.check_can_enter(bounds, who)?;
        if needs_approval && self.requests.contains_key(&who) {
            return Err(Rejection::InvalidValue("user: has asked to join already"));
        }
        let change = if needs_approval {
            MembershipChange::Requested
        } else {
            MembershipChange::Joined(self.kind.joining_role())
        };
        Ok(Content::Membership { who, change })
    }

    /// May somebody come in by themselves?
    ///
    /// # Errors
    /// Those of [`State::decide_join`]; where it is not open, `Forbidden` if it is listed, and else the
    /// answer that strangers get.
    pub fn decide_join_open(&self, bounds: &Bounds, who: PrincipalId) -> Result<Content, Rejection> {
        let decided = self.decide_join(bounds, who, false);
        if self.settings.open || !self.kind.has_members_to_manage() {
            return decided;
        }
        Err(if self.settings.listed { Rejection::Forbidden } else { Rejection::ConversationNotFound })
    }

    /// May somebody come in who found it in the directory? Where it is not open, they ask to.
    ///
    /// # Errors
    /// Those of [`State::decide_join`]; where it is neither listed nor open, the answer that strangers get.
    pub fn decide_join_listed(&self, bounds: &Bounds, who: PrincipalId) -> Result<Content, Rejection> {
        if !self.settings.listed && !self.settings.open {
            return Err(Rejection::ConversationNotFound);
        }
        self.decide_join(bounds, who, !self.settings.open)
    }

    /// May the conversation be ended for good? Answers with the next step of it: what closes it, and the
    /// removal of up to `at_once` members; the asker leaves with the last of them.
    ///
    /// # Errors
    /// `WrongConversationKind`, `Forbidden`, `ConversationNotFound`.
    pub fn decide_destroy(&self, asking: Asking, at_once: usize) -> Result<Vec<Content>, Rejection> {
        self.check_manageable(asking.who)?;
        if !self.is_owner(asking.who) {
            return Err(Rejection::Forbidden);
        }
        let closing = SettingsChange {
            archived: Some(true),
            open: Some(false),
            listed: Some(false),
            destroyed: Some(true),
            ..SettingsChange::default()
        };
        let close = (!self.settings.destroyed).then_some(Content::Settings(closing));
        let mut others: Vec<_> = self.members.keys().copied().filter(|who| *who != asking.who).collect();
        others.sort_unstable();
        let is_last_step = others.len() <= at_once;
        others.truncate(at_once);
        let leave = |who, change| Content::Membership { who, change };
        let removals = others.into_iter().map(|who| leave(who, MembershipChange::Removed));
        let own = is_last_step.then(|| leave(asking.who, MembershipChange::Left));
        Ok(close.into_iter().chain(removals).chain(own).collect())
    }

    /// May a member get this role? Roles are the owners' to give; who moderates gives and takes the voice of
    /// those below, and one can always step down.
    ///
    /// # Errors
    /// `WrongConversationKind`, `Forbidden`, `ConversationNotFound`, `InvalidValue`, `LastOwner`.
    pub fn decide_role(&self, asking: Asking, who: PrincipalId, role: Role) -> Result<Content, Rejection> {
        self.check_manageable(asking.who)?;
        let member = self.members.get(&who).ok_or(Rejection::InvalidValue("user: not a member"))?;
        let steps_down = who == asking.who && role <= member.role;
        let is_about_voice =
            self.check_outranks(asking.who, who).is_ok() && role.max(member.role) <= Role::Member;
        if !self.is_owner(asking.who) && !steps_down && !is_about_voice {
            return Err(Rejection::Forbidden);
        }
        if role < Role::Owner {
            self.check_not_last_owner(who)?;
        }
        Ok(Content::Membership { who, change: MembershipChange::Role(role) })
    }

    /// May somebody leave, be removed, or their request be declined?
    ///
    /// # Errors
    /// `WrongConversationKind`, `Forbidden`, `LastOwner`, `InvalidValue` when there is neither.
    pub fn decide_remove(&self, asking: Asking, who: PrincipalId) -> Result<Content, Rejection> {
        if self.requests.contains_key(&who) && !self.members.contains_key(&who) {
            return self.decide_close_request(asking, who);
        }
        self.check_manageable(asking.who)?;
        let change = if who == asking.who {
            MembershipChange::Left
        } else {
            self.check_outranks(asking.who, who)?;
            MembershipChange::Removed
        };
        let is_last_member = who == asking.who && self.members.len() == 1;
        if !is_last_member {
            self.check_not_last_owner(who)?;
        }
        Ok(Content::Membership { who, change })
    }

    /// What happens when a member's account ends: they leave, and where they were the last owner
    /// somebody else becomes one. Direct conversations and notes stay as they are.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub fn decide_farewell(&self, who: PrincipalId) -> Result<Vec<Content>, Rejection> {
        self.member(who)?;
        if !self.kind.has_members_to_manage() {
            return Ok(Vec::new());
        }
        let heir = self.check_not_last_owner(who).err().and_then(|_| self.heir_of(who));
        let crowning = heir.map(|heir| (heir, MembershipChange::Role(Role::Owner)));
        let changes = crowning.into_iter().chain([(who, MembershipChange::Left)]);
        Ok(changes.map(|(who, change)| Content::Membership { who, change }).collect())
    }

    /// May somebody be removed for good?
    ///
    /// # Errors
    /// `WrongConversationKind`, `Forbidden`, `LastOwner`.
    pub fn decide_ban(&self, asking: Asking, who: PrincipalId) -> Result<Content, Rejection> {
        self.check_manageable(asking.who)?;
        if who == asking.who {
            return Err(Rejection::InvalidValue("user: one cannot ban oneself"));
        }
        if !self.may(asking.who, Permission::Moderate) {
            return Err(Rejection::Forbidden);
        }
        if self.members.contains_key(&who) {
            self.check_outranks(asking.who, who)?;
        }
        Ok(Content::Membership { who, change: MembershipChange::Banned })
    }

    /// May a ban be lifted?
    ///
    /// # Errors
    /// `WrongConversationKind`, `Forbidden`, `InvalidValue`.
    pub fn decide_unban(&self, asking: Asking, who: PrincipalId) -> Result<Content, Rejection> {
        self.check_manageable(asking.who)?;
        if !self.may(asking.who, Permission::Moderate) {
            return Err(Rejection::Forbidden);
        }
        if !self.banned.contains(&who) {
            return Err(Rejection::InvalidValue("user: not banned"));
        }
        Ok(Content::Membership { who, change: MembershipChange::Unbanned })
    }

    /// May invite links be made, listed and ended?
    ///
    /// # Errors
    /// `WrongConversationKind`, `Forbidden`.
    pub fn check_may_invite(&self, who: PrincipalId) -> Result<(), Rejection> {
        self.check_has(who, Permission::Invite)
    }

    /// May bans and requests be seen?
    ///
    /// # Errors
    /// `WrongConversationKind`, `Forbidden`.
    pub fn check_may_moderate(&self, who: PrincipalId) -> Result<(), Rejection> {
        self.check_has(who, Permission::Moderate)
    }

    fn decide_close_request(&self, asking: Asking, who: PrincipalId) -> Result<Content, Rejection> {
        if who != asking.who {
            self.member(asking.who)?;
            if !self.may(asking.who, Permission::Moderate) {
                return Err(Rejection::Forbidden);
            }
        }
        Ok(Content::Membership { who, change: MembershipChange::RequestClosed })
    }

    fn check_has(&self, who: PrincipalId, permission: Permission) -> Result<(), Rejection> {
        self.check_manageable(who)?;
        if self.may(who, permission) { Ok(()) } else { Err(Rejection::Forbidden) }
    }

    pub(super) fn check_writable(&self, who: PrincipalId, permission: Permission) -> Result<(), Rejection> {
        self.member(who)?;
        self.check_not_archived()?;
        if self.may(who, permission) { Ok(()) } else { Err(Rejection::Forbidden) }
    }

    pub(super) fn check_not_archived(&self) -> Result<(), Rejection> {
        if self.settings.archived { Err(Rejection::Archived) } else { Ok(()) }
    }

    fn check_manageable(&self, who: PrincipalId) -> Result<(), Rejection> {
        self.member(who)?;
        if self.kind.has_members_to_manage() { Ok(()) } else { Err(Rejection::WrongConversationKind) }
    }

    fn check_live_target(&self, who: PrincipalId, target: &TargetFacts) -> Result<(), Rejection> {
        if target.seq < self.member(who)?.visible_from {
            return Err(Rejection::EventNotFound);
        }
        if target.is_live_message { Ok(()) } else { Err(Rejection::WrongEventKind) }
    }

    fn check_slow_mode(&self, asking: Asking, facts: PostFacts) -> Result<(), Rejection> {
        let pause_ms = u64::from(self.settings.slow_mode_s) * 1_000;
        let is_exempt = self.members.get(&asking.who).is_some_and(|member| member.role >= Role::Moderator);
        let Some(last) = facts.last_post_at.filter(|_| pause_ms > 0 && !is_exempt) else { return Ok(()) };
        let wait_ms = pause_ms.saturating_sub(asking.now.ms_since(last));
        if wait_ms == 0 { Ok(()) } else { Err(Rejection::SlowMode { wait_ms }) }
    }

    fn check_can_enter(&self, bounds: &Bounds, who: PrincipalId) -> Result<(), Rejection> {
        if self.members.contains_key(&who) {
            return Err(Rejection::AlreadyMember);
        }
        if self.banned.contains(&who) {
            return Err(Rejection::Banned);
        }
        if self.members.len() >= bounds.members_max {
            return Err(Rejection::Full);
        }
        Ok(())
    }

    /// Removing takes the moderating permission and a higher role than the one removed has; owners
    /// may remove anybody.
    fn check_outranks(&self, asker: PrincipalId, who: PrincipalId) -> Result<(), Rejection> {
        let theirs = self.members.get(&who).ok_or(Rejection::InvalidValue("user: not a member"))?.role;
        let own = self.member(asker)?.role;
        let outranks = own == Role::Owner || own > theirs;
        if self.may(asker, Permission::Moderate) && outranks { Ok(()) } else { Err(Rejection::Forbidden) }
    }

    fn check_not_last_owner(&self, who: PrincipalId) -> Result<(), Rejection> {
        let has_other_owner =
            self.members.iter().any(|(id, member)| *id != who && member.role == Role::Owner);
        if self.is_owner(who) && !has_other_owner { Err(Rejection::LastOwner) } else { Ok(()) }
    }

    /// Who of the others has the highest role, and among those has been here longest.
    fn heir_of(&self, who: PrincipalId) -> Option<PrincipalId> {
        let others = self.members.iter().filter(|(id, _)| **id != who);
        others
            .min_by_key(|(_, member)| (std::cmp::Reverse(member.role), member.joined_seq))
            .map(|(id, _)| *id)
    }

    /// Whether somebody moderates here; where there is nobody to manage, nobody does.
    pub(super) fn moderates(&self, who: PrincipalId) -> bool {
        self.kind.has_members_to_manage() && self.may(who, Permission::Moderate)
    }

    fn is_owner(&self, who: PrincipalId) -> bool {
        self.members.get(&who).is_some_and(|member| member.role == Role::Owner)
    }
}

/// What somebody needs who says something, in a thread or not.
fn saying(is_in_thread: bool) -> Permission {
    if is_in_thread { Permission::Comment } else { Permission::Post }
}

impl Kind {
    /// The contents a new conversation of this kind begins with.
    pub fn founding(self, settings: SettingsChange, members: &[(PrincipalId, Role)]) -> Vec<Content> {
        let joins = members
            .iter()
            .map(|(who, role)| Content::Membership { who: *who, change: MembershipChange::Joined(*role) });
        let settings = self.has_members_to_manage().then_some(Content::Settings(settings));
        settings.into_iter().chain(joins).collect()
    }
}
