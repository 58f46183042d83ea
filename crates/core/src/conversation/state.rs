use super::{HistoryVisibility, Kind, Permission, Role, Settings};
use crate::{
    Rejection,
    event::{Content, Event, MembershipChange},
    id::{ConversationId, DomainId, Epoch, PrincipalId, RulesVersion, Seq, UnixMillis},
};
use std::collections::{HashMap, HashSet};

/// The fold of a conversation's log as far as its rules are concerned.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The conversation.
    pub id: ConversationId,
    /// The tenant.
    pub domain: DomainId,
    /// What kind.
    pub kind: Kind,
    /// The life of the log.
    pub epoch: Epoch,
    /// The newest place that is folded in.
    pub head: Seq,
    /// Moves with every change of membership, roles or settings.
    pub rules_version: RulesVersion,
    /// Name, topic and the like.
    pub settings: Settings,
    /// Who is in.
    pub members: HashMap<PrincipalId, Member>,
    /// Who may not come back.
    pub banned: HashSet<PrincipalId>,
    /// Who has asked to join, and when.
    pub requests: HashMap<PrincipalId, UnixMillis>,
    /// Who left while this state was in memory, so that they still get their own farewell.
    pub departed: HashMap<PrincipalId, Departed>,
}

/// Somebody who is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The role.
    pub role: Role,
    /// The place at which they joined.
    pub joined_seq: Seq,
    /// The first place they may see.
    pub visible_from: Seq,
}

/// Somebody who left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departed {
    /// The first place they could see.
    pub visible_from: Seq,
    /// The place of their leaving: the last one they may see live.
    pub until: Seq,
}

impl State {
    /// A conversation in which nothing has happened yet.
    pub fn new(id: ConversationId, domain: DomainId, kind: Kind, epoch: Epoch) -> Self {
        Self {
            id,
            domain,
            kind,
            epoch,
            head: Seq::ZERO,
            rules_version: RulesVersion::default(),
            settings: Settings::default(),
            members: HashMap::new(),
            banned: HashSet::new(),
            requests: HashMap::new(),
            departed: HashMap::new(),
        }
    }

    /// The member, or the answer that strangers get.
    ///
    /// # Errors
    /// `ConversationNotFound`: strangers do not learn whether a conversation exists.
    pub fn member(&self, who: PrincipalId) -> Result<&Member, Rejection> {
        self.members.get(&who).ok_or(Rejection::ConversationNotFound)
    }

    /// Whether somebody has a permission here. The one place where this is answered.
    pub fn may(&self, who: PrincipalId, permission: Permission) -> bool {
        self.members.get(&who).is_some_and(|member| member.role >= self.role_for(permission))
    }

    /// The least role that has a permission here.
    pub fn role_for(&self, permission: Permission) -> Role {
        permission.least_role(self.kind, &self.settings.permissions)
    }

    /// The places somebody may see live: members without end, the departed up to their farewell.
    pub fn visible_range(&self, who: PrincipalId) -> Option<(Seq, Seq)> {
        if let Some(member) = self.members.get(&who) {
            return Some((member.visible_from, Seq(u64::MAX)));
        }
        self.departed.get(&who).map(|departed| (departed.visible_from, departed.until))
    }

    /// The other one of a direct conversation; strangers have none.
    pub fn peer_of(&self, who: PrincipalId) -> Option<PrincipalId> {
        let is_direct = self.kind == Kind::Direct && self.members.contains_key(&who);
        is_direct.then(|| self.members.keys().copied().find(|id| *id != who)).flatten()
    }

    /// Folds the next event in. Events come by `seq` without a gap.
    pub fn apply(&mut self, event: &Event) {
        self.epoch = event.epoch;
        self.head = event.seq;
        if event.content.changes_rules() {
            self.rules_version.0 += 1;
        }
        match &event.content {
            Content::Settings(change) => self.settings.apply(change),
            Content::Membership { who, change } => self.apply_membership(event, *who, *change),
            _ => {}
        }
    }

    fn apply_membership(&mut self, event: &Event, who: PrincipalId, change: MembershipChange) {
        match change {
            MembershipChange::Joined(role) => self.apply_joined(event.seq, who, role),
            MembershipChange::Role(role) => {
                if let Some(member) = self.members.get_mut(&who) {
                    member.role = role;
                }
            }
            MembershipChange::Left | MembershipChange::Removed => self.apply_departed(event.seq, who),
            MembershipChange::Banned => {
                self.apply_departed(event.seq, who);
                self.requests.remove(&who);
                self.banned.insert(who);
            }
            MembershipChange::Unbanned => {
                self.banned.remove(&who);
            }
            MembershipChange::Requested => {
                self.requests.insert(who, event.at);
            }
            MembershipChange::RequestClosed => {
                self.requests.remove(&who);
            }
        }
    }

    fn apply_joined(&mut self, seq: Seq, who: PrincipalId, role: Role) {
        let visible_from = match self.settings.history {
            HistoryVisibility::All => Seq(1),
            HistoryVisibility::SinceJoined => seq,
        };
        self.requests.remove(&who);
        self.departed.remove(&who);
        self.members.insert(who, Member { role, joined_seq: seq, visible_from });
    }

    fn apply_departed(&mut self, seq: Seq, who: PrincipalId) {
        if let Some(member) = self.members.remove(&who) {
            self.departed.insert(who, Departed { visible_from: member.visible_from, until: seq });
        }
    }
}
