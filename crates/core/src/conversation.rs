//! Conversations: their rules, what may happen in them, and what it changes.

mod answer;
mod decide;
mod name;
mod role;
mod settings;
mod state;

pub use decide::{Asking, Bounds, PostFacts, TargetFacts};
pub use name::{NAMES_MAX, chosen_name, names_for};
pub use role::{Permission, Role};
pub use settings::{HistoryVisibility, Settings, SettingsChange, ThreadDisplay};
pub use state::{Departed, Member, State};

use serde::{Deserialize, Serialize};

/// What kind of conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Exactly two principals; its identity is the pair.
    Direct,
    /// Many who all write.
    Group,
    /// Few write, any number reads.
    Channel,
    /// One principal's notes to self.
    Notes,
    /// One principal's account log; no person sees it as a conversation.
    Account,
}

impl Kind {
    /// Whether it has roles, settings and comings and goings.
    pub fn has_members_to_manage(self) -> bool {
        matches!(self, Self::Group | Self::Channel)
    }

    /// The role of somebody who joins without being given one.
    pub fn joining_role(self) -> Role {
        match self {
            Self::Channel => Role::Reader,
            _ => Role::Member,
        }
    }
}

#[cfg(test)]
mod tests;
