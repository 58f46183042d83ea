use crate::model::ConversationKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Public groups and channels, by address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDirectory {
    /// What name, topic or address contain; everything when empty. Up to 128 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// Continues an earlier answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Most entries (1 to 100). A page may have fewer and still be followed by another.
    #[serde(default = "fifty")]
    pub limit: u32,
}

fn fifty() -> u32 {
    50
}

/// What everybody on this server may know of a public group or channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DirectoryEntry {
    /// The conversation.
    pub conversation: String,
    /// Its address, `name@groups.domain`.
    pub address: String,
    /// What kind.
    pub kind: ConversationKind,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub topic: String,
    /// How many members there are.
    pub members_count: u64,
    /// Whether a moderator has to say yes.
    pub needs_approval: bool,
}

/// Joins a public group or channel, or asks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinListed {
    /// The conversation.
    pub conversation: String,
}
