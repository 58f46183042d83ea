use crate::ports::{Append, AppendError, Appended, Create, Draft, FoldedEvent};
use parlance_core::{
    body::Body,
    conversation::{State, TargetFacts},
    event::{Content, Event, EventKind, EventKinds, Offset},
    fold::Folds,
    id::{ClientRef, ConversationId, DeviceId, Epoch, EventId, PrincipalId, Seq, UnixMillis},
    poll::AnswerBefore,
};
use std::{
    collections::HashMap,
    mem::{Discriminant, discriminant},
    ops::Range,
    sync::Arc,
};

/// One conversation: its events by place, and what has to outlive their contents.
#[derive(Debug)]
pub(super) struct Log {
    /// The fold of the events as far as rules are concerned.
    pub(super) state: State,
    /// What has become of the messages. Kept from event to event because a deletion takes away
    /// what it could be made from again.
    folds: Folds,
    /// The events; the one at place 1 comes first.
    pub(super) events: Vec<Arc<Event>>,
    /// What each of them was when it was appended.
    kinds: Vec<Option<EventKind>>,
    made: HashMap<(Option<DeviceId>, ClientRef), Made>,
    last_posts: HashMap<PrincipalId, UnixMillis>,
}

/// What one `client_ref` made.
#[derive(Debug)]
struct Made {
    kind: Discriminant<Content>,
    indices: Range<usize>,
}

impl Log {
    /// A log in which nothing has happened yet.
    pub(super) fn new(id: ConversationId, create: &Create) -> Self {
        Self {
            state: State::new(id, create.domain, create.kind, Epoch(1)),
            folds: Folds::default(),
            events: Vec::new(),
            kinds: Vec::new(),
            made: HashMap::new(),
            last_posts: HashMap::new(),
        }
    }

    pub(super) fn head(&self) -> Seq {
        self.state.head
    }

    pub(super) fn get(&self, seq: Seq) -> Option<&Arc<Event>> {
        self.events.get(usize::try_from(seq.0.checked_sub(1)?).ok()?)
    }

    pub(super) fn find(&self, id: EventId) -> Option<&Arc<Event>> {
        self.events.iter().find(|event| event.id == id)
    }

    /// Whether the event is of one of these kinds, or was before it was deleted.
    pub(super) fn is_of_kind(&self, event: &Event, kinds: EventKinds) -> bool {
        self.kinds[event.seq.0 as usize - 1].is_some_and(|kind| kinds.contains(kind))
    }

    pub(super) fn seq_at(&self, offset: Offset) -> Seq {
        let last = self.events.iter().rfind(|event| event.offset <= offset);
        last.map_or(Seq::ZERO, |event| event.seq)
    }

    pub(super) fn last_post_at(&self, who: PrincipalId) -> Option<UnixMillis> {
        self.last_posts.get(&who).copied()
    }

    /// An event with what has become of it.
    pub(super) fn folded(&self, event: &Arc<Event>) -> FoldedEvent {
        FoldedEvent { event: Arc::clone(event), fold: self.folds.get(event.seq).cloned() }
    }

    /// The messages that were not deleted, with the newest body of each.
    pub(super) fn messages(&self) -> Vec<(FoldedEvent, Body)> {
        let newest = |event: &Arc<Event>| {
            let Content::Message(message) = &event.content else { return None };
            let folded = self.folded(event);
            let edited = folded.fold.as_ref().and_then(|fold| fold.edited.clone());
            let body = edited.map_or_else(|| message.body.clone(), |(body, _)| body);
            Some((folded, body))
        };
        self.events.iter().filter_map(newest).collect()
    }

    pub(super) fn find_target(&self, id: EventId, emoji: Option<&str>) -> Option<TargetFacts> {
        let event = self.find(id)?;
        let fold = self.folds.get(event.seq).cloned().unwrap_or_default();
        Some(TargetFacts {
            seq: event.seq,
            id,
            sender: event.sender,
            is_live_message: matches!(event.content, Content::Message(_)),
            is_poll: event.poll().is_some(),
            is_in_thread: matches!(&event.content, Content::Message(message) if message.thread.is_some()),
            emoji_count: fold.reactions.len(),
            has_emoji: fold.reactions.iter().any(|(known, _)| Some(known.as_str()) == emoji),
        })
    }

    /// The first event that a device made with a reference.
    pub(super) fn find_ref(&self, device: DeviceId, client_ref: &ClientRef) -> Option<&Arc<Event>> {
        let made = self.made.get(&(Some(device), client_ref.clone()))?;
        self.events.get(made.indices.start)
    }

    /// What the same `client_ref` of the same device made before.
    pub(super) fn find_made(&self, append: &Append) -> Result<Option<Appended>, AppendError> {
        let Some(client_ref) = &append.client_ref else { return Ok(None) };
        let Some(made) = self.made.get(&(append.device, client_ref.clone())) else { return Ok(None) };
        if append.events.first().is_none_or(|draft| discriminant(&draft.content) != made.kind) {
            return Err(AppendError::ClientRefReused);
        }
        Ok(Some(Appended { events: self.events[made.indices.clone()].to_vec(), is_duplicate: true }))
    }

    /// Gives each draft its place and folds it in.
    pub(super) fn push_all(&mut self, append: &Append, offset: &mut Offset) -> Vec<Arc<Event>> {
        let first = self.events.len();
        for (index, draft) in append.events.iter().enumerate() {
            offset.0 += 1;
            self.push(append, draft, append.client_ref.clone().filter(|_| index == 0), *offset);
        }
        if let (Some(client_ref), Some(draft)) = (&append.client_ref, append.events.first()) {
            let made = Made { kind: discriminant(&draft.content), indices: first..self.events.len() };
            self.made.insert((append.device, client_ref.clone()), made);
        }
        self.events[first..].to_vec()
    }

    fn push(&mut self, append: &Append, draft: &Draft, client_ref: Option<ClientRef>, offset: Offset) {
        let predecessor_at = self.events.last().map_or(UnixMillis::default(), |event| event.at);
        let mut event = Event {
            conversation: append.conversation,
            epoch: self.state.epoch,
            seq: self.head().next(),
            id: draft.id,
            sender: append.sender,
            device: append.device,
            client_ref,
            at: append.at.max(predecessor_at),
            content: draft.content.clone(),
            extras: draft.extras.clone(),
            offset,
        };
        let expires_at = self.expiry_of(&event);
        event.content.set_expires_at(expires_at);
        self.complete_answer(&mut event);
        if matches!(event.content, Content::Message(_)) {
            self.last_posts.insert(event.sender, event.at);
        }
        self.kinds.push(event.content.kind());
        let deleted = self.deleted_by(&event.content);
        self.state.apply(&event);
        self.folds.apply(&event);
        self.events.push(Arc::new(event));
        if let Some(seq) = deleted {
            self.blank(seq);
        }
    }

    /// Gives an answer to a message what the same person had answered before.
    fn complete_answer(&self, event: &mut Event) {
        if let Some(target) = event.content.answered() {
            let fold = self.folds.get(target.seq);
            let before = fold.map_or_else(AnswerBefore::default, |fold| fold.answer_of(event.sender));
            event.content.set_answer_before(before);
        }
    }

    /// When an event disappears that is to be appended.
    fn expiry_of(&self, event: &Event) -> Option<UnixMillis> {
        match &event.content {
            Content::Edit { target, .. } => self.get(target.seq)?.content.expires_at(),
            content => content.expiry(event.at, self.state.settings.expire_after_s),
        }
    }

    /// The messages whose time has come.
    pub(super) fn expired(&self, now: UnixMillis) -> impl Iterator<Item = &Arc<Event>> {
        let is_message = |event: &&Arc<Event>| matches!(event.content, Content::Message(_));
        let has_come = move |event: &&Arc<Event>| event.content.expires_at().is_some_and(|at| at <= now);
        self.events.iter().filter(is_message).filter(has_come)
    }

    /// The message whose contents may not be in the log any more once this one is: that of a
    /// deletion, and that of an edit or a vote which came too late.
    fn deleted_by(&self, content: &Content) -> Option<Seq> {
        match content {
            Content::Delete { target } => Some(target.seq),
            Content::Edit { target, .. } | Content::Vote { target, .. } => {
                let original = self.get(target.seq)?;
                (original.content == Content::Deleted).then_some(target.seq)
            }
            _ => None,
        }
    }

    /// Turns a message, all edits of it and all votes in it to nothing.
    fn blank(&mut self, seq: Seq) {
        for event in &mut self.events {
            let is_message = event.seq == seq && matches!(event.content, Content::Message(_));
            let is_about = matches!(
                &event.content,
                Content::Edit { target, .. } | Content::Vote { target, .. } if target.seq == seq
            );
            if is_message || is_about {
                let event = Arc::make_mut(event);
                event.content = Content::Deleted;
                event.extras = None;
            }
        }
    }
}
