use super::world::*;
use crate::ports::{Append, AppendError, Create, NewWork, Store};
use parlance_core::{
    conversation::{Kind, SettingsChange},
    event::{Content, Offset},
    id::{ClientRef, ConversationId, Seq, UnixMillis},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tokio::task::JoinSet;

pub async fn a_new_conversation_begins_with_its_founding_events(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let log = world.group(&[alice, bob]).await.log().await;
    assert_eq!(log.iter().map(|event| event.seq.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(
        log.iter().map(|event| event.content.clone()).collect::<Vec<_>>(),
        founding(Kind::Group, &[alice, bob])
    );
    assert!(log.iter().all(|event| event.epoch == log[0].epoch && event.sender == alice.id));
}

pub async fn places_are_dense_under_many_writers(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let begin = room.state().await.head.0;
    let mut writers = JoinSet::new();
    for writer in 0..32 {
        let (store, append) = (Arc::clone(&room.store), append(room.id, alice, Vec::new()));
        writers.spawn(async move {
            for message_number in 0..8 {
                let events = vec![draft(message(&format!("{writer} {message_number}")))];
                store.append(Append { events, ..append.clone() }).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    let log = room.log().await;
    assert!(log.iter().zip(1..).all(|(event, seq)| event.seq.0 == seq));
    assert_eq!(log.len() as u64, begin + 32 * 8);
    assert_eq!(log.iter().map(|event| event.id).collect::<HashSet<_>>().len(), log.len());
}

pub async fn events_that_are_appended_together_stand_together(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let mut writers = JoinSet::new();
    for _ in 0..16 {
        let append = append(room.id, alice, vec![message("1"), message("2"), message("3")]);
        let store = Arc::clone(&room.store);
        writers.spawn(async move { store.append(append).await.unwrap().events });
    }
    for events in writers.join_all().await {
        let first = events[0].seq.0;
        assert_eq!(events.iter().map(|event| event.seq.0).collect::<Vec<_>>(), [first, first + 1, first + 2]);
    }
}

pub async fn what_was_answered_is_what_is_in_the_log(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let append = Append {
        client_ref: ClientRef::new("r1"),
        ..append(room.id, alice, vec![message("1"), message("2")])
    };
    let ids: Vec<_> = append.events.iter().map(|draft| draft.id).collect();
    let appended = room.append(append).await.unwrap();
    assert!(!appended.is_duplicate);
    assert_eq!(appended.events, room.log().await[2..]);
    assert_eq!(appended.events.iter().map(|event| event.id).collect::<Vec<_>>(), ids);
    let refs: Vec<_> = appended.events.iter().map(|event| event.client_ref.clone()).collect();
    assert_eq!(refs, [ClientRef::new("r1"), None]);
}

pub async fn an_append_to_nothing_is_refused(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let nowhere = append(ConversationId(fresh_uuid()), alice, vec![message("hello")]);
    assert!(matches!(world.store.append(nowhere).await, Err(AppendError::NoConversation)));
}

pub async fn a_conversation_is_made_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let id = ConversationId::direct(alice.id, bob.id);
    let mut makers = JoinSet::new();
    for maker in [alice, bob].into_iter().cycle().take(20) {
        let create = Some(Create::new(world.domain, Kind::Direct));
        let append = Append { create, ..append(id, maker, founding(Kind::Direct, &[alice, bob])) };
        let store = Arc::clone(&world.store);
        makers.spawn(async move { store.append(append).await });
    }
    let (made, refused): (Vec<_>, Vec<_>) = makers.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    assert!(refused.iter().all(|answer| matches!(answer, Err(AppendError::Conflict))));
    assert_eq!(world.store.load_state(id).await.unwrap().unwrap().head, Seq(2));
}

pub async fn a_decision_on_old_rules_is_a_conflict_and_changes_nothing(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice]).await;
    let work = vec![NewWork { queue: "push".into(), payload: "late".to_owned(), due_at: UnixMillis(0) }];
    let late = Append { work, ..room.prepare(alice, vec![message("1"), message("2")]).await };
    room.join(bob).await;
    let before = room.log().await;
    assert!(matches!(room.append(late).await, Err(AppendError::Conflict)));
    assert_eq!(room.log().await, before);
    assert!(world.store.claim_work("push", NOON, NOON, 10).await.unwrap().is_empty());
}

pub async fn ordinary_events_do_not_move_the_rules_version(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let prepared = room.prepare(alice, vec![message("second")]).await;
    let first = room.say(alice, "first").await;
    room.react(alice, &first, "👍", true).await;
    room.pin(alice, &first, true).await;
    assert!(room.append(prepared).await.is_ok());
    let topic = SettingsChange { topic: Some("t".to_owned()), ..SettingsChange::default() };
    let prepared = room.prepare(alice, vec![message("third")]).await;
    room.add(alice, Content::Settings(topic)).await;
    assert!(matches!(room.append(prepared).await, Err(AppendError::Conflict)));
}

pub async fn of_two_that_change_the_rules_at_once_one_has_to_look_again(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let rules_version = Some(room.state().await.rules_version);
    let mut writers = JoinSet::new();
    for number in 0..20 {
        let change = SettingsChange { topic: Some(number.to_string()), ..SettingsChange::default() };
        let append = Append { rules_version, ..append(room.id, alice, vec![Content::Settings(change)]) };
        let store = Arc::clone(&room.store);
        writers.spawn(async move { store.append(append).await });
    }
    let (done, refused): (Vec<_>, Vec<_>) = writers.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 1);
    assert!(refused.iter().all(|answer| matches!(answer, Err(AppendError::Conflict))));
}

pub async fn time_never_runs_backwards_in_a_conversation(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let (room, other) = (world.group(&[alice]).await, world.group(&[alice]).await);
    assert_eq!(room.say_at(alice, "late", NOON.plus_ms(500)).await.at, NOON.plus_ms(500));
    assert_eq!(room.say_at(alice, "early", NOON).await.at, NOON.plus_ms(500));
    assert_eq!(room.say_at(alice, "later", NOON.plus_ms(501)).await.at, NOON.plus_ms(501));
    assert_eq!(other.say_at(alice, "elsewhere", NOON).await.at, NOON);
}

pub async fn offsets_grow_over_all_conversations(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let (one, other) = (world.group(&[alice]).await, world.group(&[alice]).await);
    let mut last = world.store.mark().await.unwrap();
    for room in [&one, &other, &other, &one] {
        let event = room.say(alice, "hello").await;
        assert!(event.offset > last.offset);
        let mark = world.store.mark().await.unwrap();
        assert!(mark.offset >= event.offset && mark.life == last.life);
        last = mark;
    }
    let log = one.log().await;
    assert!(log.is_sorted_by(|a, b| a.offset < b.offset));
}

pub async fn a_place_is_found_by_its_offset(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let before = world.store.mark().await.unwrap().offset;
    let (one, other) = (world.group(&[alice]).await, world.group(&[alice]).await);
    let first = one.say(alice, "first").await;
    let between = other.say(alice, "elsewhere").await;
    let second = one.say(alice, "second").await;
    for (offset, seq) in [
        (Offset(0), Seq::ZERO),
        (before, Seq::ZERO),
        (first.offset, first.seq),
        (between.offset, first.seq),
        (second.offset, second.seq),
        (Offset(second.offset.0 + 100), second.seq),
    ] {
        assert_eq!(world.store.seq_at(one.id, offset).await.unwrap(), seq, "at {offset:?}");
    }
    let nowhere = ConversationId(fresh_uuid());
    assert_eq!(world.store.seq_at(nowhere, second.offset).await.unwrap(), Seq::ZERO);
}

pub async fn conversations_that_changed_between_two_offsets_are_found(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let (one, other) = (world.group(&[alice]).await, world.group(&[alice]).await);
    let start = world.store.mark().await.unwrap().offset;
    one.say(alice, "1").await;
    let second = one.say(alice, "2").await;
    let middle = second.offset;
    let third = other.say(alice, "3").await.seq;
    one.read(alice, Seq(1)).await;
    let end = world.store.mark().await.unwrap().offset;
    let changed = async |after, up_to| {
        let found = world.store.changed_between(after, up_to).await.unwrap();
        let by_id: HashMap<_, _> = found.iter().copied().collect();
        assert_eq!(by_id.len(), found.len(), "each once");
        by_id
    };
    let (one, other) = ((one.id, second.seq), (other.id, third));
    let account = ConversationId::account(alice.id);
    let account = (account, world.store.seq_at(account, end).await.unwrap());
    assert_eq!(changed(start, middle).await, HashMap::from([one]));
    assert_eq!(changed(middle, end).await, HashMap::from([other, account]));
    assert_eq!(changed(start, end).await, HashMap::from([one, other, account]));
    assert_eq!(changed(end, end).await, HashMap::new());
}
