use super::*;

fn called(name: &str, address_name: Option<&str>) -> NewConversation {
    NewConversation {
        kind: Kind::Group,
        address_name: address_name.map(str::to_owned),
        name: name.into(),
        topic: String::new(),
        history: HistoryVisibility::All,
        members: Vec::new(),
        client_ref: None,
    }
}

#[tokio::test]
async fn a_group_has_the_address_that_its_owner_chose() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let plans = world.hub.create_conversation(alice, called("Our plans", Some("Plans"))).await.unwrap();
    assert_eq!(world.hub.name_of(plans).await.unwrap(), "plans");
    assert_eq!(world.hub.address_of(plans).await.unwrap(), "plans@groups.example.org");
    assert_eq!(world.hub.conversation_named("PLANS").await.unwrap(), Some(plans));
    let again = world.hub.create_conversation(alice, called("Other plans", Some("plans"))).await;
    assert_eq!(rejection(again), Rejection::ConversationNameTaken);
    for bad in ["no spaces", ""] {
        let refused = world.hub.create_conversation(alice, called("Plans", Some(bad))).await;
        assert!(matches!(rejection(refused), Rejection::InvalidValue(_)), "{bad:?}");
    }
}

#[tokio::test]
async fn groups_that_are_called_alike_have_different_addresses() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let mut names = Vec::new();
    for _ in 0..3 {
        let group = world.hub.create_conversation(alice, called("Night shift!", None)).await.unwrap();
        names.push(world.hub.name_of(group).await.unwrap());
    }
    assert_eq!(names, ["night-shift", "night-shift-2", "night-shift-3"]);
}

#[tokio::test]
async fn a_group_without_a_name_answers_to_its_id() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let nameless = world.hub.create_conversation(alice, called("会議", None)).await.unwrap();
    let named = world.group(alice).await;
    assert_eq!(world.hub.name_of(nameless).await.unwrap(), nameless.to_string());
    assert_eq!(world.hub.conversation_named(&nameless.to_string()).await.unwrap(), Some(nameless));
    assert_eq!(world.hub.conversation_named(&named.to_string()).await.unwrap(), None);
    let notes = world.hub.open_notes(alice).await.unwrap();
    for nobodys in ["nothing", &notes.to_string(), &"0a".repeat(16)] {
        assert_eq!(world.hub.conversation_named(nobodys).await.unwrap(), None, "{nobodys}");
    }
}

#[tokio::test]
async fn a_name_may_look_like_an_id_but_not_be_one() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let name = "0a".repeat(16);
    let group = world.hub.create_conversation(alice, called("Plans", Some(&name))).await.unwrap();
    assert_eq!(world.hub.conversation_named(&name).await.unwrap(), Some(group));
    for there in [group, world.group(alice).await, world.hub.open_notes(alice).await.unwrap()] {
        let refused = world.hub.create_conversation(alice, called("Plans", Some(&there.to_string()))).await;
        assert_eq!(rejection(refused), Rejection::ConversationNameTaken);
    }
}

#[tokio::test]
async fn the_same_reference_finds_the_group_that_has_the_name() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let new = NewConversation { client_ref: ClientRef::new("a"), ..called("Plans", Some("plans")) };
    let plans = world.hub.create_conversation(alice, new.clone()).await.unwrap();
    assert_eq!(world.hub.create_conversation(alice, new).await.unwrap(), plans);
}
