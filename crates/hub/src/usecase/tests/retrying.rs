use super::*;

#[tokio::test]
async fn a_reference_of_one_kind_is_not_a_retry_of_another_even_where_that_is_refused() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();
    let theirs = world.say(bob, direct, None).await.unwrap().id;
    let own = world.say(alice, direct, Some("post")).await.unwrap();
    let post = || ClientRef::new("post");
    let hub = &world.hub;
    assert_eq!(
        rejection(hub.edit(alice, direct, theirs, Body::text("x"), post()).await),
        Rejection::ClientRefReused
    );
    assert_eq!(
        rejection(hub.react(alice, direct, own.id, "not an emoji", true, post()).await),
        Rejection::ClientRefReused
    );
    assert_eq!(rejection(hub.delete_event(alice, direct, theirs, post()).await), Rejection::ClientRefReused);
    let deleted = hub.delete_event(alice, direct, own.id, ClientRef::new("delete")).await.unwrap();
    let again = hub.delete_event(alice, direct, own.id, ClientRef::new("delete")).await.unwrap();
    assert_eq!(again.seq, deleted.seq);
    assert_eq!(world.say(alice, direct, Some("post")).await.unwrap().seq, own.seq);
    assert_eq!(rejection(world.say(alice, direct, Some("delete")).await), Rejection::ClientRefReused);
}
