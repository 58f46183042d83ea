//! How many conversations one person may be in.

use crate::{
    Caller, HubError, Registration,
    stage::Stage,
    test_world::{TestWorld, settings},
    usecase::{NewConversation, NewLink},
};
use parlance_core::{
    Rejection,
    conversation::{Bounds, HistoryVisibility, Kind, Role},
    id::{ClientRef, ConversationId},
};

async fn stage_for(conversations_max: usize) -> Stage {
    let bounds = Bounds { conversations_max, ..Bounds::default() };
    Stage { world: TestWorld::new(crate::HubSettings { bounds, ..settings(Registration::Closed) }).await }
}

fn group(members: &[Caller], client_ref: Option<&str>) -> NewConversation {
    NewConversation {
        kind: Kind::Group,
        address_name: None,
        name: "group".into(),
        topic: String::new(),
        history: HistoryVisibility::All,
        members: members.iter().map(|member| member.who).collect(),
        client_ref: client_ref.and_then(ClientRef::new),
    }
}

fn is_refused<T>(outcome: Result<T, HubError>) -> bool {
    matches!(outcome, Err(HubError::Rule(Rejection::TooManyConversations)))
}

#[tokio::test]
async fn nobody_comes_into_more_conversations_than_there_may_be() {
    let stage = stage_for(2).await;
    let [alice, bob, cleo] = stage.people().await;
    let hub = &stage.world.hub;
    let first = hub.create_conversation(alice, group(&[], Some("first"))).await.unwrap();
    hub.open_direct(alice, bob.who).await.unwrap();
    assert!(is_refused(hub.create_conversation(alice, group(&[], None)).await));
    assert!(is_refused(hub.open_direct(alice, cleo.who).await));
    assert!(is_refused(hub.open_direct(cleo, alice.who).await), "nor is one drawn in by others");
    assert!(is_refused(hub.create_conversation(cleo, group(&[alice], None)).await));
    let other = hub.create_conversation(cleo, group(&[], None)).await.unwrap();
    assert!(is_refused(hub.add_member(cleo, other, alice.who, None).await));
    let new_link = NewLink { expires_in_s: None, uses: None, needs_approval: false };
    let link = hub.create_link(cleo, other, new_link).await.unwrap();
    assert!(is_refused(hub.join_by_link(alice, &link.code).await));

    // What is there already stays within reach, and leaving makes room.
    assert_eq!(hub.create_conversation(alice, group(&[], Some("first"))).await.unwrap(), first);
    assert_eq!(hub.open_direct(alice, bob.who).await.unwrap(), ConversationId::direct(alice.who, bob.who));
    hub.add_member(alice, first, bob.who, None).await.unwrap();
    hub.change_role(alice, first, bob.who, Role::Owner).await.unwrap();
    hub.remove_member(alice, first, alice.who).await.unwrap();
    hub.join_by_link(alice, &link.code).await.unwrap();
    hub.open_notes(alice).await.expect("everybody may have notes");
}
