//! Random histories, compared with the pure functions of the core.

use super::world::*;
use crate::ports::{Append, FoldedEvent, Place, Store};
use parlance_core::{
    body::{Body, Mentioned},
    conversation::{HistoryVisibility, Role, SettingsChange, State},
    count::Counter,
    event::{Content, Event, MembershipChange, Message, Target},
    fold::Folds,
    id::{PrincipalId, Seq},
    poll::{AnswerBefore, Vote},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{collections::HashMap, sync::Arc};
use tokio::task::JoinSet;

const HISTORIES: u64 = 300;
const WORLDS: u64 = 10;
const STEPS: usize = 40;

pub async fn random_histories_are_seen_as_the_core_folds_them(store: Arc<dyn Store>) {
    let mut worlds = JoinSet::new();
    for first in 0..WORLDS {
        let world = World::new(Arc::clone(&store)).await;
        worlds.spawn(async move {
            let people = world.people().await;
            for seed in (first..HISTORIES).step_by(WORLDS as usize) {
                History::begin(&world, people, seed).await.run().await;
            }
        });
    }
    worlds.join_all().await;
}

/// One conversation in the store, and beside it what the core makes of the same events.
struct History {
    seed: u64,
    dice: StdRng,
    room: Room,
    people: [Person; 4],
    messages: Vec<Target>,
    model: Model,
}

/// What the core makes of the events as they were first appended.
struct Model {
    state: State,
    events: Vec<Event>,
    folds: Folds,
    readers: HashMap<PrincipalId, Reader>,
}

struct Reader {
    read: Seq,
    counter: Counter,
}

impl History {
    async fn begin(world: &World, people: [Person; 4], seed: u64) -> Self {
        let room = world.group(&people[..2]).await;
        let loaded = room.state().await;
        let mut model = Model {
            state: State::new(room.id, world.domain, loaded.kind, loaded.epoch),
            events: Vec::new(),
            folds: Folds::default(),
            readers: HashMap::new(),
        };
        for event in room.log().await {
            model.apply(Event::clone(&event));
        }
        Self { seed, dice: StdRng::seed_from_u64(seed), room, people, messages: Vec::new(), model }
    }

    async fn run(mut self) {
        for step in 0..STEPS {
            self.step().await;
            if step % 10 == 9 {
                self.check().await;
            }
        }
    }

    async fn step(&mut self) {
        let who = self.people[self.dice.random_range(0..self.people.len())];
        if self.dice.random_ratio(1, 5) {
            let seq = Seq(self.dice.random_range(0..self.model.state.head.0 + 4));
            if self.dice.random_ratio(1, 3) {
                self.room.unread(who, seq).await;
                return self.model.mark_unread(who.id, seq);
            }
            self.room.read(who, seq).await;
            return self.model.mark_read(who.id, seq);
        }
        let count = self.dice.random_range(1..=2);
        let contents: Vec<Content> = (0..count).map(|_| self.content(who)).collect();
        let rules_version = Some(self.model.state.rules_version);
        let append = Append { rules_version, ..append(self.room.id, who, contents.clone()) };
        let appended = self.room.append(append).await.unwrap();
        for (event, mut content) in appended.events.iter().zip(contents) {
            content.set_answer_before(self.model.answer_before(event, &content));
            if matches!(content, Content::Message(_)) {
                self.messages.push(event.as_target());
            }
            self.model.apply(Event { content, ..Event::clone(event) });
        }
    }

    fn content(&mut self, who: Person) -> Content {
        let kind = self.dice.random_range(0..15);
        let target = self.target();
        match (kind, target) {
            (4 | 5, Some(target)) => Content::Edit { target, body: self.body(), expires_at: None },
            (6, Some(target)) => Content::Delete { target },
            (7 | 8, Some(target)) => {
                let emoji = if self.dice.random() { "👍" } else { "🎉" }.into();
                Content::Reaction { target, emoji, added: self.dice.random_ratio(2, 3) }
            }
            (9, Some(target)) => Content::Pin { target, pinned: self.dice.random_ratio(2, 3) },
            (10, Some(thread)) => {
                Content::Message(Message { thread: Some(thread), ..Message::plain(self.body()) })
            }
            (13, Some(target)) => {
                let options = (0..3).filter(|_| self.dice.random()).collect();
                Content::Vote { target, vote: Vote { options, ..Vote::default() } }
            }
            (14, Some(target)) => Content::Acknowledgement { target, again: false },
            (11, _) => Content::Membership { who: who.id, change: self.membership(who) },
            (12, _) => {
                let history =
                    if self.dice.random() { HistoryVisibility::All } else { HistoryVisibility::SinceJoined };
                Content::Settings(SettingsChange { history: Some(history), ..SettingsChange::default() })
            }
            _ => Content::Message(Message::plain(self.body())),
        }
    }

    fn membership(&mut self, who: Person) -> MembershipChange {
        let is_member = self.model.state.members.contains_key(&who.id);
        match (is_member, self.dice.random_range(0..3)) {
            (true, 0) => MembershipChange::Left,
            (true, 1) => MembershipChange::Removed,
            (true, _) => MembershipChange::Role(Role::Moderator),
            (false, _) => MembershipChange::Joined(Role::Member),
        }
    }

    /// Any message so far, deleted or not.
    fn target(&mut self) -> Option<Target> {
        let count = self.messages.len();
        (count > 0).then(|| self.messages[self.dice.random_range(0..count)])
    }

    fn body(&mut self) -> Body {
        match self.dice.random_range(0..4) {
            0 => mentioning(Mentioned::Principal(self.people[self.dice.random_range(0..4)].id)),
            1 => mentioning(Mentioned::Everyone),
            _ => Body::text("hello"),
        }
    }

    async fn check(&self) {
        for person in self.people {
            let row = self.room.store.membership(person.id, self.room.id).await.unwrap();
            let seen = row.map(|row| (row.read, row.counts, row.visible_from, row.members_count));
            assert_eq!(seen, self.model.row(person.id), "seed {}, head {}", self.seed, self.model.state.head);
        }
        let page = self.room.store.page(self.room.id, Seq(1), Place::Newest, 1_000).await.unwrap();
        assert_eq!(page, self.model.page(), "seed {}", self.seed);
        let loaded = State { departed: HashMap::new(), ..self.room.state().await };
        assert_eq!(
            loaded,
            State { departed: HashMap::new(), ..self.model.state.clone() },
            "seed {}",
            self.seed
        );
    }
}

impl Model {
    fn apply(&mut self, event: Event) {
        self.state.apply(&event);
        self.folds.apply(&event);
        for reader in self.readers.values_mut() {
            reader.counter.apply(&event);
        }
        self.readers.retain(|who, _| self.state.members.contains_key(who));
        for (who, member) in &self.state.members {
            if member.joined_seq == event.seq {
                let mut counter = Counter::new(*who);
                self.events.iter().for_each(|earlier| counter.apply(earlier));
                counter.mark_read(event.seq);
                self.readers.insert(*who, Reader { read: event.seq, counter });
            }
        }
        self.events.push(event);
    }

    fn mark_read(&mut self, who: PrincipalId, seq: Seq) {
        if let Some(reader) = self.readers.get_mut(&who) {
            reader.read = reader.read.max(seq.min(self.state.head));
            reader.counter.mark_read(reader.read);
        }
    }

    fn mark_unread(&mut self, who: PrincipalId, from: Seq) {
        let Some(member) = self.state.members.get(&who) else { return };
        let from = from.max(member.visible_from);
        if let Some(reader) = self.readers.get_mut(&who) {
            reader.read = reader.read.min(from.previous());
            reader.counter.mark_unread(from);
        }
    }

    fn row(&self, who: PrincipalId) -> Option<(Seq, parlance_core::count::Counts, Seq, u64)> {
        let (reader, member) = (self.readers.get(&who)?, self.state.members.get(&who)?);
        let members_count = self.state.members.len() as u64;
        Some((reader.read, reader.counter.counts(), member.visible_from, members_count))
    }

    fn page(&self) -> Vec<FoldedEvent> {
        let folded = |event: &Event| FoldedEvent {
            event: Arc::new(Event { content: self.content(event), ..event.clone() }),
            fold: self.folds.get(event.seq).cloned(),
        };
        self.events.iter().map(folded).collect()
    }

    fn answer_before(&self, event: &Event, content: &Content) -> AnswerBefore {
        let fold = content.answered().and_then(|target| self.folds.get(target.seq));
        fold.map_or_else(AnswerBefore::default, |fold| fold.answer_of(event.sender))
    }

    fn content(&self, event: &Event) -> Content {
        let message = match &event.content {
            Content::Message(_) => Some(event.seq),
            Content::Edit { target, .. } | Content::Vote { target, .. } => Some(target.seq),
            _ => None,
        };
        let is_blank = message.is_some_and(|seq| self.folds.is_deleted(seq));
        if is_blank { Content::Deleted } else { event.content.clone() }
    }
}
