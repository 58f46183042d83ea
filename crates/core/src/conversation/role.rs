use super::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a member may do; each role may all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May read.
    Reader,
    /// May post.
    Member,
    /// May remove people and messages, and answer requests.
    Moderator,
    /// May change everything, including roles.
    Owner,
}

/// Things a role is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Send messages.
    Post,
    /// Send messages in threads. Where the conversation does not say otherwise, whoever may post.
    Comment,
    /// React to messages.
    React,
    /// Mention everyone at once.
    MentionAll,
    /// Pin messages.
    Pin,
    /// Add people and make invite links.
    Invite,
    /// Change name, topic and the other settings.
    Settings,
    /// Delete other people's messages, remove and ban people.
    Moderate,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 8] = [
        Self::Post,
        Self::Comment,
        Self::React,
        Self::MentionAll,
        Self::Pin,
        Self::Invite,
        Self::Settings,
        Self::Moderate,
    ];

    /// The least role that has it in conversations of a kind that say this of some permissions.
    pub fn least_role(self, kind: Kind, said: &BTreeMap<Self, Role>) -> Role {
        match (said.get(&self), self) {
            (Some(role), _) => *role,
            (None, Self::Comment) => Self::Post.least_role(kind, said),
            (None, _) => self.usual_role(kind),
        }
    }

    /// The least role that has it where the conversation does not say otherwise.
    fn usual_role(self, kind: Kind) -> Role {
        match (kind, self) {
            (_, Self::Settings | Self::Moderate) => Role::Moderator,
            (Kind::Channel, Self::React) => Role::Reader,
            (Kind::Channel, _) => Role::Moderator,
            (_, _) => Role::Member,
        }
    }
}
