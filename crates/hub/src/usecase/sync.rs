use super::mark_read::RECEIPT_MEMBERS_MAX;
use crate::{
    Caller, Hub, HubError,
    ports::{FoldedEvent, Mark, MembershipRange, MembershipRow, Place, ReceiptRow},
};
use parlance_core::{
    Rejection,
    conversation::Kind,
    event::Offset,
    id::{ConversationId, Epoch, Seq},
};
use std::collections::HashMap;

/// Where a client stands and what it wants to have.
#[derive(Clone, Debug, Default)]
pub struct SyncRequest {
    /// The mark up to which it knows everything.
    pub since: Option<Mark>,
    /// Where it stands in conversations of which it keeps events.
    pub positions: HashMap<ConversationId, Position>,
    /// Most events per conversation.
    pub window: usize,
    /// Most conversations.
    pub limit: usize,
    /// Continues an earlier answer.
    pub cursor: Option<SyncCursor>,
}

/// Where an answer in several pages continues.
///
/// Pages go from the newest conversation to the oldest. One in which something happens meanwhile
/// moves to the front, where no later page would have it; so the last page is followed by those
/// that changed since the first, until they fit in one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncCursor {
    /// What changed after this is asked for; everything when absent.
    pub since: Option<Offset>,
    /// Where the store stood at the first page.
    pub mark: Mark,
    /// The last conversation that was given; absent where the newest are looked at again.
    pub before: Option<Offset>,
}

/// A place in the life of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The life of the log.
    pub epoch: Epoch,
    /// The newest known place, with everything before it.
    pub seq: Seq,
}

/// What changed, newest conversations first.
#[derive(Clone, Debug)]
pub struct SyncedPage {
    /// The conversations.
    pub conversations: Vec<SyncedConversation>,
    /// Conversations the client is no longer in; not on every page.
    pub gone: Vec<ConversationId>,
    /// Whether everything the client knew before must be forgotten.
    pub reset: bool,
    /// Ask with this to continue.
    pub next: Option<SyncCursor>,
    /// The mark to say next time, once there is nothing to continue with.
    pub mark: Mark,
}

/// One conversation with the events that were asked for.
#[derive(Clone, Debug)]
pub struct SyncedConversation {
    /// The conversation as the caller sees it.
    pub row: MembershipRow,
    /// The newest events, oldest first.
    pub events: Vec<FoldedEvent>,
    /// Places the client misses below `events`, both included.
    pub hole: Option<(Seq, Seq)>,
    /// How far others have received and read, where there are few enough.
    pub receipts: Vec<ReceiptRow>,
    /// Whether a direct conversation waits for the caller's answer.
    pub is_request: bool,
}

impl Hub {
    /// What changed since a mark.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn sync(&self, caller: Caller, request: SyncRequest) -> Result<SyncedPage, HubError> {
        let (SyncCursor { since, mark, before }, reset) = self.place_of(&request).await?;
        let range = MembershipRange { changed_after: since, before, limit: request.limit };
        let rows = self.world.store.memberships(caller.who, range).await?;
        let next = match rows.last().filter(|_| rows.len() == request.limit) {
            Some(last) => Some(SyncCursor { since, mark, before: Some(last.head_offset) }),
            None if before.is_some() => self.look_again(caller, mark).await?,
            None => None,
        };
        let gone = match since.filter(|_| before.is_none()) {
            Some(since) => self.world.store.left_after(caller.who, since).await?,
            None => Vec::new(),
        };
        let mut conversations = Vec::with_capacity(rows.len());
        for row in rows {
            let position = request.positions.get(&row.conversation).copied().filter(|_| !reset);
            conversations.push(self.sync_conversation(caller, row, position, request.window).await?);
        }
        Ok(SyncedPage { conversations, gone, reset, next, mark })
    }

    /// What a request asks for, and whether the client has to forget what it knew.
    async fn place_of(&self, request: &SyncRequest) -> Result<(SyncCursor, bool), HubError> {
        let mark = self.world.store.mark().await?;
        let is_known = |known: Mark| known.life == mark.life && known.offset <= mark.offset;
        Ok(match request.cursor {
            Some(cursor) if !is_known(cursor.mark) => (SyncCursor { since: None, mark, before: None }, true),
            Some(cursor) if cursor.before.is_some() => (cursor, false),
            Some(cursor) => (SyncCursor { mark, ..cursor }, false),
            None => {
                let since = request.since.filter(|since| is_known(*since)).map(|since| since.offset);
                let reset = request.since.is_some() && since.is_none();
                (SyncCursor { since, mark, before: None }, reset)
            }
        })
    }

    /// Whether something changed while pages were read.
    async fn look_again(&self, caller: Caller, mark: Mark) -> Result<Option<SyncCursor>, HubError> {
        let since = Some(mark.offset);
        let range = MembershipRange { changed_after: since, before: None, limit: 1 };
        let changed = self.world.store.memberships(caller.who, range).await?;
        Ok((!changed.is_empty()).then_some(SyncCursor { since, mark, before: None }))
    }

    /// The caller's conversations as they see them, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn memberships(&self, caller: Caller, limit: usize) -> Result<Vec<MembershipRow>, HubError> {
        let range = MembershipRange { changed_after: None, before: None, limit };
        Ok(self.world.store.memberships(caller.who, range).await?)
    }

    /// One conversation as the caller sees it, with its newest event.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn conversation(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<SyncedConversation, HubError> {
        let row = self.world.store.membership(caller.who, conversation).await?;
        let row = row.ok_or(Rejection::ConversationNotFound)?;
        self.sync_conversation(caller, row, None, 1).await
    }

    async fn sync_conversation(
        &self,
        caller: Caller,
        row: MembershipRow,
        position: Option<Position>,
        window: usize,
    ) -> Result<SyncedConversation, HubError> {
        let known = position.filter(|position| position.epoch == row.epoch && position.seq <= row.head);
        let events = self.window(&row, known, window).await?;
        let first_wanted = known.map(|known| known.seq.next().max(row.visible_from));
        let first_given = events.first().map_or(row.head.next(), |item| item.event.seq);
        let hole = first_wanted
            .filter(|wanted| *wanted < first_given)
            .map(|wanted| (wanted, Seq(first_given.0 - 1)));
        let receipts = match row.members_count <= RECEIPT_MEMBERS_MAX as u64 && row.members_count > 1 {
            true => self.receipts_for(caller, row.conversation).await?,
            false => Vec::new(),
        };
        let peer = row.peer.filter(|_| row.kind == Kind::Direct);
        let is_request = self.waits_for_answer(caller.who, peer, row.conversation).await?;
        Ok(SyncedConversation { row, events, hole, receipts, is_request })
    }

    async fn window(
        &self,
        row: &MembershipRow,
        known: Option<Position>,
        window: usize,
    ) -> Result<Vec<FoldedEvent>, HubError> {
        let missing = known.map_or(u64::MAX, |known| row.head.0 - known.seq.0);
        let limit = window.min(usize::try_from(missing).unwrap_or(usize::MAX));
        if limit == 0 {
            return Ok(Vec::new());
        }
        // Nothing beyond what the row says: its reader may have been removed since.
        let newest = Place::Before(row.head.next());
        let page = self.world.store.page(row.conversation, row.visible_from, newest, limit).await?;
        Ok(self.left_of(page))
    }
}
