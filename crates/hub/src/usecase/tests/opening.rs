use super::*;
use parlance_core::conversation::{Role, SettingsChange};

impl TestWorld {
    async fn set(&self, by: Caller, conversation: ConversationId, open: bool, listed: bool) {
        let change = SettingsChange { open: Some(open), listed: Some(listed), ..SettingsChange::default() };
        self.hub.change_settings(by, conversation, change).await.unwrap();
    }

    async fn is_in(&self, who: Caller, conversation: ConversationId) -> bool {
        self.hub.conversation(who, conversation).await.is_ok()
    }
}

#[tokio::test]
async fn anybody_may_join_an_open_conversation_and_no_other() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let group = world.group(alice).await;
    for (open, listed, expected) in [
        (false, false, Some(Rejection::ConversationNotFound)),
        (false, true, Some(Rejection::Forbidden)),
        (true, false, None),
    ] {
        world.set(alice, group, open, listed).await;
        let joined = world.hub.join_open(bob, group).await;
        assert_eq!(expected, joined.err().map(|error| rejection::<()>(Err(error))));
        assert_eq!(world.hub.look_at_open(group).await.is_ok(), open || listed);
    }
    assert!(world.is_in(bob, group).await);
    assert_eq!(rejection(world.hub.join_open(bob, group).await), Rejection::AlreadyMember);
    world.hub.ban_member(alice, group, bob.who).await.unwrap();
    assert_eq!(rejection(world.hub.join_open(bob, group).await), Rejection::Banned);
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();
    assert_eq!(rejection(world.hub.join_open(bob, direct).await), Rejection::WrongConversationKind);
}

#[tokio::test]
async fn a_destroyed_conversation_is_nobodys_and_keeps_its_name() {
    let world = TestWorld::with_people().await;
    let (alice, bob, carol) =
        (world.person("alice").await, world.person("bob").await, world.person("carol").await);
    let group = world.group(alice).await;
    world.set(alice, group, true, true).await;
    world.hub.add_member(alice, group, bob.who, Some(Role::Owner)).await.unwrap();
    world.hub.add_member(alice, group, carol.who, Some(Role::Moderator)).await.unwrap();
    assert_eq!(rejection(world.hub.destroy_conversation(carol, group).await), Rejection::Forbidden);
    let name = world.hub.name_of(group).await.unwrap();
    assert_eq!(world.hub.list_open(None, 10).await.unwrap()[0].name, name);

    world.hub.destroy_conversation(bob, group).await.unwrap();
    for who in [alice, bob, carol] {
        assert!(!world.is_in(who, group).await);
        assert_eq!(rejection(world.hub.join_open(who, group).await), Rejection::ConversationNotFound);
    }
    assert!(world.hub.list_open(None, 10).await.unwrap().is_empty());
    assert_eq!(
        world.hub.conversation_named(&name).await.unwrap(),
        Some(group),
        "the name is not given again"
    );
    let state = world.world.store.load_state(group).await.unwrap().unwrap();
    assert!(state.settings.destroyed && state.settings.archived);
    assert_eq!(rejection(world.hub.destroy_conversation(bob, group).await), Rejection::ConversationNotFound);
}

#[tokio::test]
async fn a_conversation_is_destroyed_by_that_alone() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let group = world.group(alice).await;
    let change = SettingsChange { destroyed: Some(true), ..SettingsChange::default() };
    let refused = world.hub.change_settings(alice, group, change).await;
    assert!(matches!(rejection(refused), Rejection::InvalidValue(_)));
}
