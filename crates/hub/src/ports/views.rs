use super::StoreError;
use async_trait::async_trait;
use parlance_core::{
    account::{Contact, Preferences},
    arrangement::Arrangement,
    body::Body,
    conversation::{Kind, Role, Settings},
    count::Counts,
    event::{Event, Offset},
    fold::Fold,
    id::{ConversationId, DeviceId, Epoch, PrincipalId, Seq, UnixMillis},
};
use std::sync::Arc;

/// What people see: rows folded from the logs in the same transaction, rebuildable from them.
#[async_trait]
pub trait Views: Send + Sync {
    /// Somebody's conversations (no account logs), newest first.
    async fn memberships(
        &self,
        who: PrincipalId,
        range: MembershipRange,
    ) -> Result<Vec<MembershipRow>, StoreError>;

    /// One of somebody's conversations; `None` for those who are not in it.
    async fn membership(
        &self,
        who: PrincipalId,
        conversation: ConversationId,
    ) -> Result<Option<MembershipRow>, StoreError>;

    /// How many conversations somebody is in (account logs are none).
    async fn conversations_count(&self, who: PrincipalId) -> Result<usize, StoreError>;

    /// Conversations somebody left (or was removed from) after an offset and is not in now.
    async fn left_after(&self, who: PrincipalId, offset: Offset) -> Result<Vec<ConversationId>, StoreError>;

    /// A run of events with their folds, oldest first, none before `visible_from`.
    async fn page(
        &self,
        conversation: ConversationId,
        visible_from: Seq,
        place: Place,
        limit: usize,
    ) -> Result<Vec<FoldedEvent>, StoreError>;

    /// Every body a message has had, oldest first; empty when it was deleted.
    async fn edits(
        &self,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<Vec<(UnixMillis, Body)>, StoreError>;

    /// The pinned messages, newest pin first.
    async fn pins(&self, conversation: ConversationId) -> Result<Vec<FoldedEvent>, StoreError>;

    /// The messages of a thread after a place, oldest first.
    async fn thread(
        &self,
        conversation: ConversationId,
        root: Seq,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<FoldedEvent>, StoreError>;

    /// How far each member has received and read.
    async fn receipts(&self, conversation: ConversationId) -> Result<Vec<ReceiptRow>, StoreError>;

    /// Notes how far devices have received; never moves back, nor beyond the newest place. Durable,
    /// but not part of any log.
    async fn set_delivered(&self, delivered: Vec<Delivered>) -> Result<(), StoreError>;

    /// Somebody's direct conversations, newest first, in which the other one did something (comings and
    /// settings aside) after the last place that any of their devices has received or they have read;
    /// each with that place.
    async fn undelivered(
        &self,
        who: PrincipalId,
        limit: usize,
    ) -> Result<Vec<(ConversationId, Seq)>, StoreError>;

    /// Everybody about whom somebody keeps something.
    async fn contacts(&self, owner: PrincipalId) -> Result<Vec<ContactRow>, StoreError>;

    /// What somebody keeps about somebody else.
    async fn contact(&self, owner: PrincipalId, who: PrincipalId) -> Result<Option<ContactRow>, StoreError>;

    /// The place in somebody's account log where a contact was last removed (zero when none ever was), and
    /// everybody about whom they keep something; both of one moment.
    async fn address_book(&self, owner: PrincipalId) -> Result<(Seq, Vec<ContactRow>), StoreError>;

    /// How somebody has sorted their conversations.
    async fn arrangement(&self, owner: PrincipalId) -> Result<Arrangement, StoreError>;

    /// Whether one has blocked the other, in either direction.
    async fn is_blocked(&self, one: PrincipalId, other: PrincipalId) -> Result<bool, StoreError>;

    /// Those of `others` who share a conversation with `who`.
    async fn acquainted(
        &self,
        who: PrincipalId,
        others: &[PrincipalId],
    ) -> Result<Vec<PrincipalId>, StoreError>;
}

/// Which of somebody's conversations.
#[derive(Clone, Copy, Debug)]
pub struct MembershipRange {
    /// Only those in which something happened after this: an event, or a change of one's own
    /// (read position, draft, preferences).
    pub changed_after: Option<Offset>,
    /// Only those whose newest event is before this one, to continue a list.
    pub before: Option<Offset>,
    /// Most rows.
    pub limit: usize,
}

/// A conversation as one member sees it. Who comes back begins with a new row: read up to the
/// place of joining, no draft, usual preferences.
#[derive(Clone, Debug, PartialEq)]
pub struct MembershipRow {
    /// The conversation.
    pub conversation: ConversationId,
    /// What kind.
    pub kind: Kind,
    /// Name, topic and the like.
    pub settings: Settings,
    /// The life of the log.
    pub epoch: Epoch,
    /// The newest place.
    pub head: Seq,
    /// The newest event's offset.
    pub head_offset: Offset,
    /// The newest event's time.
    pub changed_at: UnixMillis,
    /// How many members there are.
    pub members_count: u64,
    /// The other one of a direct conversation.
    pub peer: Option<PrincipalId>,
    /// The role.
    pub role: Role,
    /// The first visible place.
    pub visible_from: Seq,
    /// Read up to here; moves back when something is marked as unread.
    pub read: Seq,
    /// What waits to be read, as `parlance_core::count` counts it (never below `visible_from`).
    pub counts: Counts,
    /// One's own preferences.
    pub preferences: Preferences,
    /// One's own draft; empty when there is none.
    pub draft: String,
}

/// Where a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The newest events.
    Newest,
    /// The nearest events before this place.
    Before(Seq),
    /// The nearest events after this place.
    After(Seq),
    /// The first events at or after this moment.
    FromTime(UnixMillis),
}

/// An event with what has become of it. The event's own body is the first one; the newest stands
/// in the fold.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldedEvent {
    /// The event.
    pub event: Arc<Event>,
    /// What has become of it, for messages of which something has.
    pub fold: Option<Fold>,
}

/// How far a member has received and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Who.
    pub who: PrincipalId,
    /// Up to here on at least one of their devices.
    pub delivered: Seq,
    /// Read up to here at some time; marking something as unread changes nothing.
    pub read: Seq,
}

/// How far a device has received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The conversation.
    pub conversation: ConversationId,
    /// Whose device.
    pub who: PrincipalId,
    /// The device.
    pub device: DeviceId,
    /// How far.
    pub seq: Seq,
}

/// Somebody in an address book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    /// Who.
    pub who: PrincipalId,
    /// What is kept about them.
    pub contact: Contact,
    /// The place of the newest change in the owner's account log.
    pub changed: Seq,
}
