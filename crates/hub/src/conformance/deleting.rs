use super::world::*;
use crate::ports::{Append, Draft, Place, SearchRequest, Store};
use parlance_core::{
    body::Body,
    event::{Content, Event, Extras},
    id::Seq,
};
use std::sync::Arc;

/// A message with an edit, a reaction and a pin; the message and the edit carry extras.
async fn rich_message(room: &Room, by: Person) -> (Arc<Event>, Arc<Event>) {
    let with_extras = |content| Draft {
        extras: Some(Extras { front: "xmpp".into(), payload: "secret".to_owned() }),
        ..draft(content)
    };
    let post =
        Append { events: vec![with_extras(message("secret first"))], ..append(room.id, by, Vec::new()) };
    let event = only(room.append(post).await.unwrap());
    let edit =
        Content::Edit { target: event.as_target(), body: Body::text("secret second"), expires_at: None };
    let edit = Append { events: vec![with_extras(edit)], ..append(room.id, by, Vec::new()) };
    let edit = only(room.append(edit).await.unwrap());
    room.react(by, &event, "👍", true).await;
    room.pin(by, &event, true).await;
    (event, edit)
}

fn is_blank(event: &Event) -> bool {
    event.content == Content::Deleted && event.extras.is_none()
}

pub async fn a_deleted_message_leaves_a_blank_event_at_its_place(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let (event, edit) = rich_message(&room, alice).await;
    let before = room.log().await;
    room.delete(alice, &event).await;
    let after = room.log().await;
    assert_eq!(after.len(), before.len() + 1);
    for (before, after) in before.iter().zip(&after) {
        let is_about = before.id == event.id || before.id == edit.id;
        assert_eq!(is_blank(after), is_about);
        let expected =
            Event { content: after.content.clone(), extras: after.extras.clone(), ..Event::clone(before) };
        assert_eq!(**after, expected, "all but the contents stays");
    }
    for id in [event.id, edit.id] {
        assert!(is_blank(&world.store.find_event(room.id, id).await.unwrap().unwrap()));
    }
}

pub async fn a_deleted_message_is_gone_from_every_view(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let root = room.say(alice, "root").await;
    let (event, _) = rich_message(&room, alice).await;
    let answer = room.answer(alice, &root, "secret answer").await;
    room.delete(alice, &event).await;
    room.delete(alice, &answer).await;
    assert!(world.store.edits(room.id, event.seq).await.unwrap().is_empty());
    assert!(world.store.pins(room.id).await.unwrap().is_empty());
    assert!(world.store.thread(room.id, root.seq, Seq::ZERO, 10).await.unwrap().is_empty());
    assert!(find(&world, alice, "secret").await.is_empty());
    let page = world.store.page(room.id, Seq(1), Place::Newest, 100).await.unwrap();
    assert!(page.iter().all(|folded| folded.fold.is_none()));
    assert!(!format!("{page:?}").contains("secret"));
}

pub async fn an_edit_that_comes_after_the_deletion_leaves_nothing(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let (event, _) = rich_message(&room, alice).await;
    room.delete(alice, &event).await;
    let late = room.edit(alice, &event, Body::text("secret late")).await;
    assert!(is_blank(&late));
    assert!(!format!("{:?}", room.log().await).contains("secret"));
    assert!(find(&world, alice, "secret").await.is_empty());
    assert!(world.store.edits(room.id, event.seq).await.unwrap().is_empty());
}

pub async fn what_comes_after_the_deletion_changes_nothing(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let root = room.say(alice, "root").await;
    let answer = room.answer(alice, &root, "answer").await;
    let kept = room.answer(alice, &root, "kept").await;
    for _ in 0..2 {
        room.delete(alice, &answer).await;
    }
    room.react(alice, &answer, "👍", true).await;
    room.pin(alice, &answer, true).await;
    let page = world.store.page(room.id, root.seq, Place::After(Seq::ZERO), 3).await.unwrap();
    assert_eq!(page[0].fold.as_ref().map(|fold| fold.replies), Some(1));
    assert_eq!(page[1].fold, None);
    assert_eq!(page[2].event.id, kept.id);
    assert!(world.store.pins(room.id).await.unwrap().is_empty());
}

pub async fn a_deleted_root_keeps_its_thread(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let root = room.say(alice, "root").await;
    let answer = room.answer(alice, &root, "answer").await;
    room.delete(alice, &root).await;
    let later = room.answer(alice, &root, "later").await;
    let thread = world.store.thread(room.id, root.seq, Seq::ZERO, 10).await.unwrap();
    assert_eq!(thread.iter().map(|folded| folded.event.id).collect::<Vec<_>>(), [answer.id, later.id]);
}

async fn find(world: &World, who: Person, word: &str) -> Vec<crate::ports::FoldedEvent> {
    let request = SearchRequest {
        who: who.id,
        words: vec![word.to_owned()],
        last_is_prefix: false,
        from: None,
        within: Vec::new(),
        has: Vec::new(),
        before: None,
        after: None,
        older_than: None,
        limit: 100,
    };
    world.store.search(request).await.unwrap()
}
