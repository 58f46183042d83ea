use crate::{event::Event, model::User};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tells those who answer for this server, and for a conversation, about somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendReport {
    /// Whom it is about, as `name@domain`.
    pub user: String,
    /// Why.
    pub reason: ReportReason,
    /// What I say about it; up to 4,096 bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Messages of theirs that I can read; up to 100. Others are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageName>,
}

/// Which message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageName {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
}

/// Why somebody is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// Messages that nobody asked for.
    Spam,
    /// Everything else that should not be.
    Abuse,
}

/// What was reported about messages here, newest first. For moderators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListReports {
    /// The conversation.
    pub conversation: String,
}

/// What moderators see of a report; not by whom it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The name of the report.
    pub report: String,
    /// When it was made.
    pub at: String,
    /// Who wrote the messages.
    pub user: User,
    /// Why.
    pub reason: ReportReason,
    /// What the reporter says about it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Those of the messages that are here and can still be read.
    pub messages: Vec<Event>,
}

/// Takes a report off the list of a conversation; administrators keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissReport {
    /// The conversation.
    pub conversation: String,
    /// The name of the report.
    pub report: String,
}
