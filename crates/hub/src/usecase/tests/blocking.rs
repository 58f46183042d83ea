use super::*;

#[tokio::test]
async fn whoever_is_blocked_changes_nothing_more_in_a_direct_conversation() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();
    let own = world.say(bob, direct, None).await.unwrap().id;
    let edit = |body: &str| world.hub.edit(bob, direct, own, Body::text(body), None);
    edit("before").await.unwrap();
    world.hub.set_contact(alice, bob.who, String::new(), true).await.unwrap();
    assert_eq!(rejection(world.say(bob, direct, None).await), Rejection::Blocked);
    assert_eq!(rejection(edit("after").await), Rejection::Blocked);
    for added in [true, false] {
        assert_eq!(rejection(world.hub.react(bob, direct, own, "👍", added, None).await), Rejection::Blocked);
        assert_eq!(rejection(world.hub.pin(bob, direct, own, added).await), Rejection::Blocked);
        assert_eq!(rejection(world.hub.set_typing(bob, direct, added).await), Rejection::Blocked);
    }
    world.hub.delete_event(bob, direct, own, None).await.unwrap();
    world.hub.remove_contact(alice, bob.who).await.unwrap();
    world.say(bob, direct, None).await.unwrap();
}

#[tokio::test]
async fn a_retry_of_what_was_accepted_before_the_block_keeps_its_place() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();
    let own = world.say(bob, direct, Some("post")).await.unwrap();
    let reference = ClientRef::new("edit");
    let edit = || world.hub.edit(bob, direct, own.id, Body::text("better"), reference.clone());
    let edited = edit().await.unwrap();
    world.hub.set_contact(alice, bob.who, String::new(), true).await.unwrap();
    assert_eq!(world.say(bob, direct, Some("post")).await.unwrap().seq, own.seq);
    assert_eq!(edit().await.unwrap().seq, edited.seq);
}
