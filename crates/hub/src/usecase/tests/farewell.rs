use super::*;
use parlance_core::conversation::Role;

#[tokio::test]
async fn who_is_removed_leaves_every_group_and_no_group_is_left_without_an_owner() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let group = world.group(alice).await;
    world.hub.add_member(alice, group, bob.who, None).await.unwrap();
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();

    world.hub.administration().remove("alice").await.unwrap();

    let members = world.hub.members(bob, group).await.unwrap();
    assert_eq!(
        members.iter().map(|(who, member)| (*who, member.role)).collect::<Vec<_>>(),
        [(bob.who, Role::Owner)]
    );
    assert_eq!(
        world.hub.members(bob, direct).await.unwrap().len(),
        2,
        "what was said between two stays theirs"
    );
}
