use super::world::*;
use crate::ports::{ArchiveRange, ArchiveScope, ArchiveSide, ArchivedEvent, Store};
use parlance_core::{
    body::Body,
    conversation::{HistoryVisibility, Kind, SettingsChange},
    event::{Content, Event, EventKind, EventKinds, Offset},
    id::{ConversationId, EventId, Seq, UnixMillis},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::{collections::HashMap, sync::Arc};

const EVERYTHING: ArchiveRange = ArchiveRange {
    after: None,
    before: None,
    start: None,
    end: None,
    kinds: EventKinds::ALL,
    side: ArchiveSide::Oldest,
    limit: 1_000_000,
};

fn messages() -> ArchiveRange {
    ArchiveRange { kinds: EventKinds::of(&[EventKind::Message]), ..EVERYTHING }
}

fn newest(limit: usize) -> ArchiveRange {
    ArchiveRange { side: ArchiveSide::Newest, limit, ..messages() }
}

fn texts(events: &[ArchivedEvent]) -> String {
    let text = |event: &ArchivedEvent| match &event.folded.event.content {
        Content::Message(message) => match &message.body {
            Body::Text { text, .. } => text.clone(),
            Body::Opaque { .. } => "sealed".to_owned(),
        },
        Content::Deleted => "-".to_owned(),
        other => format!("{:?}", other.kind()),
    };
    events.iter().map(text).collect::<Vec<_>>().join(" ")
}

async fn personal(world: &World, who: Person, range: ArchiveRange) -> Vec<ArchivedEvent> {
    world.store.archive(who.id, ArchiveScope::Personal, range).await.unwrap().unwrap()
}

async fn notes(world: &World, who: Person) -> Room {
    world.room(Kind::Notes, ConversationId::notes(who.id), &[who]).await
}

pub async fn an_archive_is_all_direct_conversations_and_notes_in_one_order(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    assert_eq!(personal(&world, alice, EVERYTHING).await, []);
    let with_bob = world.direct(alice, bob).await;
    let with_carol = world.direct(carol, alice).await;
    let own = notes(&world, alice).await;
    let others = world.direct(bob, carol).await;
    let group = world.group(&[alice, bob]).await;
    with_bob.say(bob, "1").await;
    with_carol.say(alice, "2").await;
    group.say(bob, "group").await;
    own.say(alice, "3").await;
    others.say(bob, "others").await;
    with_bob.say(alice, "4").await;
    with_carol.say(carol, "5").await;
    let archive = personal(&world, alice, messages()).await;
    assert_eq!(texts(&archive), "1 2 3 4 5");
    let offsets: Vec<_> = archive.iter().map(|event| event.folded.event.offset).collect();
    assert!(offsets.is_sorted());
    assert_eq!(texts(&personal(&world, bob, messages()).await), "1 others 4");
}

pub async fn a_page_is_taken_from_either_end_of_a_range(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let rooms = [world.direct(alice, bob).await, world.direct(alice, carol).await];
    let mut said = Vec::new();
    for number in 0..8 {
        said.push(rooms[number % 2].say(alice, &number.to_string()).await.offset);
    }
    let page = async |after: Option<usize>, before: Option<usize>, side, limit| {
        let (after, before) = (after.map(|at| said[at]), before.map(|at| said[at]));
        let range = ArchiveRange { after, before, side, limit, ..messages() };
        texts(&personal(&world, alice, range).await)
    };
    use ArchiveSide::{Newest, Oldest};
    assert_eq!(page(None, None, Newest, 3).await, "5 6 7");
    assert_eq!(page(None, None, Oldest, 3).await, "0 1 2");
    assert_eq!(page(None, Some(5), Newest, 3).await, "2 3 4");
    assert_eq!(page(Some(2), None, Oldest, 3).await, "3 4 5");
    assert_eq!(page(Some(2), Some(6), Newest, 2).await, "4 5");
    assert_eq!(page(Some(2), Some(6), Oldest, 2).await, "3 4");
    assert_eq!(page(Some(2), Some(3), Oldest, 2).await, "");
    assert_eq!(page(Some(6), Some(2), Newest, 9).await, "");
    assert_eq!(page(Some(7), None, Oldest, 9).await, "");
    assert_eq!(page(None, Some(0), Newest, 9).await, "");
    assert_eq!(page(None, None, Newest, 0).await, "");
}

pub async fn an_archive_is_narrowed_to_a_time(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let rooms = [world.direct(alice, bob).await, world.direct(alice, carol).await];
    for (place, ms) in [10, 10, 20, 30, 30, 40].into_iter().enumerate() {
        rooms[place % 2].say_at(alice, &ms.to_string(), NOON.plus_ms(ms)).await;
    }
    let between = async |start: Option<u64>, end: Option<u64>| {
        let at = |ms: Option<u64>| ms.map(|ms| NOON.plus_ms(ms));
        let range = ArchiveRange { start: at(start), end: at(end), ..messages() };
        let oldest = texts(&personal(&world, alice, range).await);
        let newest = ArchiveRange { side: ArchiveSide::Newest, ..range };
        assert_eq!(texts(&personal(&world, alice, newest).await), oldest);
        oldest
    };
    assert_eq!(between(Some(20), None).await, "20 30 30 40");
    assert_eq!(between(None, Some(20)).await, "10 10 20");
    assert_eq!(between(Some(11), Some(30)).await, "20 30 30");
    assert_eq!(between(Some(41), None).await, "");
    assert_eq!(between(Some(31), Some(39)).await, "");
    assert_eq!(between(Some(30), Some(10)).await, "");
}

pub async fn an_archive_is_narrowed_to_kinds_deleted_ones_among_them(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.direct(alice, bob).await;
    let first = room.say(alice, "first").await;
    let second = room.say(bob, "second").await;
    room.edit(alice, &first, Body::text("better")).await;
    room.react(alice, &second, "👍", true).await;
    room.delete(alice, &first).await;
    let of = async |kinds: &[EventKind]| {
        let range = ArchiveRange { kinds: EventKinds::of(kinds), ..EVERYTHING };
        let events = personal(&world, alice, range).await;
        events.iter().map(|event| event.folded.event.seq.0).collect::<Vec<_>>()
    };
    assert_eq!(of(&[EventKind::Message]).await, [3, 4], "a deleted message leaves its place");
    assert_eq!(of(&[EventKind::Edit]).await, [5]);
    assert_eq!(of(&[EventKind::Reaction, EventKind::Delete]).await, [6, 7]);
    assert_eq!(of(&[EventKind::Membership]).await, [1, 2]);
    assert_eq!(of(&[]).await, [0; 0]);
}

pub async fn an_archive_says_what_has_become_of_messages_and_who_the_other_one_is(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.direct(alice, bob).await;
    let event = room.say(alice, "first").await;
    room.edit(alice, &event, Body::text("better")).await;
    room.react(bob, &event, "👍", true).await;
    notes(&world, alice).await.say(alice, "note").await;
    let archive = personal(&world, alice, messages()).await;
    assert_eq!((archive[0].peer, archive[1].peer), (Some(bob.id), None));
    assert_eq!(personal(&world, bob, messages()).await[0].peer, Some(alice.id));
    let fold = archive[0].folded.fold.as_ref().unwrap();
    assert_eq!(fold.edited.as_ref().unwrap().0, Body::text("better"));
    assert_eq!(fold.reactions, [("👍".into(), vec![bob.id])]);
    assert_eq!(archive[1].folded.fold, None);
}

pub async fn the_archive_of_a_conversation_is_for_its_members(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let room = world.group(&[alice]).await;
    let history = Some(HistoryVisibility::SinceJoined);
    room.add(alice, Content::Settings(SettingsChange { history, ..SettingsChange::default() })).await;
    room.say(alice, "before").await;
    room.join(bob).await;
    room.say(alice, "1").await;
    room.say(bob, "2").await;
    let scope = ArchiveScope::Conversation(room.id);
    let archive = async |who: Person| {
        let found = world.store.archive(who.id, scope, newest(9)).await.unwrap();
        found.map(|events| texts(&events))
    };
    assert_eq!(archive(alice).await.unwrap(), "before 1 2");
    assert_eq!(archive(bob).await.unwrap(), "1 2");
    assert_eq!(archive(carol).await, None);
    let direct = world.direct(alice, bob).await;
    direct.say(alice, "direct").await;
    let own = ArchiveScope::Conversation(direct.id);
    assert_eq!(texts(&world.store.archive(bob.id, own, newest(9)).await.unwrap().unwrap()), "direct");
    let account = ArchiveScope::Conversation(ConversationId::account(alice.id));
    assert_eq!(world.store.archive(alice.id, account, EVERYTHING).await.unwrap(), None);
    room.leave(bob).await;
    assert_eq!(archive(bob).await, None);
}

pub async fn archived_events_are_found_by_their_ids(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let (direct, others) = (world.direct(alice, bob).await, world.direct(bob, carol).await);
    let group = world.group(&[alice, bob]).await;
    let first = direct.say(alice, "1").await;
    let second = notes(&world, alice).await.say(alice, "2").await;
    let in_group = group.say(alice, "group").await;
    let strange = others.say(bob, "others").await;
    let find =
        async |scope, ids: &[EventId]| texts(&world.store.archived(alice.id, scope, ids).await.unwrap());
    let all = [second.id, strange.id, in_group.id, first.id, EventId(fresh_uuid()), second.id];
    assert_eq!(find(ArchiveScope::Personal, &all).await, "1 2");
    assert_eq!(find(ArchiveScope::Conversation(group.id), &all).await, "group");
    assert_eq!(find(ArchiveScope::Conversation(others.id), &all).await, "");
    assert_eq!(find(ArchiveScope::Personal, &[]).await, "");
    direct.delete(alice, &first).await;
    assert_eq!(find(ArchiveScope::Personal, &[first.id]).await, "-");
}

const QUERIES: usize = 400;
const STEPS: usize = 300;

pub async fn random_archives_are_what_a_plain_reader_makes_of_the_logs(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let mut plain = Plain::live(&world).await;
    for _ in 0..QUERIES {
        plain.compare().await;
    }
}

/// A life in many conversations, and everything in them that is in the archive of the first person.
struct Plain {
    dice: StdRng,
    world: World,
    who: Person,
    events: Vec<Arc<Event>>,
    kinds: HashMap<EventId, EventKind>,
}

impl Plain {
    async fn live(world: &World) -> Self {
        let mut dice = StdRng::seed_from_u64(7);
        let people: [Person; 9] = world.people().await;
        let who = people[0];
        let mut rooms = vec![notes(world, who).await];
        for other in &people[1..] {
            rooms.push(world.direct(who, *other).await);
        }
        let archived = rooms.len();
        rooms.push(world.group(&people[..3]).await);
        rooms.push(world.direct(people[1], people[2]).await);
        let (mut kinds, mut at) = (HashMap::new(), NOON);
        let mut targets: HashMap<ConversationId, Vec<Arc<Event>>> = HashMap::new();
        for _ in 0..STEPS {
            // Few rooms have most of what is said, and some hardly anything.
            let room = &rooms[dice.random_range(0..rooms.len()).min(dice.random_range(0..rooms.len()))];
            at = at.plus_ms(dice.random_range(0..3));
            let said = targets.entry(room.id).or_default();
            let target = said.get(dice.random_range(0..said.len().max(1))).map(|event| event.as_target());
            let content = match (dice.random_range(0..10), target) {
                (0, Some(target)) => Content::Delete { target },
                (1, Some(target)) => Content::Edit { target, body: Body::text("better"), expires_at: None },
                (2 | 3, Some(target)) => Content::Reaction { target, emoji: "👍".into(), added: true },
                _ => message("said"),
            };
            let kind = content.kind().unwrap();
            let append = crate::ports::Append { at, ..room.prepare(who, vec![content]).await };
            let event = only(room.append(append).await.unwrap());
            kinds.insert(event.id, kind);
            if kind == EventKind::Message {
                said.push(event);
            }
        }
        let mut events = Vec::new();
        for room in &rooms[..archived] {
            events.extend(room.log().await);
        }
        for event in &events {
            kinds.entry(event.id).or_insert_with(|| event.content.kind().unwrap());
        }
        events.sort_by_key(|event| event.offset);
        Self { dice, world: world.clone(), who, events, kinds }
    }

    async fn compare(&mut self) {
        let range = self.range();
        let found = personal(&self.world, self.who, range).await;
        let found: Vec<_> = found.into_iter().map(|event| event.folded.event).collect();
        assert_eq!(found, self.expected(range), "{range:?}");
    }

    fn range(&mut self) -> ArchiveRange {
        let newest = self.events.last().unwrap().offset.0;
        let offset =
            |dice: &mut StdRng| dice.random_ratio(1, 3).then(|| Offset(dice.random_range(0..newest + 2)));
        let moment = |dice: &mut StdRng| {
            dice.random_ratio(1, 4).then(|| UnixMillis(NOON.0 + dice.random_range(0..STEPS as u64)))
        };
        let dice = &mut self.dice;
        let kinds = match dice.random_range(0..3) {
            0 => EventKinds::ALL,
            1 => EventKinds::of(&[EventKind::Message]),
            _ => EventKinds::of(&[EventKind::Delete, EventKind::Edit]),
        };
        ArchiveRange {
            after: offset(dice),
            before: offset(dice),
            start: moment(dice),
            end: moment(dice),
            kinds,
            side: if dice.random() { ArchiveSide::Oldest } else { ArchiveSide::Newest },
            limit: dice.random_range(0..30),
        }
    }

    fn expected(&self, range: ArchiveRange) -> Vec<Arc<Event>> {
        let is_in = |event: &&Arc<Event>| {
            event.seq >= Seq(1)
                && range.after.is_none_or(|after| event.offset > after)
                && range.before.is_none_or(|before| event.offset < before)
                && range.start.is_none_or(|start| event.at >= start)
                && range.end.is_none_or(|end| event.at <= end)
                && range.kinds.contains(self.kinds[&event.id])
        };
        let mut events: Vec<_> = self.events.iter().filter(is_in).cloned().collect();
        match range.side {
            ArchiveSide::Oldest => events.truncate(range.limit),
            ArchiveSide::Newest => drop(events.drain(..events.len().saturating_sub(range.limit))),
        }
        events
    }
}
