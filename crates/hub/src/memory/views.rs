use super::{MemoryStore, Tables, log::Log};
use crate::ports::{
    ContactRow, Delivered, FoldedEvent, MembershipRange, MembershipRow, Place, ReceiptRow, StoreError, Views,
};
use async_trait::async_trait;
use parlance_core::{
    arrangement::Arrangement,
    body::Body,
    conversation::{Kind, State},
    count::{Counter, Counts},
    event::{Content, Event, EventKind, EventKinds, Offset},
    id::{ConversationId, PrincipalId, Seq, UnixMillis},
};
use std::{cmp::Reverse, sync::Arc};

#[async_trait]
impl Views for MemoryStore {
    async fn memberships(
        &self,
        who: PrincipalId,
        range: MembershipRange,
    ) -> Result<Vec<MembershipRow>, StoreError> {
        Ok(self.tables().memberships(who, range))
    }

    async fn membership(
        &self,
        who: PrincipalId,
        conversation: ConversationId,
    ) -> Result<Option<MembershipRow>, StoreError> {
        let tables = self.tables();
        let log = tables.logs.get(&conversation);
        Ok(log.and_then(|log| tables.membership(who, log)).map(|(row, _)| row))
    }

    async fn conversations_count(&self, who: PrincipalId) -> Result<usize, StoreError> {
        let tables = self.tables();
        Ok(tables.logs.values().filter(|log| tables.membership(who, log).is_some()).count())
    }

    async fn left_after(&self, who: PrincipalId, offset: Offset) -> Result<Vec<ConversationId>, StoreError> {
        let tables = self.tables();
        let left = tables.logs.values().filter(|log| left_at(log, who).is_some_and(|left| left > offset));
        Ok(left.map(|log| log.state.id).collect())
    }

    async fn page(
        &self,
        conversation: ConversationId,
        visible_from: Seq,
        place: Place,
        limit: usize,
    ) -> Result<Vec<FoldedEvent>, StoreError> {
        let tables = self.tables();
        Ok(tables.logs.get(&conversation).map_or_else(Vec::new, |log| page(log, visible_from, place, limit)))
    }

    async fn edits(
        &self,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<Vec<(UnixMillis, Body)>, StoreError> {
        let tables = self.tables();
        let events = tables.logs.get(&conversation).map_or(&[][..], |log| &log.events);
        Ok(events.iter().filter_map(|event| body_of(event, seq)).collect())
    }

    async fn pins(&self, conversation: ConversationId) -> Result<Vec<FoldedEvent>, StoreError> {
        Ok(self.tables().logs.get(&conversation).map_or_else(Vec::new, pins))
    }

    async fn thread(
        &self,
        conversation: ConversationId,
        root: Seq,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<FoldedEvent>, StoreError> {
        let tables = self.tables();
        let Some(log) = tables.logs.get(&conversation) else { return Ok(Vec::new()) };
        let answers = log.events.iter().filter(|event| event.seq > after && is_in_thread(event, root));
        Ok(answers.take(limit).map(|event| log.folded(event)).collect())
    }

    async fn receipts(&self, conversation: ConversationId) -> Result<Vec<ReceiptRow>, StoreError> {
        let tables = self.tables();
        Ok(tables.logs.get(&conversation).map_or_else(Vec::new, |log| tables.receipts(log)))
    }

    async fn set_delivered(&self, delivered: Vec<Delivered>) -> Result<(), StoreError> {
        let mut tables = self.tables();
        for one in delivered {
            tables.set_delivered(one);
        }
        Ok(())
    }

    async fn undelivered(
        &self,
        who: PrincipalId,
        limit: usize,
    ) -> Result<Vec<(ConversationId, Seq)>, StoreError> {
        let tables = self.tables();
        let direct = tables.logs.values().filter(|log| log.state.kind == Kind::Direct);
        let mut found: Vec<_> = direct.filter_map(|log| tables.undelivered(who, log)).collect();
        found.sort_by_key(|(newest, ..)| Reverse(*newest));
        Ok(found.into_iter().take(limit).map(|(_, id, after)| (id, after)).collect())
    }

    async fn contacts(&self, owner: PrincipalId) -> Result<Vec<ContactRow>, StoreError> {
        Ok(self.tables().contacts(owner).into_values().collect())
    }

    async fn contact(&self, owner: PrincipalId, who: PrincipalId) -> Result<Option<ContactRow>, StoreError> {
        Ok(self.tables().contacts(owner).remove(&who))
    }

    async fn address_book(&self, owner: PrincipalId) -> Result<(Seq, Vec<ContactRow>), StoreError> {
        let tables = self.tables();
        Ok((tables.last_contact_removal(owner), tables.contacts(owner).into_values().collect()))
    }

    async fn arrangement(&self, owner: PrincipalId) -> Result<Arrangement, StoreError> {
        Ok(self.tables().arrangement(owner))
    }

    async fn is_blocked(&self, one: PrincipalId, other: PrincipalId) -> Result<bool, StoreError> {
        let tables = self.tables();
        Ok(tables.has_blocked(one, other) || tables.has_blocked(other, one))
    }

    async fn acquainted(
        &self,
        who: PrincipalId,
        others: &[PrincipalId],
    ) -> Result<Vec<PrincipalId>, StoreError> {
        let tables = self.tables();
        let own: Vec<&Log> =
            tables.logs.values().filter(|log| log.state.members.contains_key(&who)).collect();
        let shares = |other: &&PrincipalId| own.iter().any(|log| log.state.members.contains_key(*other));
        Ok(others.iter().filter(shares).copied().collect())
    }
}

impl Tables {
    fn memberships(&self, who: PrincipalId, range: MembershipRange) -> Vec<MembershipRow> {
        let mut rows: Vec<MembershipRow> = self
            .logs
            .values()
            .filter_map(|log| self.membership(who, log))
            .filter(|(_, changed)| range.changed_after.is_none_or(|after| *changed > after))
            .map(|(row, _)| row)
            .filter(|row| range.before.is_none_or(|before| row.head_offset < before))
            .collect();
        rows.sort_by_key(|row| Reverse(row.head_offset));
        rows.truncate(range.limit);
        rows
    }

    /// A conversation as one member sees it, and when it last changed for them.
    fn membership(&self, who: PrincipalId, log: &Log) -> Option<(MembershipRow, Offset)> {
        let state = &log.state;
        let member = state.members.get(&who).filter(|_| state.kind != Kind::Account)?;
        let newest = log.events.last()?;
        let own = self.own(who, log, member);
        let row = MembershipRow {
            conversation: state.id,
            kind: state.kind,
            settings: state.settings.clone(),
            epoch: state.epoch,
            head: state.head,
            head_offset: newest.offset,
            changed_at: newest.at,
            members_count: state.members.len() as u64,
            peer: state.peer_of(who),
            role: member.role,
            visible_from: member.visible_from,
            read: own.read,
            counts: counts(log, who, own.read),
            preferences: own.preferences,
            draft: own.draft,
        };
        Some((row, newest.offset.max(own.changed)))
    }

    /// What of a log none of somebody's devices has received, with the offset of its newest event.
    fn undelivered(&self, who: PrincipalId, log: &Log) -> Option<(Offset, ConversationId, Seq)> {
        use EventKind::{Delete, Edit, Foreign, Message, Pin, Reaction};
        let visible_from = log.state.members.get(&who)?.visible_from;
        let receipt = self.receipts(log).into_iter().find(|receipt| receipt.who == who)?;
        let after = receipt.delivered.max(receipt.read).max(visible_from.previous());
        let kinds = EventKinds::of(&[Message, Edit, Delete, Reaction, Pin, Foreign]);
        let is_news =
            |event: &Arc<Event>| event.seq > after && event.sender != who && log.is_of_kind(event, kinds);
        let newest = log.events.last()?.offset;
        log.events.iter().any(is_news).then_some((newest, log.state.id, after))
    }

    fn set_delivered(&mut self, delivered: Delivered) {
        let Some(log) = self.logs.get(&delivered.conversation) else { return };
        let key = (delivered.conversation, delivered.who, delivered.device);
        let place = self.delivered.entry(key).or_default();
        *place = delivered.seq.min(log.head()).max(*place);
    }

    fn receipts(&self, log: &Log) -> Vec<ReceiptRow> {
        let receipt = |(who, member): (&PrincipalId, _)| {
            let of_theirs =
                self.delivered.iter().filter(|((id, owner, _), _)| (id, owner) == (&log.state.id, who));
            ReceiptRow {
                who: *who,
                delivered: of_theirs.map(|(_, seq)| *seq).max().unwrap_or_default(),
                read: self.own(*who, log, member).furthest_read,
            }
        };
        log.state.members.iter().map(receipt).collect()
    }
}

fn counts(log: &Log, reader: PrincipalId, read: Seq) -> Counts {
    let mut counter = Counter::new(reader);
    counter.mark_read(read);
    for event in &log.events {
        counter.apply(event);
    }
    counter.counts()
}

/// Where somebody who is not in a conversation any more left it.
fn left_at(log: &Log, who: PrincipalId) -> Option<Offset> {
    let mut state = State::new(log.state.id, log.state.domain, log.state.kind, log.state.epoch);
    for event in &log.events {
        state.apply(event);
    }
    state.departed.get(&who).and_then(|departed| log.get(departed.until)).map(|event| event.offset)
}

fn page(log: &Log, visible_from: Seq, place: Place, limit: usize) -> Vec<FoldedEvent> {
    let visible = log.events.iter().filter(|event| event.seq >= visible_from);
    let mut events: Vec<FoldedEvent> =
        visible.filter(|event| is_in_place(event, place)).map(|event| log.folded(event)).collect();
    match place {
        Place::Newest | Place::Before(_) => events.split_off(events.len().saturating_sub(limit)),
        Place::After(_) | Place::FromTime(_) => {
            events.truncate(limit);
            events
        }
    }
}

fn is_in_place(event: &Event, place: Place) -> bool {
    match place {
        Place::Newest => true,
        Place::Before(seq) => event.seq < seq,
        Place::After(seq) => event.seq > seq,
        Place::FromTime(at) => event.at >= at,
    }
}

/// The body that an event gave to the message at a place.
fn body_of(event: &Event, seq: Seq) -> Option<(UnixMillis, Body)> {
    match &event.content {
        Content::Message(message) if event.seq == seq => Some((event.at, message.body.clone())),
        Content::Edit { target, body, .. } if target.seq == seq => Some((event.at, body.clone())),
        _ => None,
    }
}

fn pins(log: &Log) -> Vec<FoldedEvent> {
    let mut pinned: Vec<Seq> = Vec::new();
    for event in log.events.iter().rev() {
        if let Content::Pin { target, pinned: true } = &event.content
            && !pinned.contains(&target.seq)
        {
            pinned.push(target.seq);
        }
    }
    let is_still_pinned = |event: &FoldedEvent| event.fold.as_ref().is_some_and(|fold| fold.is_pinned);
    let events = pinned.iter().filter_map(|seq| log.get(*seq)).map(|event| log.folded(event));
    events.filter(is_still_pinned).collect()
}

fn is_in_thread(event: &Arc<Event>, root: Seq) -> bool {
    matches!(&event.content, Content::Message(message) if message.thread.is_some_and(|thread| thread.seq == root))
}
