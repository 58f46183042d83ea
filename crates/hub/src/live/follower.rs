use super::{Connection, Entry, mailbox::Cursor, room::Tail};
use crate::HubError;
use parlance_core::{
    Rejection,
    conversation::Kind,
    event::{Content, Event, MembershipChange},
    id::{ConversationId, PrincipalId, Seq},
};
use std::sync::Arc;

/// Most events in one batch.
const BATCH_EVENTS_MAX: usize = 64;
/// Events looked through at once for somebody's leaving.
const LOOKED_THROUGH_AT_ONCE: usize = 500;

/// What to send next of one conversation.
pub struct Batch {
    /// What kind of conversation it is.
    pub kind: Kind,
    /// The events, by `seq`.
    pub entries: Vec<Arc<Entry>>,
}

impl Connection {
    /// Reads what this connection has not been sent of a conversation, as far as its owner may see
    /// it. When there is more than fits, the conversation is news again.
    ///
    /// # Errors
    /// When the store cannot be read; the conversation stays news.
    pub async fn read_news(&self, conversation: ConversationId) -> Result<Batch, HubError> {
        let result = self.read_batch(conversation).await;
        if result.is_err() {
            self.line.mailbox.news(conversation);
        }
        result
    }

    async fn read_batch(&self, conversation: ConversationId) -> Result<Batch, HubError> {
        // Not by `Hub::room`: account logs are followed like conversations.
        let room = self.hub.rooms.load(&*self.hub.world.store, conversation).await?;
        let room = room.ok_or(Rejection::ConversationNotFound)?;
        let kind = room.with(|state| state.kind);
        let cursor = match self.line.mailbox.cursor(conversation) {
            Some(cursor) => cursor,
            None => self.first_cursor(conversation).await?,
        };
        let mut entries = match room.after(cursor.seq, BATCH_EVENTS_MAX) {
            Tail::Events(entries) => entries,
            Tail::TooOld => self.read_entries(conversation, cursor.seq).await?,
        };
        // Looked at after the events were read, so that it knows of every departure among them.
        let (range, head) = room.with(|state| (state.visible_range(self.caller().who), state.head));
        let range = match range {
            None => self.find_last_stay(conversation, cursor, head).await?,
            known => known,
        };
        let Some((visible_from, until)) = range else { return Ok(Batch { kind, entries: Vec::new() }) };
        entries.retain(|entry| entry.event.seq <= head);
        let has_more = |reached: Seq| reached < head.min(until);
        match entries.last().map(|last| Cursor::at(&last.event)) {
            Some(reached) => self.line.mailbox.sent(conversation, reached, has_more(reached.seq)),
            None if has_more(cursor.seq) => self.line.mailbox.news(conversation),
            None => {}
        }
        entries.retain(|entry| (visible_from..=until).contains(&entry.event.seq));
        entries.iter_mut().for_each(|entry| self.leave_of(entry));
        Ok(Batch { kind, entries })
    }

    /// A message whose time has come is not told any more, even when it is still in memory.
    fn leave_of(&self, entry: &mut Arc<Entry>) {
        let event = self.hub.left_of_event(&entry.event);
        if !Arc::ptr_eq(&event, &entry.event) {
            *entry = Arc::new(Entry::new(event));
        }
    }

    /// Where the first news of a conversation begins on this connection.
    async fn first_cursor(&self, conversation: ConversationId) -> Result<Cursor, HubError> {
        let offset = self.line.mailbox.floor();
        let store = &*self.hub.world.store;
        let room = self.hub.rooms.load(store, conversation).await?;
        let seq = match room.and_then(|room| room.seq_at(offset)) {
            Some(seq) => seq,
            None => store.seq_at(conversation, offset).await?,
        };
        Ok(Cursor { seq, offset })
    }

    /// The places after a cursor that somebody may see who left while the room was not in memory:
    /// from where they stood, or came in since, to where they left. `None` for strangers.
    async fn find_last_stay(
        &self,
        conversation: ConversationId,
        cursor: Cursor,
        head: Seq,
    ) -> Result<Option<(Seq, Seq)>, HubError> {
        let left = self.hub.world.store.left_after(self.caller().who, cursor.offset).await?;
        if !left.contains(&conversation) {
            return Ok(None);
        }
        let (mut from, mut until, mut read) = (cursor.seq.next(), None, cursor.seq);
        while read < head {
            let events = self.hub.world.store.read_after(conversation, read, LOOKED_THROUGH_AT_ONCE).await?;
            let Some(last) = events.last() else { break };
            read = last.seq;
            for event in events.iter().filter(|event| event.seq <= head) {
                match own_change(event, self.caller().who) {
                    Some(MembershipChange::Joined(_)) => from = event.seq,
                    Some(MembershipChange::Left | MembershipChange::Removed | MembershipChange::Banned) => {
                        until = Some((from, event.seq));
                    }
                    _ => {}
                }
            }
        }
        Ok(until)
    }

    async fn read_entries(
        &self,
        conversation: ConversationId,
        cursor: Seq,
    ) -> Result<Vec<Arc<Entry>>, HubError> {
        let events = self.hub.world.store.read_after(conversation, cursor, BATCH_EVENTS_MAX).await?;
        Ok(events.into_iter().map(|event| Arc::new(Entry::new(event))).collect())
    }
}

impl Cursor {
    fn at(event: &Event) -> Self {
        Self { seq: event.seq, offset: event.offset }
    }
}

fn own_change(event: &Event, who: PrincipalId) -> Option<MembershipChange> {
    match event.content {
        Content::Membership { who: whose, change } if whose == who => Some(change),
        _ => None,
    }
}
