use parlance_client::api::ops::NewPoll;
use serde::Deserialize;
use serde_json::Value;

/// One line of input.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    /// Comes back with the answer.
    #[serde(default)]
    pub(super) id: Value,
    #[serde(flatten)]
    pub(super) command: Command,
}

/// What can be asked. A conversation is named by its id, its title, or the address of a person.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Command {
    /// How the connection stands, and who one is.
    State,
    /// The list of conversations.
    Conversations,
    /// What is in memory of a conversation.
    Timeline { conversation: String },
    /// Sends a message; with `wait` the answer comes when the server has it.
    Send {
        conversation: String,
        text: String,
        #[serde(default)]
        reply_to: Option<String>,
        /// Options, which make the text the question of a poll.
        #[serde(default)]
        poll: Option<NewPoll>,
        /// Whether others are asked to acknowledge it.
        #[serde(default)]
        needs_acknowledgement: bool,
        #[serde(default)]
        wait: bool,
    },
    /// Replaces the text of a message, given by its event id or its seq.
    Edit { conversation: String, event: EventName, text: String },
    /// Deletes a message.
    Delete { conversation: String, event: EventName },
    /// Puts an emoji on a message.
    React { conversation: String, event: EventName, emoji: String },
    /// Takes an emoji away.
    Unreact { conversation: String, event: EventName, emoji: String },
    /// Chooses in a poll; without options takes the choice back.
    Vote { conversation: String, event: EventName, options: Vec<u32> },
    /// Closes a poll.
    ClosePoll { conversation: String, event: EventName },
    /// Confirms a message.
    Acknowledge { conversation: String, event: EventName },
    /// Says that everything up to `seq` was read; everything there is without it.
    MarkRead {
        conversation: String,
        #[serde(default)]
        seq: Option<u64>,
    },
    /// Makes `seq` and everything after it unread again.
    MarkUnread { conversation: String, seq: u64 },
    /// Says that one is typing, or no longer.
    Typing { conversation: String, active: bool },
    /// Keeps a draft.
    Draft { conversation: String, text: String },
    /// Opens the direct conversation with somebody.
    Direct { user: String },
    /// Makes a group.
    Group { name: String, members: Vec<String> },
    /// Finds messages.
    Search {
        query: String,
        #[serde(default)]
        conversation: Option<String>,
    },
    /// Brings in older events.
    LoadOlder { conversation: String },
    /// Brings in what is missing between the known events.
    Fill { conversation: String },
    /// What is not sent yet.
    Unsent,
    /// Tries again what failed.
    Retry { client_ref: String },
    /// Gives up what is not sent.
    Discard { client_ref: String },
    /// Waits until everything that is said holds.
    WaitFor(Box<Wait>),
    /// Ends the program.
    Quit,
}

/// An event, by its id or its place.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum EventName {
    Seq(u64),
    Id(String),
}

/// What to wait for.
#[derive(Debug, Deserialize)]
pub(super) struct Wait {
    /// Where; needed for what concerns a conversation.
    #[serde(default)]
    pub(super) conversation: Option<String>,
    /// A message with exactly this text.
    #[serde(default)]
    pub(super) text: Option<String>,
    /// The event at this place.
    #[serde(default)]
    pub(super) seq: Option<u64>,
    /// So many unread messages.
    #[serde(default)]
    pub(super) unread: Option<u64>,
    /// An outbox with so many actions.
    #[serde(default)]
    pub(super) unsent: Option<usize>,
    /// `online`, `offline`, …
    #[serde(default)]
    pub(super) connection: Option<String>,
    /// Somebody who is typing there.
    #[serde(default)]
    pub(super) typing: Option<String>,
    /// The message at this `receipt.seq` is `delivered` or `read`.
    #[serde(default)]
    pub(super) receipt: Option<WantedReceipt>,
    /// How long at most.
    #[serde(default = "ten_seconds")]
    pub(super) timeout_ms: u64,
}

/// How far a message of one's own has come.
#[derive(Debug, Deserialize)]
pub(super) struct WantedReceipt {
    pub(super) seq: u64,
    pub(super) state: String,
}

fn ten_seconds() -> u64 {
    10_000
}
