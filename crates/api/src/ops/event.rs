use crate::event::{Body, Event};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Sends a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// The conversation.
    pub conversation: String,
    /// Chosen by the client, unique per device; 1 to 64 printable ASCII characters. Repeating a
    /// request with the same one answers with the same event and makes no second message.
    pub client_ref: String,
    /// What to say.
    pub body: Body,
    /// The message this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The first message of the thread this one belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Asks a question: `body` is then its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<NewPoll>,
    /// Asks each other member to confirm the message.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_acknowledgement: bool,
    /// The message to forward, which the sender must be able to read; `body` may then be an empty
    /// text, and the body of that message is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward: Option<ForwardFrom>,
}

/// The options of a question. It cannot be edited, and forwarding it passes on its text alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPoll {
    /// What can be chosen: at least 2, at most `limits.poll_options_max`, each of 1 to 100 characters and only
    /// once.
    pub options: Vec<String>,
    /// Whether one may choose several.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// Whether nobody is told who chose what.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    /// When it takes no more votes (RFC 3339); a moment to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<String>,
}

/// Chooses in a poll, in the place of what I had chosen there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CastVote {
    /// The conversation.
    pub conversation: String,
    /// The poll.
    pub event: String,
    /// The numbers of the options, from 0; none takes my choice back.
    pub options: Vec<u32>,
    /// As in [`Send`]; made up by the server when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ref: Option<String>,
}

/// Closes a poll before its time: its author, or who moderates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosePoll {
    /// The conversation.
    pub conversation: String,
    /// The poll.
    pub event: String,
    /// As in [`Send`]; made up by the server when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ref: Option<String>,
}

/// Confirms a message that asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledge {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
    /// As in [`Send`]; made up by the server when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ref: Option<String>,
}

/// Who has confirmed a message and who has not: for its author, and for who moderates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAcknowledgements {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
}

/// Who has confirmed a message and who has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acknowledgements {
    /// How many members have not.
    pub missing_count: u64,
    /// The first of them (up to 200), as `name@domain`.
    pub missing: Vec<String>,
    /// How many people have.
    pub confirmed_count: u64,
    /// The first of them (up to 200), as `name@domain`.
    pub confirmed: Vec<String>,
}

/// A message to forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForwardFrom {
    /// Where it is.
    pub conversation: String,
    /// Which one.
    pub event: String,
}

/// Where the event has its place. It is on disk when this is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sent {
    /// The event's id.
    pub event_id: String,
    /// The life of the log.
    pub epoch: u64,
    /// The place in the conversation.
    pub seq: u64,
    /// When, by the server's clock.
    pub at: String,
}

/// Events before, after or around a place; without a place the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListEvents {
    /// The conversation.
    pub conversation: String,
    /// Only events before this place, the nearest ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// Only events after this place, the nearest ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Events on both sides of this place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<u64>,
    /// Events from this moment on (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_time: Option<String>,
    /// Most events (1 to 200).
    #[serde(default = "fifty")]
    pub limit: u32,
}

fn fifty() -> u32 {
    50
}

/// A run of events, oldest first, without a gap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventPage {
    /// The life of the log.
    pub epoch: u64,
    /// The events.
    pub items: Vec<Event>,
    /// Whether there are older ones the reader may see.
    pub has_before: bool,
    /// Whether there are newer ones.
    pub has_after: bool,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetEvent {
    /// The conversation.
    pub conversation: String,
    /// The event.
    pub event: String,
}

/// Replaces the body of a message of mine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
    /// Its new body.
    pub body: Body,
    /// As in [`Send`]; made up by the server when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ref: Option<String>,
}

/// Every body a message has had, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListEdits {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
}

/// A body a message has had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EditedBody {
    /// When it was written.
    pub at: String,
    /// What it said.
    pub body: Body,
}

/// Deletes a message for everyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteEvent {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
    /// As in [`Send`]; made up by the server when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ref: Option<String>,
}

/// Puts an emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct React {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
    /// The emoji; up to 64 bytes.
    pub emoji: String,
    /// As in [`Send`]; made up by the server when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ref: Option<String>,
}

/// Takes an emoji away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unreact {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
    /// The emoji.
    pub emoji: String,
    /// As in [`Send`]; made up by the server when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ref: Option<String>,
}

/// Pins a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
}

/// Unpins a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unpin {
    /// The conversation.
    pub conversation: String,
    /// The message.
    pub event: String,
}

/// The pinned messages, newest pin first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListPins {
    /// The conversation.
    pub conversation: String,
}

/// The messages of a thread, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListThread {
    /// The conversation.
    pub conversation: String,
    /// The first message of the thread.
    pub event: String,
    /// Only messages after this place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Most messages (1 to 200).
    #[serde(default = "fifty")]
    pub limit: u32,
}

/// How far the other members have received and read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListReceipts {
    /// The conversation.
    pub conversation: String,
}
