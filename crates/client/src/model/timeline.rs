use super::message::{Entry, fold};
use parlance_api::{
    event::{Body, Content, Event},
    model::Hole,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The known part of one conversation's log, folded when it is looked at.
///
/// Events may come in any order, several times, as written or folded. What is not known stands as
/// an explicit [`Line::Hole`]. An event of another epoch makes the timeline start over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    me: String,
    epoch: u64,
    head: u64,
    visible_from: u64,
    known: BTreeMap<u64, Event>,
    places: HashMap<String, u64>,
    effects: HashMap<String, BTreeSet<u64>>,
    threads: HashMap<String, BTreeSet<u64>>,
}

/// One line of a timeline, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// Something to show.
    Entry(Entry),
    /// Events that exist and are not known here.
    Hole(Hole),
}

impl Timeline {
    /// An empty timeline as `me` (`name@domain`) sees it.
    pub fn new(me: &str, epoch: u64) -> Self {
        Self { me: me.to_owned(), epoch, visible_from: 1, ..Self::default() }
    }

    /// The reader's address.
    pub fn me(&self) -> &str {
        &self.me
    }

    /// The life of the log that is known.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The newest place that is known to exist.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// Says how far the log reaches and from where the reader may see it.
    ///
    /// Returns whether this was another life of the log, in which case everything known is gone.
    pub fn set_bounds(&mut self, epoch: u64, head: u64, visible_from: u64) -> bool {
        let is_other = self.enter_epoch(epoch);
        self.head = self.head.max(head);
        self.visible_from = visible_from.max(1);
        is_other
    }

    /// Takes in one event; returns the places whose stored copy changed, the event's own included.
    ///
    /// Of two copies of one event the one that knows more stays. A deletion also empties the
    /// message and its edits, so that nothing of it is kept.
    pub fn apply(&mut self, event: Event) -> Vec<u64> {
        self.enter_epoch(event.epoch);
        self.head = self.head.max(event.seq);
        let seq = event.seq;
        if self.known.get(&seq).is_some_and(|old| *old == event || freshness(old) > freshness(&event)) {
            return Vec::new();
        }
        let was = self.known.get(&seq).cloned();
        self.put(event);
        let mut changed = self.empty_deleted(seq);
        if self.known.get(&seq) != was.as_ref() {
            changed.insert(0, seq);
        }
        changed.dedup();
        changed
    }

    /// The stored copy of an event, as it was told.
    pub fn event(&self, seq: u64) -> Option<&Event> {
        self.known.get(&seq)
    }

    /// Every stored event, oldest first.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.known.values()
    }

    /// The place of an event, when it is known.
    pub fn place(&self, event_id: &str) -> Option<u64> {
        self.places.get(event_id).copied()
    }

    /// Whether the event at this place is known.
    pub fn knows(&self, seq: u64) -> bool {
        self.known.contains_key(&seq)
    }

    /// Whether every event from `from` to `to`, both included, is known.
    pub fn knows_all(&self, from: u64, to: u64) -> bool {
        from > to || self.known.range(from..=to).count() as u64 == to - from + 1
    }

    /// The oldest known place.
    pub fn oldest(&self) -> Option<u64> {
        self.known.keys().next().copied()
    }

    /// The newest known place.
    pub fn newest(&self) -> Option<u64> {
        self.known.keys().next_back().copied()
    }

    /// Whether there is something older than what is known.
    pub fn has_older(&self) -> bool {
        self.oldest().unwrap_or(self.head + 1) > self.visible_from
    }

    /// What is missing between the oldest known place and the head, oldest first.
    pub fn holes(&self) -> Vec<Hole> {
        let Some(oldest) = self.oldest() else { return Vec::new() };
        let mut next = oldest;
        let mut holes = Vec::new();
        for &seq in self.known.keys().chain([&(self.head + 1)]) {
            if seq > next {
                holes.push(Hole { from: next, to: seq - 1 });
            }
            next = seq + 1;
        }
        holes
    }

    /// The hole that ends right below `seq`, within what the reader may see.
    pub fn hole_below(&self, seq: u64) -> Option<Hole> {
        let from = self.known.range(..seq).next_back().map_or(self.visible_from, |(known, _)| known + 1);
        (from < seq).then(|| Hole { from, to: seq - 1 })
    }

    /// One event with everything known about it, when it is something to show.
    pub fn entry(&self, seq: u64) -> Option<Entry> {
        let event = self.known.get(&seq)?;
        fold(event, &self.effects_of(event), self.answers_of(event), &self.me)
    }

    /// The message with this id, folded.
    pub fn entry_of(&self, event_id: &str) -> Option<Entry> {
        self.entry(self.place(event_id)?)
    }

    /// What there is to show from `from` to `to`, both included, oldest first, holes included.
    pub fn lines(&self, from: u64, to: u64) -> Vec<Line> {
        let holes = self.holes();
        let mut holes = holes.iter().filter(|hole| hole.to >= from && hole.from <= to).peekable();
        let mut lines = Vec::new();
        for &seq in self.known.range(from..=to.max(from)).map(|(seq, _)| seq) {
            while let Some(hole) = holes.next_if(|hole| hole.from < seq) {
                lines.push(Line::Hole(*hole));
            }
            lines.extend(self.entry(seq).map(Line::Entry));
        }
        lines.extend(holes.map(|hole| Line::Hole(*hole)));
        lines
    }

    /// Events that change another one and come after `seq`, with the place of their target when known.
    pub fn effects_after(&self, seq: u64) -> impl Iterator<Item = (&Event, Option<u64>)> {
        self.known
            .range(seq + 1..)
            .filter_map(|(_, event)| target(event).map(|target| (event, self.place(target))))
    }

    fn enter_epoch(&mut self, epoch: u64) -> bool {
        if epoch == self.epoch {
            return false;
        }
        let visible_from = self.visible_from;
        *self = Self { visible_from, ..Self::new(&self.me, epoch) };
        true
    }

    fn put(&mut self, event: Event) {
        let seq = event.seq;
        if let Some(old) = self.known.remove(&seq) {
            self.unlink(&old);
        }
        self.places.insert(event.event_id.clone(), seq);
        if let Some(target) = target(&event) {
            self.effects.entry(target.to_owned()).or_default().insert(seq);
        }
        if let Some(root) = thread(&event) {
            self.threads.entry(root.to_owned()).or_default().insert(seq);
        }
        self.known.insert(seq, event);
    }

    fn unlink(&mut self, old: &Event) {
        self.places.remove(&old.event_id);
        if let Some(target) = target(old) {
            self.effects.get_mut(target).map(|seqs| seqs.remove(&old.seq));
        }
        if let Some(root) = thread(old) {
            self.threads.get_mut(root).map(|seqs| seqs.remove(&old.seq));
        }
    }

    /// Empties what the event at `seq` deletes, or the event itself when its message is deleted.
    fn empty_deleted(&mut self, seq: u64) -> Vec<u64> {
        let event = &self.known[&seq];
        let message_id = match &event.content {
            Content::Message(_) | Content::Deleted {} => event.event_id.clone(),
            Content::Edit { target, .. } | Content::Delete { target } | Content::Vote { target, .. } => {
                target.clone()
            }
            _ => return Vec::new(),
        };
        if !self.is_deleted(&message_id) {
            return Vec::new();
        }
        let edits = self.effects.get(&message_id).into_iter().flatten().copied();
        let candidates: Vec<u64> = self.place(&message_id).into_iter().chain(edits).collect();
        candidates.into_iter().filter(|seq| self.empty(*seq)).collect()
    }

    fn is_deleted(&self, message_id: &str) -> bool {
        let is_tombstone = |seq| matches!(self.known[&seq].content, Content::Deleted {});
        let deletes = |seq: &u64| matches!(self.known[seq].content, Content::Delete { .. });
        self.place(message_id).is_some_and(is_tombstone)
            || self.effects.get(message_id).is_some_and(|seqs| seqs.iter().any(deletes))
    }

    fn empty(&mut self, seq: u64) -> bool {
        let mut event = self.known[&seq].clone();
        match &mut event.content {
            Content::Message(_) => event.content = Content::Deleted {},
            Content::Vote { options, was, .. } => {
                options.clear();
                was.clear();
            }
            Content::Edit { body, .. } => *body = Body::Text { text: String::new(), mentions: Vec::new() },
            _ => {}
        }
        if matches!(event.content, Content::Deleted {}) {
            event.fold = None;
        }
        let is_changed = self.known[&seq] != event;
        if is_changed {
            self.put(event);
        }
        is_changed
    }

    fn effects_of(&self, event: &Event) -> Vec<&Event> {
        self.effects.get(&event.event_id).into_iter().flatten().map(|seq| &self.known[seq]).collect()
    }

    fn answers_of(&self, event: &Event) -> u64 {
        let counted = event.fold.as_ref().map_or(0, |fold| fold.changed_seq);
        self.threads.get(&event.event_id).map_or(0, |seqs| seqs.range(counted + 1..).count() as u64)
    }
}

/// How much a copy of an event knows of what has become of it.
fn freshness(event: &Event) -> u64 {
    match event.content {
        Content::Deleted {} => u64::MAX,
        _ => event.fold.as_ref().map_or(event.seq, |fold| fold.changed_seq.max(event.seq)),
    }
}

fn target(event: &Event) -> Option<&str> {
    match &event.content {
        Content::Edit { target, .. }
        | Content::Delete { target }
        | Content::Reaction { target, .. }
        | Content::Pin { target, .. }
        | Content::Vote { target, .. }
        | Content::PollClosed { target }
        | Content::Acknowledgement { target, .. } => Some(target),
        _ => None,
    }
}

fn thread(event: &Event) -> Option<&str> {
    match &event.content {
        Content::Message(message) => message.thread.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
