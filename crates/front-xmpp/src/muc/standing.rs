use parlance_core::{
    conversation::{Permission, Role, State},
    id::PrincipalId,
};

/// How somebody stands in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) affiliation: Affiliation,
    pub(super) part: Part,
}

/// What somebody is to a room, whether they are in it or not.
///
/// # Source
/// XEP-0045 section 5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Affiliation {
    Outcast,
    None,
    Member,
    Admin,
    Owner,
}

/// What somebody who is in a room may do there; the standard calls it a role.
///
/// # Source
/// XEP-0045 section 5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    None,
    Visitor,
    Participant,
    Moderator,
}

impl Standing {
    /// Of those who are not in it.
    pub(super) const GONE: Self = Self { affiliation: Affiliation::None, part: Part::None };
    /// Of those who may not come back.
    pub(super) const BANNED: Self = Self { affiliation: Affiliation::Outcast, part: Part::None };

    /// Of a member; `None` for everybody else.
    pub(super) fn of(state: &State, who: PrincipalId) -> Option<Self> {
        let part = match who {
            _ if state.may(who, Permission::Moderate) => Part::Moderator,
            _ if state.may(who, Permission::Post) => Part::Participant,
            _ => Part::Visitor,
        };
        let affiliation = Affiliation::of_role(state.members.get(&who)?.role);
        Some(Self { affiliation, part })
    }
}

impl Affiliation {
    /// What a role in a conversation is called here.
    pub(super) fn of_role(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Moderator => Self::Admin,
            Role::Member | Role::Reader => Self::Member,
        }
    }

    /// What somebody is to a room.
    pub(super) fn of(state: &State, who: PrincipalId) -> Self {
        match state.members.get(&who) {
            Some(member) => Self::of_role(member.role),
            None if state.banned.contains(&who) => Self::Outcast,
            None => Self::None,
        }
    }

    pub(super) fn find(word: &str) -> Option<Self> {
        let all = [Self::Outcast, Self::None, Self::Member, Self::Admin, Self::Owner];
        all.into_iter().find(|one| one.as_str() == word)
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Outcast => "outcast",
            Self::None => "none",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl Part {
    pub(super) fn find(word: &str) -> Option<Self> {
        let all = [Self::None, Self::Visitor, Self::Participant, Self::Moderator];
        all.into_iter().find(|one| one.as_str() == word)
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Visitor => "visitor",
            Self::Participant => "participant",
            Self::Moderator => "moderator",
        }
    }
}
