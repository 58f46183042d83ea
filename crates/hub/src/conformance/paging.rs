use super::world::*;
use crate::ports::{FoldedEvent, Place, Store};
use parlance_core::{
    body::Body,
    event::Event,
    fold::Fold,
    id::{ConversationId, Seq},
};
use std::sync::Arc;

fn seqs(page: &[FoldedEvent]) -> Vec<u64> {
    page.iter().map(|folded| folded.event.seq.0).collect()
}

/// What has become of one event.
async fn fold_of(room: &Room, event: &Event) -> Option<Fold> {
    let page = room.store.page(room.id, Seq(1), Place::After(Seq(event.seq.0 - 1)), 1).await.unwrap();
    assert_eq!(page[0].event.id, event.id);
    page[0].fold.clone()
}

pub async fn pages_go_in_both_directions(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    for number in 3..=10 {
        room.say(alice, &number.to_string()).await;
    }
    let page = async |place, limit| seqs(&room.store.page(room.id, Seq(1), place, limit).await.unwrap());
    assert_eq!(page(Place::Newest, 3).await, [8, 9, 10]);
    assert_eq!(page(Place::Newest, 100).await.len(), 10);
    assert_eq!(page(Place::Before(Seq(8)), 3).await, [5, 6, 7]);
    assert_eq!(page(Place::Before(Seq(2)), 3).await, [1]);
    assert_eq!(page(Place::Before(Seq(1)), 3).await, [0; 0]);
    assert_eq!(page(Place::Before(Seq(99)), 2).await, [9, 10]);
    assert_eq!(page(Place::After(Seq(0)), 3).await, [1, 2, 3]);
    assert_eq!(page(Place::After(Seq(8)), 3).await, [9, 10]);
    assert_eq!(page(Place::After(Seq(10)), 3).await, [0; 0]);
    let nowhere = ConversationId(fresh_uuid());
    assert!(room.store.page(nowhere, Seq(1), Place::Newest, 3).await.unwrap().is_empty());
}

pub async fn pages_begin_at_a_moment(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    for ms in [10, 20, 20, 30] {
        room.say_at(alice, "tick", NOON.plus_ms(ms)).await;
    }
    let page = async |ms, limit| {
        seqs(&room.store.page(room.id, Seq(1), Place::FromTime(NOON.plus_ms(ms)), limit).await.unwrap())
    };
    assert_eq!(page(0, 2).await, [1, 2]);
    assert_eq!(page(11, 2).await, [4, 5]);
    assert_eq!(page(20, 9).await, [4, 5, 6]);
    assert_eq!(page(31, 9).await, [0; 0]);
}

pub async fn nothing_before_the_first_visible_place_is_on_a_page(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    for number in 3..=6 {
        room.say(alice, &number.to_string()).await;
    }
    for (place, expected) in [
        (Place::Newest, vec![4, 5, 6]),
        (Place::Before(Seq(6)), vec![4, 5]),
        (Place::Before(Seq(4)), vec![]),
        (Place::After(Seq(0)), vec![4, 5, 6]),
        (Place::FromTime(NOON), vec![4, 5, 6]),
    ] {
        let page = room.store.page(room.id, Seq(4), place, 10).await.unwrap();
        assert_eq!(seqs(&page), expected, "{place:?}");
    }
}

pub async fn a_page_says_what_has_become_of_messages(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let event = room.say(alice, "frist").await;
    assert_eq!(fold_of(&room, &event).await, None);
    let edit = room.edit(alice, &event, Body::text("first")).await;
    room.react(bob, &event, "👍", true).await;
    room.pin(bob, &event, true).await;
    let answer = room.answer(bob, &event, "yes").await;
    let expected = Fold {
        edited: Some((Body::text("first"), edit.at)),
        reactions: vec![("👍".into(), vec![bob.id])],
        replies: 1,
        is_pinned: true,
        votes: Vec::new(),
        is_closed: false,
        acknowledged: Vec::new(),
        changed: answer.seq,
    };
    assert_eq!(fold_of(&room, &event).await, Some(expected));
    assert_eq!(fold_of(&room, &edit).await, None);
    assert_eq!(room.log().await[3].content, message("frist"), "the event itself stays as it was");
}

pub async fn reactions_keep_the_order_in_which_they_came(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let room = world.group(&[alice, bob, carol]).await;
    let event = room.say(alice, "hello").await;
    for (who, emoji, added) in [
        (bob, "🎉", true),
        (alice, "👍", true),
        (bob, "👍", true),
        (alice, "🎉", true),
        (bob, "🎉", false),
        (bob, "🎉", true),
        (carol, "👀", true),
        (carol, "👀", false),
        (carol, "🤔", false),
    ] {
        room.react(who, &event, emoji, added).await;
    }
    let reactions = fold_of(&room, &event).await.unwrap().reactions;
    assert_eq!(reactions, [("🎉".into(), vec![alice.id, bob.id]), ("👍".into(), vec![alice.id, bob.id])]);
}

pub async fn reacting_twice_is_reacting_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let event = room.say(alice, "hello").await;
    for _ in 0..2 {
        room.react(alice, &event, "👍", true).await;
    }
    assert_eq!(fold_of(&room, &event).await.unwrap().reactions, [("👍".into(), vec![alice.id])]);
    for _ in 0..2 {
        room.react(alice, &event, "👍", false).await;
    }
    assert_eq!(fold_of(&room, &event).await, None);
}

pub async fn every_body_of_a_message_is_kept(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let event = room.say_at(alice, "1", NOON).await;
    let edit = room.edit(alice, &event, Body::text("2")).await;
    let later = room.say_at(alice, "later", NOON.plus_ms(5)).await;
    room.edit(alice, &event, Body::text("3")).await;
    let bodies = room.store.edits(room.id, event.seq).await.unwrap();
    let expected =
        [(NOON, "1"), (NOON, "2"), (NOON.plus_ms(5), "3")].map(|(at, text)| (at, Body::text(text)));
    assert_eq!(bodies, expected);
    assert_eq!(room.store.edits(room.id, later.seq).await.unwrap(), [(later.at, Body::text("later"))]);
    assert!(room.store.edits(room.id, edit.seq).await.unwrap().is_empty());
}

pub async fn the_newest_pin_comes_first(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let (one, two, three) =
        (room.say(alice, "1").await, room.say(alice, "2").await, room.say(alice, "3").await);
    for event in [&two, &three, &one] {
        room.pin(alice, event, true).await;
    }
    room.pin(alice, &three, false).await;
    room.react(alice, &one, "👍", true).await;
    let pins = room.store.pins(room.id).await.unwrap();
    assert_eq!(seqs(&pins), [one.seq.0, two.seq.0]);
    assert!(pins.iter().all(|pin| pin.fold.as_ref().is_some_and(|fold| fold.is_pinned)));
    assert_eq!(pins[0].fold.as_ref().unwrap().reactions.len(), 1);
}

pub async fn a_thread_is_its_messages_in_order(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let (root, other) = (room.say(alice, "root").await, room.say(alice, "other").await);
    let first = room.answer(bob, &root, "1").await;
    room.answer(bob, &other, "elsewhere").await;
    let second = room.answer(alice, &root, "2").await;
    let third = room.answer(bob, &root, "3").await;
    room.react(alice, &first, "👍", true).await;
    let thread = async |after, limit| room.store.thread(room.id, root.seq, after, limit).await.unwrap();
    let all = thread(Seq::ZERO, 10).await;
    assert_eq!(seqs(&all), [first.seq.0, second.seq.0, third.seq.0]);
    assert!(all[0].fold.is_some() && all[1].fold.is_none());
    assert_eq!(seqs(&thread(first.seq, 1).await), [second.seq.0]);
    assert_eq!(fold_of(&room, &root).await.unwrap().replies, 3);
}
