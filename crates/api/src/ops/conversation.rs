use crate::{event::*, model::*};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// My conversations, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListConversations {
    /// Continues an earlier answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Most conversations (1 to 200).
    #[serde(default = "hundred")]
    pub limit: u32,
}

fn hundred() -> u32 {
    100
}

/// Makes a group or a channel; the asker becomes its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateConversation {
    /// `group` or `channel`.
    pub kind: ConversationKind,
    /// The name people see; 1 to 128 characters.
    pub name: String,
    /// What stands before the `@` of its address: 1 to 128 small letters, digits, dots, hyphens and
    /// underscores. Made of the name when absent. A name that another conversation has or had is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_name: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
    /// Who is in it from the start, as `name@domain`; up to 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// What newcomers see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryVisibility>,
    /// Chosen by the client; the same one makes no second conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ref: Option<String>,
}

/// The direct conversation with somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenDirect {
    /// Who, as `name@domain`.
    pub user: String,
}

/// My notes to self.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenNotes {}

/// One conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetConversation {
    /// The conversation.
    pub conversation: String,
}

/// Changes settings; absent fields stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSettings {
    /// The conversation.
    pub conversation: String,
    /// The name people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What newcomers see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryVisibility>,
    /// Seconds between two messages of one member; 0 is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_mode_s: Option<u32>,
    /// Whether nothing may be added any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// The least role for each permission that differs from the usual.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::unique::some_map")]
    pub permissions: Option<std::collections::BTreeMap<Permission, Role>>,
    /// Whether anybody who finds it in the directory joins at once; others ask first. Owners only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
    /// Whether it is found in the directory. Owners only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<bool>,
    /// After how many seconds new messages disappear; 0 lets them stay. What was said before stays as it is. In
    /// direct conversations and notes there is only this and `thread_display`, and either of the two changes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_after_s: Option<u32>,
    /// How clients show the messages of threads, those said before as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_display: Option<ThreadDisplay>,
}

/// My preferences for a conversation, all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPreferences {
    /// The conversation.
    pub conversation: String,
    /// No notifications.
    #[serde(default)]
    pub muted: bool,
    /// Listed first.
    #[serde(default)]
    pub favourite: bool,
    /// In the archive and not in the list, until something new is said; while it is muted also then.
    #[serde(default)]
    pub hidden: bool,
}

/// Changes my preferences for a conversation; absent fields stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePreferences {
    /// The conversation.
    pub conversation: String,
    /// No notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted: Option<bool>,
    /// Listed first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favourite: Option<bool>,
    /// In the archive and not in the list, until something new is said; while it is muted also then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
}

/// Keeps what I have not sent yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetDraft {
    /// The conversation.
    pub conversation: String,
    /// The text so far; empty clears it.
    pub text: String,
}

/// Says how far I have read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// The conversation.
    pub conversation: String,
    /// The last place I have read.
    pub seq: u64,
}

/// Makes a place and all after it unread for me again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkUnread {
    /// The conversation.
    pub conversation: String,
    /// The first place that is to be unread; changes nothing where it is unread already.
    pub seq: u64,
}

/// Says how far this device has received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkDelivered {
    /// The conversation.
    pub conversation: String,
    /// The last place this device has.
    pub seq: u64,
}

/// Says that I am typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetTyping {
    /// The conversation.
    pub conversation: String,
    /// Typing, or no longer.
    pub active: bool,
}
