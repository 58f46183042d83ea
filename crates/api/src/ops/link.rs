use crate::model::{Conversation, ConversationKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Makes an invite link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLink {
    /// The conversation.
    pub conversation: String,
    /// Seconds until it stops working (60 to 31,536,000); never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u32>,
    /// How many people it lets in (1 to 100,000); any number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// Whether a moderator has to say yes to each.
    #[serde(default)]
    pub needs_approval: bool,
}

/// The invite links that still work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListLinks {
    /// The conversation.
    pub conversation: String,
}

/// Ends an invite link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeLink {
    /// The conversation.
    pub conversation: String,
    /// The secret of the link.
    pub code: String,
}

/// Where an invite link leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookAtLink {
    /// The secret of the link.
    pub code: String,
}

/// What somebody sees who holds an invite link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LinkView {
    /// The conversation.
    pub conversation: String,
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

/// Joins by a link, or asks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinByLink {
    /// The secret of the link.
    pub code: String,
}

/// Whether one is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Joined {
    /// In.
    Member {
        /// The conversation.
        conversation: Box<Conversation>,
    },
    /// A moderator has to say yes first.
    Requested {
        /// The conversation's id.
        conversation: String,
    },
}
