use crate::{
    Caller, Hub, HubError,
    ports::{FoldedEvent, Place, ReceiptRow},
};
use parlance_core::{
    Rejection,
    body::Body,
    event::{Content, Event},
    id::{ConversationId, Epoch, EventId, Seq, UnixMillis},
};
use std::sync::Arc;

/// A run of events, oldest first, without a gap.
#[derive(Clone, Debug)]
pub struct History {
    /// The life of the log.
    pub epoch: Epoch,
    /// The events.
    pub items: Vec<FoldedEvent>,
    /// Whether there are older ones the reader may see.
    pub has_before: bool,
    /// Whether there are newer ones.
    pub has_after: bool,
}

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryPlace {
    /// On one side of a place, or at a moment.
    At(Place),
    /// On both sides of a place.
    Around(Seq),
}

impl Hub {
    /// Reads events on one side of a place, or around it.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn history(
        &self,
        caller: Caller,
        conversation: ConversationId,
        place: HistoryPlace,
        limit: usize,
    ) -> Result<History, HubError> {
        let (visible_from, epoch) = self.reader(caller, conversation).await?;
        let store = &self.world.store;
        let mut items = match place {
            HistoryPlace::At(place) => store.page(conversation, visible_from, place, limit).await?,
            HistoryPlace::Around(seq) => {
                let older = Place::Before(seq.next());
                let mut items = store.page(conversation, visible_from, older, limit.div_ceil(2)).await?;
                let newer_limit = limit - items.len();
                items.extend(store.page(conversation, visible_from, Place::After(seq), newer_limit).await?);
                items
            }
        };
        let (head, visible_from) = self.keep_visible(caller, conversation, &mut items).await?;
        let first = items.first().map(|item| item.event.seq);
        let last = items.last().map(|item| item.event.seq);
        let is_before = matches!(place, HistoryPlace::At(Place::Before(_)));
        let has_visible = head >= visible_from;
        Ok(History {
            epoch,
            items,
            has_before: first.map_or(!is_before && has_visible, |seq| seq > visible_from),
            has_after: last.map_or(is_before && has_visible, |seq| seq < head),
        })
    }

    /// One event with what has become of it.
    ///
    /// # Errors
    /// `ConversationNotFound`, `EventNotFound`.
    pub async fn visible_event(
        &self,
        caller: Caller,
        conversation: ConversationId,
        id: EventId,
    ) -> Result<FoldedEvent, HubError> {
        let event = self.visible_log_event(caller, conversation, id).await?;
        let place = Place::After(Seq(event.seq.0 - 1));
        let page = self.world.store.page(conversation, Seq(1), place, 1).await?;
        let found = page.into_iter().next().ok_or(Rejection::EventNotFound)?;
        Ok(self.left_of_one(found))
    }

    /// One event as it is in the log.
    pub(crate) async fn visible_log_event(
        &self,
        caller: Caller,
        conversation: ConversationId,
        id: EventId,
    ) -> Result<Arc<Event>, HubError> {
        self.reader(caller, conversation).await?;
        let found = self.world.store.find_event(conversation, id).await?;
        let seq = found.as_ref().map_or(Seq::ZERO, |event| event.seq);
        self.head_at_least(caller, conversation, seq).await?;
        let (visible_from, _) = self.reader(caller, conversation).await?;
        let event = found.filter(|event| event.seq >= visible_from).ok_or(Rejection::EventNotFound)?;
        Ok(self.left_of_event(&event))
    }

    /// Every body a message has had, oldest first.
    ///
    /// # Errors
    /// `ConversationNotFound`, `EventNotFound`.
    pub async fn edits(
        &self,
        caller: Caller,
        conversation: ConversationId,
        id: EventId,
    ) -> Result<Vec<(UnixMillis, Body)>, HubError> {
        let event = self.visible_log_event(caller, conversation, id).await?;
        let bodies = self.world.store.edits(conversation, event.seq).await?;
        let is_gone = self.left_of_event(&event).content == Content::Deleted;
        Ok(if is_gone { Vec::new() } else { bodies })
    }

    /// The pinned messages, newest pin first.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn pins(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Vec<FoldedEvent>, HubError> {
        self.reader(caller, conversation).await?;
        let mut pins = self.world.store.pins(conversation).await?;
        self.keep_visible(caller, conversation, &mut pins).await?;
        pins.retain(|pin| pin.event.content != Content::Deleted);
        Ok(pins)
    }

    /// The messages of a thread after a place.
    ///
    /// # Errors
    /// `ConversationNotFound`, `EventNotFound`.
    pub async fn thread(
        &self,
        caller: Caller,
        conversation: ConversationId,
        root: EventId,
        after: Seq,
        limit: usize,
    ) -> Result<History, HubError> {
        let (_, epoch) = self.reader(caller, conversation).await?;
        let root = self.visible_log_event(caller, conversation, root).await?;
        let mut items = self.world.store.thread(conversation, root.seq, after, limit + 1).await?;
        let has_after = items.len() > limit;
        items.truncate(limit);
        self.keep_visible(caller, conversation, &mut items).await?;
        items.retain(|item| item.event.content != Content::Deleted);
        Ok(History { epoch, items, has_before: after > Seq::ZERO, has_after })
    }

    /// How far the members have received and read, as far as they show it.
    ///
    /// # Errors
    /// `ConversationNotFound`.
    pub async fn receipts(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Vec<ReceiptRow>, HubError> {
        self.reader(caller, conversation).await?;
        self.receipts_for(caller, conversation).await
    }

    /// The same for somebody who is known to be in it.
    pub(crate) async fn receipts_for(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<Vec<ReceiptRow>, HubError> {
        self.flush_delivered().await?;
        let mut rows = self.world.store.receipts(conversation).await?;
        rows.retain(|row| row.who != caller.who);
        self.meet(rows.iter().map(|row| row.who)).await?;
        for row in &mut rows {
            if !self.known_person(row.who).is_some_and(|person| person.privacy.show_read) {
                row.read = Seq::ZERO;
            }
        }
        Ok(rows)
    }

    /// Leaves what the caller may see now that it has been read: memory may have been behind the
    /// store, and the caller removed meanwhile. Answers with the end and the first visible place.
    async fn keep_visible(
        &self,
        caller: Caller,
        conversation: ConversationId,
        items: &mut Vec<FoldedEvent>,
    ) -> Result<(Seq, Seq), HubError> {
        let newest = items.iter().map(|item| item.event.seq).max().unwrap_or_default();
        let head = self.head_at_least(caller, conversation, newest).await?;
        let (visible_from, _) = self.reader(caller, conversation).await?;
        items.retain(|item| item.event.seq >= visible_from);
        *items = self.left_of(std::mem::take(items));
        Ok((head, visible_from))
    }

    /// The first place a member may see.
    pub(crate) async fn reader(
        &self,
        caller: Caller,
        conversation: ConversationId,
    ) -> Result<(Seq, Epoch), HubError> {
        let room = self.room_with(caller, conversation).await?;
        Ok(room.with(|state| state.member(caller.who).map(|member| (member.visible_from, state.epoch)))?)
    }
}
