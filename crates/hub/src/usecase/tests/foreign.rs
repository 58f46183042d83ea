use super::*;
use crate::ports::Place;
use parlance_core::event::{Content, Extras};

fn extras(payload: &str) -> Extras {
    Extras { front: "xmpp".into(), payload: payload.to_owned() }
}

#[tokio::test]
async fn what_only_one_front_end_understands_has_a_place_and_counts_as_nothing() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();
    let before = world.say(alice, direct, None).await.unwrap();
    let reference = || ClientRef::new("ring");
    let rung = world.hub.post_foreign(alice, direct, reference(), extras("<propose/>")).await.unwrap();
    assert_eq!((rung.seq, &rung.content), (before.seq.next(), &Content::Foreign));
    let again = world.hub.post_foreign(alice, direct, reference(), extras("<propose/>")).await.unwrap();
    assert_eq!(again.seq, rung.seq);
    let page = world.hub.history(bob, direct, HistoryPlace::At(Place::Newest), 10).await.unwrap();
    assert_eq!(page.items.last().unwrap().event.extras, Some(extras("<propose/>")));
    assert_eq!(world.hub.conversation(bob, direct).await.unwrap().row.counts.unread, 1);
    assert_eq!(rejection(world.hub.pin(bob, direct, rung.id, true).await), Rejection::WrongEventKind);
}

#[tokio::test]
async fn what_only_one_front_end_understands_is_refused_like_a_message() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let group = world.group(alice).await;
    let post = async |who, conversation, payload: &str| {
        world.hub.post_foreign(who, conversation, None, extras(payload)).await
    };
    assert_eq!(rejection(post(bob, group, "<a/>").await), Rejection::ConversationNotFound);
    let too_long = "x".repeat(world.hub.settings().bounds.body_bytes_max + 1);
    assert_eq!(rejection(post(alice, group, &too_long).await), Rejection::BodyTooLong);
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();
    world.hub.set_blocked(bob, alice.who, true).await.unwrap();
    assert_eq!(rejection(post(alice, direct, "<a/>").await), Rejection::Blocked);
}

#[tokio::test]
async fn edits_reactions_and_deletions_keep_what_came_with_them() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let group = world.group(alice).await;
    let message = world.say(alice, group, None).await.unwrap();
    let with = |payload: &str| Attached { extras: Some(extras(payload)), ..Attached::default() };
    let body = Body::text("better");
    let made = [
        world.hub.edit(alice, group, message.id, body.clone(), with("<edit/>")).await.unwrap(),
        world.hub.react(alice, group, message.id, "👍", true, with("<react/>")).await.unwrap(),
        world.hub.delete_event(alice, group, message.id, with("<delete/>")).await.unwrap(),
    ];
    for (event, payload) in made.iter().zip(["<edit/>", "<react/>", "<delete/>"]) {
        assert_eq!(event.extras, Some(extras(payload)));
    }
    let long = with(&"x".repeat(world.hub.settings().bounds.body_bytes_max + 1));
    let other = world.say(alice, group, None).await.unwrap();
    assert_eq!(rejection(world.hub.edit(alice, group, other.id, body, long).await), Rejection::BodyTooLong);
}
