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
async fn who_is_banned_twice_hears_of_it_once() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let group = world.group(alice).await;
    world.hub.add_member(alice, group, bob.who, None).await.unwrap();
    world.hub.ban_member(alice, group, bob.who).await.unwrap();
    let head = world.hub.conversation(alice, group).await.unwrap().row.head;
    world.hub.ban_member(alice, group, bob.who).await.unwrap();
    assert_eq!(world.hub.conversation(alice, group).await.unwrap().row.head, head);
    assert_eq!(rejection(world.hub.ban_member(bob, group, alice.who).await), Rejection::ConversationNotFound);
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

#[tokio::test]
async fn what_is_listed_is_found_by_name_and_topic_in_pages() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    for (name, is_listed) in [("Garden", true), ("Book club", true), ("Secret garden", false)] {
        let group = world.group(alice).await;
        let (name, topic) = (Some(name.to_owned()), Some(format!("All about the {name}")));
        let change = SettingsChange { name, topic, listed: Some(is_listed), ..SettingsChange::default() };
        world.hub.change_settings(alice, group, change).await.unwrap();
    }
    let names = async |text: &str, after: Option<&str>, limit| {
        let (rows, next) = world.hub.find_listed(text, after, limit).await.unwrap();
        (rows.into_iter().map(|row| row.settings.name).collect::<Vec<_>>(), next)
    };
    assert_eq!(names("GARDEN", None, 10).await.0, ["Garden"]);
    assert_eq!(names("about the book", None, 10).await.0, ["Book club"]);
    assert!(names("secret", None, 10).await.0.is_empty());
    let (mut found, next) = names("", None, 1).await;
    let (more, _) = names("", next.as_deref(), 10).await;
    found.extend(more);
    found.sort();
    assert_eq!(found, ["Book club", "Garden"]);
}

#[tokio::test]
async fn somebody_who_found_it_joins_what_is_open_and_asks_where_it_is_only_listed() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let group = world.group(alice).await;
    assert_eq!(rejection(world.hub.join_listed(bob, group).await), Rejection::ConversationNotFound);
    world.set(alice, group, false, true).await;
    assert!(!world.hub.join_listed(bob, group).await.unwrap());
    assert!(!world.hub.join_listed(bob, group).await.unwrap(), "asking again changes nothing");
    assert_eq!(world.hub.requests(alice, group).await.unwrap(), [bob.who]);
    world.set(alice, group, true, true).await;
    assert!(world.hub.join_listed(bob, group).await.unwrap());
    assert!(world.hub.join_listed(bob, group).await.unwrap());
    assert!(world.is_in(bob, group).await);
}
