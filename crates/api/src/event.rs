//! Events of a conversation as they appear on the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One event of a conversation's log, with what has become of it.
///
/// In history the content is the folded one: an edited message carries its newest body, a
/// deleted one is of kind `deleted`. Pushed live, an event is as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// The conversation.
    pub conversation: String,
    /// The life of the log; another number means that an old copy must be thrown away.
    pub epoch: u64,
    /// The place in the conversation: dense, from 1.
    pub seq: u64,
    /// The event's id, the same in every protocol.
    pub event_id: String,
    /// The server's time, never earlier than that of the event before (RFC 3339, milliseconds).
    pub at: String,
    /// Who did it, as `name@domain`; empty for another person's vote in an anonymous poll.
    pub sender: String,
    /// The sender's own reference, by which a client finds its unsent line again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_ref: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub content: Content,
    /// What has become of a message; absent while nothing has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Fold>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub enum Content {
    /// Somebody said something. The only kind that counts as unread.
    Message(Message),
    /// The author replaced the body of a message.
    Edit {
        /// The message.
        target: String,
        /// Its new body.
        body: Body,
    },
    /// A message was deleted for everyone.
    Delete {
        /// The message.
        target: String,
    },
    /// What is left of a deleted message (history only).
    Deleted {},
    /// Somebody put an emoji on a message or took it away.
    Reaction {
        /// The message.
        target: String,
        /// The emoji.
        emoji: String,
        /// Put on (`true`) or taken away (`false`).
        added: bool,
    },
    /// A message was pinned or unpinned.
    Pin {
        /// The message.
        target: String,
        /// Pinned (`true`) or unpinned (`false`).
        pinned: bool,
    },
    /// Somebody chose in a poll, in the place of what they had chosen before.
    Vote {
        /// The poll.
        target: String,
        /// The numbers of the options, from 0; none takes the choice back.
        options: Vec<u32>,
        /// What the same person had chosen before. Whoever counts takes these away and adds the others.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        was: Vec<u32>,
    },
    /// A poll was closed before its time; later votes do not count.
    PollClosed {
        /// The poll.
        target: String,
    },
    /// Somebody confirmed a message that asks for it.
    Acknowledgement {
        /// The message.
        target: String,
        /// Whether the same person had done so before; then it counts for nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// Somebody came, went, or got another role.
    Membership {
        /// Whose membership changed, as `name@domain`.
        user: String,
        /// What changed.
        change: MembershipChange,
        /// The role after the change, for members.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<Role>,
    },
    /// The conversation's settings changed; absent fields stayed as they were.
    Settings(SettingsChange),
    /// Something that this protocol does not show, such as what only another protocol understands. It
    /// has its place in the order, and nothing else about it matters.
    Other {},
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// What was said.
    pub body: Body,
    /// The message this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The first message of the thread this one belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Where a forwarded message comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Forwarded>,
    /// When it was sent, for a message that was sent elsewhere and imported; absent for all others. Its place
    /// is behind what was here when it was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<String>,
    /// When it disappears. A client takes it away by itself then, also while it is offline; the server deletes
    /// it soon after, and tells it to nobody from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// What it asks, when it is a poll. The body says the same as text, for clients that know no polls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// Whether each other member is asked to confirm it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_acknowledgement: bool,
}

/// A question with options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Poll {
    /// What is asked.
    pub question: String,
    /// What can be chosen; votes name options by their place, from 0.
    pub options: Vec<String>,
    /// Whether one may choose several.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// Whether nobody is told who chose what. The server keeps who voted, so that each person has one vote:
    /// whoever can read its disk can find it out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    /// When it takes no more votes (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<String>,
}

/// What was said: readable text, or something only the receivers can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Body {
    /// Text with markdown.
    Text {
        /// Markdown source.
        text: String,
        /// Who is mentioned, and where.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Mention>,
    },
    /// Sealed content: the server checks scheme and size, nothing else.
    Opaque {
        /// The name of the sealing scheme.
        scheme: String,
        /// The sealed bytes, base64 (RFC 4648 section 4).
        payload: String,
    },
}

/// A mention inside a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mention {
    /// First code point (Unicode scalar value) of the range.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// Who: `name@domain`, or `everyone`, or `here` (members who are online).
    pub who: String,
}

/// Where a forwarded message comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Forwarded {
    /// Who wrote it first, as `name@domain`.
    pub sender: String,
    /// When it was first sent.
    pub at: String,
}

/// What has become of a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fold {
    /// When it was last edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<String>,
    /// The reactions, in the order in which they first appeared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// How many messages the thread below this one has.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub replies: u64,
    /// Whether it is pinned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// How a poll stands; absent while nobody has voted and it was not closed before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Tally>,
    /// Who confirmed it; absent while nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
    /// The place of the newest event that is in this fold (an edit, a reaction, a pin, a vote, an
    /// acknowledgement, a message of the thread). Whoever holds the fold adds only events after this place.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub changed_seq: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// One emoji on a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// How many people put it on.
    pub count: u64,
    /// The first of them (up to 20), as `name@domain`.
    pub users: Vec<String>,
    /// Whether the reader is one of them.
    pub mine: bool,
}

/// How a poll stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// The options, in their order.
    pub options: Vec<Choice>,
    /// How many people have voted.
    pub voters: u64,
    /// Whether it was closed before its time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

/// How one option of a poll stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// How many people chose it.
    pub count: u64,
    /// The first of them (up to 20), as `name@domain`; nobody in an anonymous poll.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// Whether the reader is one of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
}

/// Who confirmed a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acknowledged {
    /// How many people did.
    pub count: u64,
    /// Whether the reader is one of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
}

/// What changed about a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MembershipChange {
    /// Came in by themselves or was added.
    Joined,
    /// Left.
    Left,
    /// Was removed.
    Removed,
    /// Was removed and may not come back.
    Banned,
    /// May come back.
    Unbanned,
    /// Got another role or other permissions.
    Role,
    /// Asked to join.
    Requested,
    /// The request to join was declined or taken back.
    RequestClosed,
}

/// What a member may do; each role may all that the ones after it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May change everything, including roles.
    Owner,
    /// May remove people and messages, and answer requests.
    Moderator,
    /// May post.
    Member,
    /// May read.
    Reader,
}

/// How much newcomers see of what was said before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryVisibility {
    /// Everything.
    All,
    /// Only what comes after they joined.
    SinceJoined,
}

/// Things a role is needed for; the table can be changed per conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Send messages.
    Post,
    /// Send messages in threads. Where the conversation does not say otherwise, whoever may post.
    Comment,
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

/// A change of settings, and the settings themselves when every field is there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// The name people see; up to 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is about; up to 1,024 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What newcomers see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryVisibility>,
    /// Seconds a member waits between two messages; 0 turns slow mode off. At most 86,400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_mode_s: Option<u32>,
    /// Whether nothing may be added any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// The least role for each permission that differs from the usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<std::collections::BTreeMap<Permission, Role>>,
    /// Whether anybody who finds it in the directory joins at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
    /// Whether it is found in the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<bool>,
    /// After how many seconds new messages disappear; 0 lets them stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_after_s: Option<u32>,
    /// How clients show the messages of threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_display: Option<ThreadDisplay>,
}

/// How clients show the messages of threads. The events are the same in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThreadDisplay {
    /// Beside the conversation; there stands only how many they are.
    #[default]
    Threads,
    /// In the conversation, each with what it answers.
    Inline,
    /// The conversation is a list of its threads.
    Topics,
}
