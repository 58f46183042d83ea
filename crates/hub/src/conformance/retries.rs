use super::world::*;
use crate::ports::{Append, AppendError, NewWork, Store};
use parlance_core::{
    account::AccountChange,
    event::Content,
    id::{ClientRef, ConversationId, UnixMillis},
};
use std::sync::Arc;
use tokio::task::JoinSet;

fn with_ref(append: Append, client_ref: &str) -> Append {
    Append { client_ref: ClientRef::new(client_ref), ..append }
}

pub async fn a_retry_gets_the_same_events_and_makes_none(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let work = vec![NewWork { queue: "push".into(), payload: "once".to_owned(), due_at: UnixMillis(0) }];
    let append = with_ref(append(room.id, alice, vec![message("1"), message("2")]), "r");
    let first = room.append(Append { work: work.clone(), ..append.clone() }).await.unwrap();
    let between = room.say(alice, "between").await;
    let again = room.append(Append { work, ..append }).await.unwrap();
    assert!(!first.is_duplicate && again.is_duplicate);
    assert_eq!(again.events, first.events);
    assert_eq!(room.state().await.head, between.seq);
    assert_eq!(world.store.claim_work("push", NOON, NOON, 10).await.unwrap().len(), 1);
}

pub async fn fifty_retries_at_once_make_one_event(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let before = room.state().await.head;
    let mut retries = JoinSet::new();
    for _ in 0..50 {
        let append = with_ref(append(room.id, alice, vec![message("once")]), "r");
        let store = Arc::clone(&room.store);
        retries.spawn(async move { store.append(append).await.unwrap() });
    }
    let answers = retries.join_all().await;
    assert_eq!(answers.iter().filter(|answer| !answer.is_duplicate).count(), 1);
    assert!(answers.iter().all(|answer| answer.events == answers[0].events));
    assert_eq!(room.state().await.head, before.next());
}

pub async fn a_reference_belongs_to_one_device_and_one_conversation(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let tablet = Person { device: world.device(alice.id).await.0.id, ..alice };
    let (one, other) = (world.group(&[alice]).await, world.group(&[alice]).await);
    for (room, device) in [(&one, alice), (&other, alice), (&one, tablet)] {
        let append = with_ref(append(room.id, device, vec![message("hello")]), "r");
        assert!(!room.append(append).await.unwrap().is_duplicate);
    }
}

pub async fn a_reference_that_was_used_for_another_kind_is_refused(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let first = only(room.append(with_ref(append(room.id, alice, vec![message("1")]), "r")).await.unwrap());
    let head = room.state().await.head;
    let pin = Content::Pin { target: first.as_target(), pinned: true };
    let refused = room.append(with_ref(append(room.id, alice, vec![pin]), "r")).await;
    assert!(matches!(refused, Err(AppendError::ClientRefReused)));
    assert_eq!(room.state().await.head, head);
}

pub async fn a_retry_of_what_was_deleted_since_is_still_a_retry(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let post = with_ref(append(room.id, alice, vec![message("1")]), "post");
    let posted = only(room.append(post.clone()).await.unwrap());
    let edit = Content::Edit {
        target: posted.as_target(),
        body: parlance_core::body::Body::text("2"),
        expires_at: None,
    };
    let edit = with_ref(append(room.id, alice, vec![edit]), "edit");
    let edited = only(room.append(edit.clone()).await.unwrap());
    room.delete(alice, &posted).await;
    for (retry, first) in [(post, posted), (edit, edited)] {
        let again = room.append(retry).await.unwrap();
        assert!(again.is_duplicate);
        let again = only(again);
        assert_eq!((again.seq, again.id, &again.content), (first.seq, first.id, &Content::Deleted));
    }
}

pub async fn a_retry_is_known_before_the_rules_are_looked_at(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice]).await;
    let post = with_ref(room.prepare(alice, vec![message("1")]).await, "r");
    room.append(post.clone()).await.unwrap();
    room.join(bob).await;
    assert!(room.append(post).await.unwrap().is_duplicate);
}

pub async fn a_retry_in_an_account_log_is_known(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let log = ConversationId::account(alice.id);
    let append = with_ref(append(log, alice, vec![Content::Account(AccountChange::Devices)]), "r");
    let first = world.store.append(append.clone()).await.unwrap();
    let again = world.store.append(append).await.unwrap();
    assert!(again.is_duplicate && again.events == first.events);
}

pub async fn the_first_event_of_a_reference_is_found(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let append = with_ref(append(room.id, alice, vec![message("1"), message("2")]), "r");
    let first = room.append(append).await.unwrap().events[0].clone();
    let reference = ClientRef::new("r").unwrap();
    let find = async |device, reference| world.store.find_ref(room.id, device, reference).await.unwrap();
    assert_eq!(find(alice.device, &reference).await, Some(first));
    assert_eq!(find(bob.device, &reference).await, None);
    assert_eq!(find(alice.device, &ClientRef::new("other").unwrap()).await, None);
}

pub async fn the_newest_event_of_a_reference_of_somebody_is_found(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let (room, other) = (world.group(&[alice, bob, carol]).await, world.group(&[alice]).await);
    let say = async |room: &Room, who: Person, client_ref: &str| {
        let append = with_ref(append(room.id, who, vec![message("x"), message("y")]), client_ref);
        room.append(append).await.unwrap().events[0].clone()
    };
    let tablet = Person { device: world.device(alice.id).await.0.id, ..alice };
    say(&room, alice, "r").await;
    let newest = say(&room, tablet, "r").await;
    let bobs = say(&room, bob, "r").await;
    let elsewhere = say(&other, alice, "s").await;
    room.say(alice, "without").await;
    let find = async |room: &Room, who: Person, text: &str| {
        world.store.find_ref_of(room.id, who.id, &ClientRef::new(text).unwrap()).await.unwrap()
    };
    assert_eq!(find(&room, alice, "r").await, Some(newest.clone()));
    assert_eq!(find(&room, bob, "r").await, Some(bobs));
    assert_eq!(find(&room, carol, "r").await, None);
    assert_eq!(find(&room, alice, "s").await, None);
    assert_eq!(find(&other, alice, "s").await, Some(elsewhere));
    world.store.revoke_devices(alice.id, crate::ports::Devices::All).await.unwrap();
    assert_eq!(find(&room, alice, "r").await, Some(newest), "devices that are gone count too");
}
