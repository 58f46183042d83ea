use super::{FoldedEvent, StoreError};
use async_trait::async_trait;
use parlance_core::{
    event::{EventKinds, Offset},
    id::{ConversationId, EventId, PrincipalId, UnixMillis},
};

/// The logs as one, in the order of their commits: how protocols with one archive per person see them.
#[async_trait]
pub trait Archive: Send + Sync {
    /// The events of a range that somebody may see, oldest first; `None` when they are not in the
    /// conversation that is asked for. Account logs are no conversations.
    ///
    /// Reading costs as much as the answer is long, and a little for each conversation: logs are merged,
    /// and looked at only as far as they can still be part of the answer.
    async fn archive(
        &self,
        who: PrincipalId,
        scope: ArchiveScope,
        range: ArchiveRange,
    ) -> Result<Option<Vec<ArchivedEvent>>, StoreError>;

    /// Those of these events that somebody may see in a scope, in the order of their commits.
    async fn archived(
        &self,
        who: PrincipalId,
        scope: ArchiveScope,
        ids: &[EventId],
    ) -> Result<Vec<ArchivedEvent>, StoreError>;
}

/// Whose archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveScope {
    /// Somebody's own: all their direct conversations and their notes.
    Personal,
    /// That of one conversation.
    Conversation(ConversationId),
}

/// Which events.
#[derive(Clone, Copy, Debug)]
pub struct ArchiveRange {
    /// After this one.
    pub after: Option<Offset>,
    /// Before this one.
    pub before: Option<Offset>,
    /// At or after this moment.
    pub start: Option<UnixMillis>,
    /// At or before this moment.
    pub end: Option<UnixMillis>,
    /// Only these kinds, deleted ones among them.
    pub kinds: EventKinds,
    /// From which end.
    pub side: ArchiveSide,
    /// Most events.
    pub limit: usize,
}

/// From which end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveSide {
    /// The oldest.
    Oldest,
    /// The newest.
    Newest,
}

/// An event in an archive.
#[derive(Clone, Debug, PartialEq)]
pub struct ArchivedEvent {
    /// The event with what has become of it.
    pub folded: FoldedEvent,
    /// The other one of a direct conversation.
    pub peer: Option<PrincipalId>,
}
