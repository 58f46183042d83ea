use super::*;

impl TestWorld {
    async fn waits(&self, who: Caller, conversation: ConversationId) -> bool {
        self.hub.conversation(who, conversation).await.unwrap().is_request
    }
}

#[tokio::test]
async fn a_stranger_waits_until_there_is_an_answer() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.hub.open_direct(bob, alice.who).await.unwrap();
    world.say(bob, direct, None).await.unwrap();
    assert!(world.waits(alice, direct).await);
    assert!(!world.waits(bob, direct).await);
    world.say(alice, direct, None).await.unwrap();
    assert!(!world.waits(alice, direct).await);
}

#[tokio::test]
async fn a_contact_is_no_stranger_and_somebody_who_is_blocked_stays_one() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.hub.open_direct(bob, alice.who).await.unwrap();
    world.say(bob, direct, None).await.unwrap();
    world.hub.set_blocked(alice, bob.who, true).await.unwrap();
    assert!(world.waits(alice, direct).await);
    world.hub.set_contact(alice, bob.who, String::new(), false).await.unwrap();
    assert!(!world.waits(alice, direct).await);
}

#[tokio::test]
async fn groups_and_notes_are_no_requests() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let group = world.group(bob).await;
    world.hub.add_member(bob, group, alice.who, None).await.unwrap();
    world.say(bob, group, None).await.unwrap();
    let notes = world.hub.open_notes(alice).await.unwrap();
    assert!(!world.waits(alice, group).await && !world.waits(alice, notes).await);
}
