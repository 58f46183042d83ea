use super::*;

async fn link(world: &TestWorld, owner: Caller, group: ConversationId, needs_approval: bool) -> String {
    let new = NewLink { expires_in_s: None, uses: Some(2), needs_approval };
    world.hub.create_link(owner, group, new).await.unwrap().code
}

#[tokio::test]
async fn asking_again_with_a_link_changes_nothing_and_uses_nothing_up() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let group = world.group(alice).await;
    let code = link(&world, alice, group, true).await;
    for _ in 0..3 {
        assert_eq!(world.hub.join_by_link(bob, &code).await.unwrap(), (group, false));
    }
    assert_eq!(world.hub.requests(alice, group).await.unwrap(), [bob.who]);
    assert_eq!(world.hub.links(alice, group).await.unwrap()[0].uses_left, Some(1));
}

#[tokio::test]
async fn whoever_has_asked_gets_in_by_a_link_that_needs_no_approval() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let group = world.group(alice).await;
    let (asking, open) = (link(&world, alice, group, true).await, link(&world, alice, group, false).await);
    assert_eq!(world.hub.join_by_link(bob, &asking).await.unwrap(), (group, false));
    assert_eq!(world.hub.join_by_link(bob, &open).await.unwrap(), (group, true));
    assert!(world.hub.requests(alice, group).await.unwrap().is_empty());
}
