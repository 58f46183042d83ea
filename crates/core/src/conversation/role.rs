use super::Kind;
use serde::{Deserialize, Serialize};

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
    pub const ALL: [Self; 7] =
        [Self::Post, Self::React, Self::MentionAll, Self::Pin, Self::Invite, Self::Settings, Self::Moderate];

    /// The least role that has it where the conversation does not say otherwise.
    pub fn usual_role(self, kind: Kind) -> Role {
        match (kind, self) {
            (_, Self::Settings | Self::Moderate) => Role::Moderator,
            (Kind::Channel, Self::React) => Role::Reader,
            (Kind::Channel, _) => Role::Moderator,
            (_, _) => Role::Member,
        }
    }
}
