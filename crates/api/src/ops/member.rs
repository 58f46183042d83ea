use crate::event::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The members, by address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListMembers {
    /// The conversation.
    pub conversation: String,
    /// Continues an earlier answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Most members (1 to 1,000).
    #[serde(default = "hundred")]
    pub limit: u32,
}

fn hundred() -> u32 {
    100
}

/// Adds somebody, or says yes to their request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    /// The conversation.
    pub conversation: String,
    /// Who, as `name@domain`.
    pub user: String,
    /// Their role; the usual one of the conversation when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// Gives a member another role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMember {
    /// The conversation.
    pub conversation: String,
    /// Who, as `name@domain`.
    pub user: String,
    /// Their new role.
    pub role: Role,
}

/// Leaves (with my own address), removes a member, or declines a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveMember {
    /// The conversation.
    pub conversation: String,
    /// Who, as `name@domain`.
    pub user: String,
}

/// Removes somebody for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BanMember {
    /// The conversation.
    pub conversation: String,
    /// Who, as `name@domain`.
    pub user: String,
}

/// Lets somebody come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnbanMember {
    /// The conversation.
    pub conversation: String,
    /// Who, as `name@domain`.
    pub user: String,
}

/// Who is banned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListBans {
    /// The conversation.
    pub conversation: String,
}

/// Who has asked to join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRequests {
    /// The conversation.
    pub conversation: String,
}
