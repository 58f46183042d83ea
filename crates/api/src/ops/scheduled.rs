use crate::event::Body;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Keeps a message on the server and sends it at a later time. Only what could be sent now is kept; it is decided
/// again when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The conversation.
    pub conversation: String,
    /// As in [`Send`](super::Send). The message is sent under it, so repeating the request makes no second one.
    pub client_ref: String,
    /// What to say.
    pub body: Body,
    /// The message this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The first message of the thread this one belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// When (RFC 3339), up to a year ahead; what is over already is sent at once.
    pub due_at: String,
}

/// My messages that wait to be sent, the next one first; all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListScheduled {}

/// Changes a message of mine that waits; what is absent stays. One that was refused waits again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeScheduled {
    /// Which.
    pub scheduled: String,
    /// What to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// When (RFC 3339), up to a year ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
}

/// Forgets a message of mine that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelScheduled {
    /// Which.
    pub scheduled: String,
}

/// Sends a message of mine that waits, before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendScheduled {
    /// Which.
    pub scheduled: String,
}

/// A message that waits until it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scheduled {
    /// Its name while it waits; the event that it becomes has one of its own.
    pub scheduled: String,
    /// Where it is sent to.
    pub conversation: String,
    /// The reference it is sent under.
    pub client_ref: String,
    /// What to say.
    pub body: Body,
    /// The message this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The first message of the thread this one belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// When it is sent.
    pub due_at: String,
    /// What has become of it so far.
    pub state: ScheduledState,
    /// Why it could not be sent when its time came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<ScheduledRefusal>,
}

/// What has become of a message that was written for later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduledState {
    /// It waits for its time.
    Waiting,
    /// It is being sent, and cannot be changed or cancelled any more.
    Sending,
    /// It was refused when its time came. It stays until it is changed, sent or cancelled.
    Refused,
}

/// Why a message could not be sent when its time came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduledRefusal {
    /// I was not in the conversation any more.
    NotThere,
    /// My role did not allow it any more.
    Forbidden,
    /// The conversation was archived.
    Archived,
    /// One of us had blocked the other.
    Blocked,
    /// It was longer than messages may be by then.
    TooLong,
    /// My account was switched off.
    AccountDisabled,
    /// Something else about it was not allowed.
    Invalid,
}
