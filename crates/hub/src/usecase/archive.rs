use crate::{
    Caller, Hub, HubError,
    ports::{ArchiveRange, ArchiveScope, ArchiveSide, ArchivedEvent},
};
use parlance_core::{
    Rejection,
    event::{EventKinds, Offset},
    id::{ConversationId, EventId, PrincipalId, UnixMillis},
};

/// Most events of one page, and most that are asked for by id at once.
pub const ARCHIVE_EVENTS_MAX: usize = 1_000;

/// What to look for in an archive.
#[derive(Clone, Debug)]
pub struct ArchiveQuery {
    /// In one's own archive, only the conversation with this one; oneself for one's notes.
    pub with: Option<PrincipalId>,
    /// After all of these events.
    pub after: Vec<EventId>,
    /// Before all of these events.
    pub before: Vec<EventId>,
    /// At or after this moment.
    pub start: Option<UnixMillis>,
    /// At or before this moment.
    pub end: Option<UnixMillis>,
    /// Only these kinds.
    pub kinds: EventKinds,
    /// Whether the oldest of what fits are asked for or the newest.
    pub side: ArchiveSide,
    /// Most events; never more than [`ARCHIVE_EVENTS_MAX`].
    pub limit: usize,
}

/// Events of an archive, oldest first.
#[derive(Clone, Debug)]
pub struct ArchivePage {
    /// The events.
    pub items: Vec<ArchivedEvent>,
    /// Whether nothing more of what was asked for lies beyond, on the side to which one would go on.
    pub is_complete: bool,
}

/// One end of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveEnd {
    /// The event.
    pub id: EventId,
    /// Its time.
    pub at: UnixMillis,
}

impl ArchivePage {
    /// The oldest event of the page, before which older ones are asked for.
    pub fn first(&self) -> Option<EventId> {
        self.items.first().map(|item| item.folded.event.id)
    }

    /// The newest event of the page, after which newer ones are asked for.
    pub fn last(&self) -> Option<EventId> {
        self.items.last().map(|item| item.folded.event.id)
    }
}

impl Hub {
    /// A page of the caller's own archive, or of that of a conversation they are in, in the order in which
    /// the store committed.
    ///
    /// # Errors
    /// `ConversationNotFound`; `EventNotFound` when the event to continue from is not in this archive.
    ///
    /// # Source
    /// XEP-0313 (1.1.3) section 4.
    pub async fn archive(
        &self,
        caller: Caller,
        scope: ArchiveScope,
        query: ArchiveQuery,
    ) -> Result<ArchivePage, HubError> {
        self.check_archive(caller, scope).await?;
        let limit = query.limit.min(ARCHIVE_EVENTS_MAX);
        let range = ArchiveRange {
            after: self.places_in_archive(caller, scope, &query.after).await?.last().copied(),
            before: self.places_in_archive(caller, scope, &query.before).await?.first().copied(),
            start: query.start,
            end: query.end,
            kinds: query.kinds,
            side: query.side,
            limit: limit + 1,
        };
        let narrowed = match (scope, query.with) {
            (ArchiveScope::Personal, Some(with)) => {
                ArchiveScope::Conversation(ConversationId::between(caller.who, with))
            }
            _ => scope,
        };
        let found = self.world.store.archive(caller.who, narrowed, range).await?;
        let mut items = match (found, narrowed == scope) {
            (Some(items), _) => items,
            (None, true) => return Err(Rejection::ConversationNotFound.into()),
            // Nobody has said anything to the other one yet.
            (None, false) => Vec::new(),
        };
        self.leave_of(&mut items);
        let is_complete = items.len() <= limit;
        match query.side {
            ArchiveSide::Oldest => items.truncate(limit),
            ArchiveSide::Newest => drop(items.drain(..items.len().saturating_sub(limit))),
        }
        Ok(ArchivePage { items, is_complete })
    }

    /// These events of an archive, in the order in which the store committed.
    ///
    /// # Errors
    /// `ConversationNotFound`; `EventNotFound` when any of them is not in this archive; `InvalidValue` for
    /// more than [`ARCHIVE_EVENTS_MAX`].
    ///
    /// # Source
    /// XEP-0313 (1.1.3) section 4.1.3.
    pub async fn archive_events(
        &self,
        caller: Caller,
        scope: ArchiveScope,
        ids: &[EventId],
    ) -> Result<Vec<ArchivedEvent>, HubError> {
        self.check_archive(caller, scope).await?;
        if ids.len() > ARCHIVE_EVENTS_MAX {
            return Err(Rejection::InvalidValue("ids: at most 1,000").into());
        }
        let mut items = self.world.store.archived(caller.who, scope, ids).await?;
        self.leave_of(&mut items);
        let is_there = |id: &EventId| items.iter().any(|item| item.folded.event.id == *id);
        if ids.iter().all(is_there) { Ok(items) } else { Err(Rejection::EventNotFound.into()) }
    }

    /// The oldest and the newest event of these kinds in an archive; `None` when there is none.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    ///
    /// # Source
    /// XEP-0313 (1.1.3) section 5.
    pub async fn archive_ends(
        &self,
        caller: Caller,
        scope: ArchiveScope,
        kinds: EventKinds,
    ) -> Result<Option<(ArchiveEnd, ArchiveEnd)>, HubError> {
        let end_at = async |side| {
            let (with, after, before, start, end) = (None, Vec::new(), Vec::new(), None, None);
            let query = ArchiveQuery { with, after, before, start, end, kinds, side, limit: 1 };
            let page = self.archive(caller, scope, query).await?;
            let event = page.items.first().map(|item| &item.folded.event);
            Ok::<_, HubError>(event.map(|event| ArchiveEnd { id: event.id, at: event.at }))
        };
        Ok(end_at(ArchiveSide::Oldest).await?.zip(end_at(ArchiveSide::Newest).await?))
    }

    /// Takes the contents of messages away whose time has come.
    fn leave_of(&self, items: &mut [ArchivedEvent]) {
        for item in items {
            item.folded = self.left_of_one(item.folded.clone());
        }
    }

    /// Strangers do not learn whether a conversation exists.
    async fn check_archive(&self, caller: Caller, scope: ArchiveScope) -> Result<(), HubError> {
        match scope {
            ArchiveScope::Personal => Ok(()),
            ArchiveScope::Conversation(id) => self.room_with(caller, id).await.map(drop),
        }
    }

    /// Where these events are, in order.
    async fn places_in_archive(
        &self,
        caller: Caller,
        scope: ArchiveScope,
        ids: &[EventId],
    ) -> Result<Vec<Offset>, HubError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let items = self.archive_events(caller, scope, ids).await?;
        Ok(items.iter().map(|item| item.folded.event.offset).collect())
    }
}
