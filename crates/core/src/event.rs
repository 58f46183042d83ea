//! Events: what a log is made of.

use crate::{
    Rejection,
    account::AccountChange,
    body::Body,
    conversation::{Role, SettingsChange},
    id::{ClientRef, ConversationId, DeviceId, Epoch, EventId, PrincipalId, Seq, UnixMillis},
    poll::{Poll, Vote},
};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::sync::Arc;

/// One event at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The conversation.
    pub conversation: ConversationId,
    /// The life of the log.
    pub epoch: Epoch,
    /// The place, dense from 1.
    pub seq: Seq,
    /// The identity, the same in every protocol.
    pub id: EventId,
    /// Who did it.
    pub sender: PrincipalId,
    /// With which device; `None` for what the server did itself.
    pub device: Option<DeviceId>,
    /// The sender's own reference.
    pub client_ref: Option<ClientRef>,
    /// The server's time, never earlier than the predecessor's.
    pub at: UnixMillis,
    /// What happened.
    pub content: Content,
    /// What only one front end understands and gets back unchanged.
    pub extras: Option<Extras>,
    /// Where the event stands among everything the store has committed; grows, may have gaps.
    pub offset: Offset,
}

/// A place in the order in which a store commits, over all conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offset(pub u64);

/// Bytes that belong to one protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extras {
    /// Whose bytes they are: `xmpp`, `mqtt`, `sip`.
    pub front: SmolStr,
    /// The bytes, as that front end wrote them.
    pub payload: String,
}

impl Extras {
    /// Refuses what is larger than a body may be.
    ///
    /// # Errors
    /// `BodyTooLong`.
    pub fn check(&self, bytes_max: usize) -> Result<(), Rejection> {
        if self.payload.len() > bytes_max { Err(Rejection::BodyTooLong) } else { Ok(()) }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Somebody said something. The only kind that counts as unread.
    Message(Message),
    /// The author replaced the body of a message.
    Edit {
        /// The message.
        target: Target,
        /// Its new body.
        body: Body,
        /// When the message disappears, and this with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<UnixMillis>,
    },
    /// A message was deleted for everyone.
    Delete {
        /// The message.
        target: Target,
    },
    /// What is left of a deleted message, or of an edit of one, at its place.
    Deleted,
    /// An emoji was put on a message or taken away.
    Reaction {
        /// The message.
        target: Target,
        /// The emoji.
        emoji: SmolStr,
        /// Put on or taken away.
        added: bool,
    },
    /// A message was pinned or unpinned.
    Pin {
        /// The message.
        target: Target,
        /// Pinned or unpinned.
        pinned: bool,
    },
    /// Somebody chose in a poll, chose anew, or took their choice back.
    Vote {
        /// The poll.
        target: Target,
        /// What was chosen.
        vote: Vote,
    },
    /// A poll takes no more votes.
    PollClosed {
        /// The poll.
        target: Target,
    },
    /// Somebody confirmed a message that asks for it.
    Acknowledgement {
        /// The message.
        target: Target,
        /// Whether the same person had done so before. Given by the store together with the place, whatever
        /// the sender says.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// Somebody came, went, or got another role.
    Membership {
        /// Whose membership.
        who: PrincipalId,
        /// What changed.
        change: MembershipChange,
    },
    /// Settings changed.
    Settings(SettingsChange),
    /// Something in an account log.
    Account(AccountChange),
    /// Something that only one front end understands; all of it is in the extras.
    Foreign,
    /// What a newer version of Parlance has written and this one cannot read. It keeps its place, is
    /// shown to nobody, and is never written.
    #[serde(skip)]
    Unknown,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// What was said.
    pub body: Body,
    /// The message this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Target>,
    /// The first message of the thread this one belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Target>,
    /// Where a forwarded message comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Forwarded>,
    /// Where a message was before, when it was not sent here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// When it disappears. Given by the store together with its place, whatever the sender says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<UnixMillis>,
    /// What it asks, when it is a poll; the body says the same as text, for whoever knows no polls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Box<Poll>>,
    /// Whether each other member is asked to confirm it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_acknowledgement: bool,
}

impl Message {
    /// A message that is nothing but its body.
    pub fn plain(body: Body) -> Self {
        Self {
            body,
            reply_to: None,
            thread: None,
            forwarded: None,
            imported: None,
            expires_at: None,
            poll: None,
            needs_acknowledgement: false,
        }
    }
}

/// Another event of the same conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// Its place.
    pub seq: Seq,
    /// Its identity.
    pub id: EventId,
}

/// Where a forwarded message comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarded {
    /// Who wrote it first.
    pub sender: PrincipalId,
    /// When it was first sent.
    pub at: UnixMillis,
}

/// What another server, or an earlier life of this one, said of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The id it had there; empty when it had none.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub id: SmolStr,
    /// When it was sent. The event's own time is later when other events had to come before it.
    pub at: UnixMillis,
}

/// What changed about a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipChange {
    /// Came in or was added, with this role.
    Joined(Role),
    /// Left.
    Left,
    /// Was removed.
    Removed,
    /// Was removed and may not come back.
    Banned,
    /// May come back.
    Unbanned,
    /// Got another role.
    Role(Role),
    /// Asked to join.
    Requested,
    /// The request was declined or taken back.
    RequestClosed,
}

/// What kind of thing happened; stays when the content is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// [`Content::Message`].
    Message,
    /// [`Content::Edit`].
    Edit,
    /// [`Content::Delete`].
    Delete,
    /// [`Content::Reaction`].
    Reaction,
    /// [`Content::Pin`].
    Pin,
    /// [`Content::Vote`].
    Vote,
    /// [`Content::PollClosed`].
    PollClosed,
    /// [`Content::Acknowledgement`].
    Acknowledgement,
    /// [`Content::Membership`].
    Membership,
    /// [`Content::Settings`].
    Settings,
    /// [`Content::Account`].
    Account,
    /// [`Content::Foreign`].
    Foreign,
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventKinds(u16);

impl EventKinds {
    /// All kinds.
    pub const ALL: Self = Self(u16::MAX);

    /// These kinds.
    pub fn of(kinds: &[EventKind]) -> Self {
        Self(kinds.iter().fold(0, |set, kind| set | 1 << *kind as u16))
    }

    /// Whether a kind is among them.
    pub fn contains(self, kind: EventKind) -> bool {
        self.0 & 1 << kind as u16 != 0
    }
}

impl Content {
    /// What kind of thing happened; `None` for what was deleted and what this program does not know.
    pub fn kind(&self) -> Option<EventKind> {
        Some(match self {
            Self::Message(_) => EventKind::Message,
            Self::Edit { .. } => EventKind::Edit,
            Self::Delete { .. } => EventKind::Delete,
            Self::Deleted | Self::Unknown => return None,
            Self::Reaction { .. } => EventKind::Reaction,
            Self::Pin { .. } => EventKind::Pin,
            Self::Vote { .. } => EventKind::Vote,
            Self::PollClosed { .. } => EventKind::PollClosed,
            Self::Acknowledgement { .. } => EventKind::Acknowledgement,
            Self::Membership { .. } => EventKind::Membership,
            Self::Settings(_) => EventKind::Settings,
            Self::Account(_) => EventKind::Account,
            Self::Foreign => EventKind::Foreign,
        })
    }

    /// When what it says disappears.
    pub fn expires_at(&self) -> Option<UnixMillis> {
        match self {
            Self::Message(Message { expires_at, .. }) | Self::Edit { expires_at, .. } => *expires_at,
            _ => None,
        }
    }

    /// Gives what it says the time at which it disappears.
    pub fn set_expires_at(&mut self, at: Option<UnixMillis>) {
        match self {
            Self::Message(Message { expires_at, .. }) | Self::Edit { expires_at, .. } => *expires_at = at,
            _ => {}
        }
    }

    /// When a message disappears that is said at this moment where messages have this timer, in seconds. What
    /// was imported is not new.
    pub fn expiry(&self, at: UnixMillis, expire_after_s: u32) -> Option<UnixMillis> {
        let is_new = matches!(self, Self::Message(Message { imported: None, .. }));
        (is_new && expire_after_s > 0).then(|| at.plus_ms(u64::from(expire_after_s) * 1_000))
    }

    /// Whether it counts as unread.
    pub fn is_countable(&self) -> bool {
        matches!(self, Self::Message(_))
    }

    /// Whether it moves the rules version.
    pub fn changes_rules(&self) -> bool {
        matches!(self, Self::Membership { .. } | Self::Settings(_))
    }

    /// The message this is about, for kinds that are about one.
    pub fn target(&self) -> Option<Target> {
        match self {
            Self::Edit { target, .. }
            | Self::Delete { target }
            | Self::Reaction { target, .. }
            | Self::Pin { target, .. }
            | Self::Vote { target, .. }
            | Self::PollClosed { target }
            | Self::Acknowledgement { target, .. } => Some(*target),
            _ => None,
        }
    }
}

impl Event {
    /// When it was said or done, as far as anybody knows: of what was imported, when that was said first.
    pub fn said_at(&self) -> UnixMillis {
        match &self.content {
            Content::Message(Message { imported: Some(imported), .. }) => imported.at,
            _ => self.at,
        }
    }

    /// What is left of it at a moment: nothing of a message whose time has come.
    pub fn left_at(self: &Arc<Self>, now: UnixMillis) -> Arc<Self> {
        if self.content.expires_at().is_none_or(|at| at > now) {
            return Arc::clone(self);
        }
        Arc::new(Self { content: Content::Deleted, extras: None, ..Self::clone(self) })
    }

    /// This event as another one's target.
    pub fn as_target(&self) -> Target {
        Target { seq: self.seq, id: self.id }
    }
}
