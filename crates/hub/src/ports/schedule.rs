use super::StoreError;
use async_trait::async_trait;
use parlance_core::{
    body::Body,
    id::{ClientRef, ConversationId, DeviceId, EventId, PrincipalId, UnixMillis},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// Messages that people have written for a later time. They are in no log before they are sent, and nothing is
/// left of one that was sent or cancelled.
#[async_trait]
pub trait Schedule: Send + Sync {
    /// Keeps a message. What the same device keeps for the same conversation under the same reference is
    /// answered instead; `None` when its owner keeps as many as they may.
    async fn keep_scheduled(
        &self,
        scheduled: Scheduled,
        owner_max: usize,
    ) -> Result<Option<Scheduled>, StoreError>;

    /// All that somebody keeps, the next one first.
    async fn list_scheduled(&self, owner: PrincipalId) -> Result<Vec<Scheduled>, StoreError>;

    /// One of them.
    async fn find_scheduled(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
    ) -> Result<Option<Scheduled>, StoreError>;

    /// Changes one that is not being sent, and forgets why it could not be sent; `None` when there is none.
    async fn change_scheduled(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
        change: ScheduledChange,
    ) -> Result<Option<Scheduled>, StoreError>;

    /// Forgets one that is not being sent; it is answered, if there was one.
    async fn cancel_scheduled(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
    ) -> Result<Option<Scheduled>, StoreError>;

    /// Takes what is due and was not refused before, oldest first. Each is being sent from then on, and is taken
    /// again from `until` on unless it is settled.
    async fn claim_scheduled(
        &self,
        now: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Scheduled>, StoreError>;

    /// Takes one before its time, also one that was refused before; `None` when there is none, or it is being
    /// sent already.
    async fn claim_scheduled_now(
        &self,
        owner: PrincipalId,
        id: ScheduledId,
        now: UnixMillis,
        until: UnixMillis,
    ) -> Result<Option<Scheduled>, StoreError>;

    /// Forgets one that was sent, or notes why it was refused.
    async fn settle_scheduled(
        &self,
        id: ScheduledId,
        refused: Option<ScheduledRefusal>,
    ) -> Result<(), StoreError>;

    /// Forgets all of somebody.
    async fn erase_scheduled(&self, owner: PrincipalId) -> Result<(), StoreError>;
}

/// The name of a message that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScheduledId(pub Uuid);

impl fmt::Display for ScheduledId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_simple().fmt(f)
    }
}

impl FromStr for ScheduledId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self)
    }
}

/// A message that waits until it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// Its name.
    pub id: ScheduledId,
    /// Who has written it.
    pub owner: PrincipalId,
    /// With which device; it is sent as if by this one.
    pub device: DeviceId,
    /// Where it is sent to.
    pub conversation: ConversationId,
    /// The reference it is sent under, so that it is sent once.
    pub client_ref: ClientRef,
    /// When.
    pub due_at: UnixMillis,
    /// What is sent.
    pub message: ScheduledMessage,
    /// What has become of it so far.
    pub state: ScheduledState,
}

/// What is sent at a later time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledMessage {
    /// What to say.
    pub body: Body,
    /// The message this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<EventId>,
    /// The first message of the thread this one belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<EventId>,
}

/// What has become of a message that was written for later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduledState {
    /// It waits for its time.
    Waiting,
    /// It is being sent.
    Sending,
    /// It was refused when its time came, and waits for its owner.
    Refused(ScheduledRefusal),
}

/// Why a message could not be sent when its time came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduledRefusal {
    /// Its owner is not in the conversation any more.
    NotThere,
    /// Its owner's role does not allow it any more.
    Forbidden,
    /// The conversation is archived.
    Archived,
    /// One of the two has blocked the other.
    Blocked,
    /// It is longer than messages may be by now.
    TooLong,
    /// Its owner's account is switched off.
    AccountDisabled,
    /// Something else about it is not allowed.
    Invalid,
}

/// A change of a message that waits; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScheduledChange {
    /// What to say.
    pub body: Option<Body>,
    /// When.
    pub due_at: Option<UnixMillis>,
}
