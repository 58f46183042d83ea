//! People, devices, conversations and memberships as they appear on the wire.

use crate::event::{Event, HistoryVisibility, Permission, Role, ThreadDisplay};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Somebody who can be a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// `name@domain`, for ever.
    pub address: String,
    /// The name people see.
    pub display_name: String,
    /// What kind of somebody.
    pub kind: UserKind,
}

/// What kind of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// A human being.
    Person,
    /// A program.
    Bot,
    /// Somebody on another server.
    Remote,
}

/// The reader's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Me {
    /// Who.
    #[serde(flatten)]
    pub user: User,
    /// The device of this sign-in.
    pub device: String,
    /// Whether this account administers the server.
    pub admin: bool,
    /// Who may see what.
    pub privacy: Privacy,
}

/// Who may see what about me.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// Whether others see when I was last online.
    pub show_last_seen: bool,
    /// Whether others see how far I have read.
    pub show_read: bool,
}

/// One sign-in of one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    /// The device's id.
    pub device: String,
    /// A name people recognise.
    pub name: String,
    /// When it signed in.
    pub created_at: String,
    /// When it was last here.
    pub last_seen_at: String,
    /// Whether it is the one asking.
    pub current: bool,
}

/// A fresh sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignedIn {
    /// The secret for every further request; shown once.
    pub token: String,
    /// Who signed in.
    pub me: Me,
}

/// What kind of conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConversationKind {
    /// Exactly two people.
    Direct,
    /// Many people who all write.
    Group,
    /// Few write, many read.
    Channel,
    /// One person's notes to self.
    Notes,
}

/// A conversation as one member sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Conversation {
    /// The conversation's id.
    pub conversation: String,
    /// What kind.
    pub kind: ConversationKind,
    /// The address of a group or channel, `name@groups.domain`; the same in every protocol, and for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The other person of a direct conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<User>,
    /// Whether a direct conversation waits for the reader's answer: the other one is no contact, and the reader
    /// has said nothing in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_request: bool,
    /// Name, topic and the like.
    pub settings: Settings,
    /// The life of the log.
    pub epoch: u64,
    /// The newest place.
    pub head: u64,
    /// How many members there are.
    pub members_count: u64,
    /// The reader's membership.
    pub membership: Membership,
    /// How many messages wait to be read.
    pub unread: u64,
    /// How many of them mention the reader.
    pub mentions: u64,
    /// When the newest event happened.
    pub changed_at: String,
    /// How far others have received and read; direct conversations and groups of up to 20 only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// The newest events that were asked for, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// What the asker still misses below `events`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hole: Option<Hole>,
}

/// A range of events that was left out; fetch it when somebody looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hole {
    /// First missing place.
    pub from: u64,
    /// Last missing place.
    pub to: u64,
}

/// The settings of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// The name people see; empty in direct conversations.
    pub name: String,
    /// What it is about.
    pub topic: String,
    /// What newcomers see.
    pub history: HistoryVisibility,
    /// Seconds between two messages of one member; 0 is off.
    pub slow_mode_s: u32,
    /// Whether nothing may be added any more.
    pub archived: bool,
    /// The least role for each permission.
    pub permissions: std::collections::BTreeMap<Permission, Role>,
    /// Whether anybody who finds it in the directory joins at once; others ask first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
    /// Whether it is found in the directory.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// After how many seconds new messages disappear; absent when they stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_after_s: Option<u32>,
    /// How clients show the messages of threads; absent when beside the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_display: Option<ThreadDisplay>,
}

/// The reader's membership of a conversation, with what only their own devices know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Membership {
    /// The role.
    pub role: Role,
    /// The first place the reader may see.
    pub visible_from: u64,
    /// How far the reader has read; what comes after it counts as unread.
    pub read_seq: u64,
    /// The reader's own preferences.
    pub preferences: Preferences,
    /// What the reader has written and not sent; empty when there is nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub draft: String,
}

/// What one person wants of one conversation; the same on all their devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// No notifications.
    #[serde(default)]
    pub muted: bool,
    /// Listed first.
    #[serde(default)]
    pub favourite: bool,
    /// In the archive and not in the list, until something is said after `hidden_seq`; while it is muted also
    /// then.
    #[serde(default)]
    pub hidden: bool,
    /// The newest place when it was hidden; absent while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden_seq: Option<u64>,
}

/// A member as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// Who.
    pub user: User,
    /// Their role.
    pub role: Role,
    /// The place at which they joined.
    pub joined_seq: u64,
}

/// How far somebody has received and read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// The conversation.
    pub conversation: String,
    /// Who, as `name@domain`.
    pub user: String,
    /// Everything up to here reached at least one of their devices.
    pub delivered_seq: u64,
    /// Everything up to here was read; 0 when they do not show it.
    pub read_seq: u64,
}

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Here.
    Online,
    /// Here, but not looking.
    Away,
    /// Here, and not to be disturbed.
    DoNotDisturb,
    /// Seen by others as offline. Only ever sent, never received.
    Invisible,
    /// Not here.
    Offline,
}

/// Somebody's presence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Presence {
    /// Who, as `name@domain`.
    pub user: String,
    /// Whether they are there.
    pub availability: Availability,
    /// What they say about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// When they were last here, if they show it and are not here now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<String>,
}

/// Somebody in my address book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// Who.
    pub user: User,
    /// The name I gave them; empty when I gave none.
    pub alias: String,
    /// Whether I have blocked them.
    pub blocked: bool,
    /// Whether they are in my list of contacts; people whom I only block are not.
    pub listed: bool,
}

/// An invitation to this server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invitation {
    /// The secret of the link.
    pub code: String,
    /// The address to hand on.
    pub url: String,
    /// Who invites, as `name@domain`; absent for the first administrator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inviter: Option<String>,
    /// When it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// How many accounts it can still make.
    pub uses_left: u32,
}

/// A link that lets people into a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InviteLink {
    /// The secret of the link.
    pub code: String,
    /// The address to hand on.
    pub url: String,
    /// When it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// How many people it can still let in; absent when unbounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_left: Option<u32>,
    /// Whether a moderator has to say yes.
    pub needs_approval: bool,
}

/// One thing that changed in the reader's account, for their other devices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum AccountChange {
    /// A conversation was read up to here; moves `read_seq` on, never back.
    Read {
        /// The conversation.
        conversation: String,
        /// How far.
        read_seq: u64,
    },
    /// A conversation was marked as unread from a place on; moves `read_seq` back to the place before
    /// it, never on.
    Unread {
        /// The conversation.
        conversation: String,
        /// The first unread place.
        unread_from: u64,
    },
    /// A draft was written, or cleared when empty.
    Draft {
        /// The conversation.
        conversation: String,
        /// The text so far.
        text: String,
    },
    /// Preferences for a conversation.
    Preferences {
        /// The conversation.
        conversation: String,
        /// All of them, as they are now.
        preferences: Preferences,
    },
    /// A contact was added or changed.
    Contact(Contact),
    /// A contact was removed.
    ContactRemoved {
        /// Who, as `name@domain`.
        user: String,
    },
    /// Name, privacy or the like.
    Profile {
        /// The name people see.
        display_name: String,
        /// Who may see what.
        privacy: Privacy,
    },
    /// The list of devices changed.
    Devices {},
    /// What waits to be sent to a conversation at a later time changed; see `scheduled.list`.
    Scheduled {
        /// The conversation.
        conversation: String,
    },
    /// Folders or the order of favourites changed; see `arrangement.get`.
    Arrangement {},
}

/// What this server is, for somebody who has not signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerInfo {
    /// The domain of its addresses.
    pub domain: String,
    /// The program's version.
    pub version: String,
    /// How accounts are made.
    pub registration: Registration,
    /// The bounds clients should know.
    pub limits: ServerLimits,
}

/// How accounts are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// By administrators only.
    Closed,
    /// With an invitation.
    Invite,
    /// By anybody.
    Open,
}

/// The bounds clients should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerLimits {
    /// Largest text of a message, in bytes of UTF-8.
    pub body_bytes_max: u64,
    /// Largest request or frame, in bytes.
    pub request_bytes_max: u64,
    /// Most events in one page.
    pub page_events_max: u64,
    /// Most options of one poll.
    pub poll_options_max: u64,
}
