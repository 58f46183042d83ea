use super::world::*;
use crate::ports::{Append, AppendError, Appended, Create, Naming, Store};
use parlance_core::{
    conversation::{Kind, SettingsChange},
    event::{Content, MembershipChange},
    id::ConversationId,
};
use std::sync::Arc;
use tokio::task::JoinSet;

async fn make(
    world: &World,
    owner: Person,
    naming: Naming,
) -> (ConversationId, Result<Appended, AppendError>) {
    let id = ConversationId(fresh_uuid());
    let create = Some(Create { naming, ..Create::new(world.domain, Kind::Group) });
    let founding = Append { create, ..append(id, owner, founding(Kind::Group, &[owner])) };
    (id, world.store.append(founding).await)
}

async fn name_of(world: &World, conversation: ConversationId) -> Option<String> {
    world.store.load_name(conversation).await.unwrap().map(String::from)
}

pub async fn a_conversation_is_found_by_its_name_in_its_own_domain(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let elsewhere = world.store.ensure_domain("other.example").await.unwrap();
    let alice = world.person().await;
    let (plans, made) = make(&world, alice, Naming::Exactly("plans".into())).await;
    made.unwrap();
    let (nameless, made) = make(&world, alice, Naming::Nameless).await;
    made.unwrap();
    assert_eq!(world.store.find_name(world.domain, "plans").await.unwrap(), Some(plans));
    assert_eq!(world.store.find_name(elsewhere, "plans").await.unwrap(), None);
    assert_eq!(world.store.find_name(world.domain, "plan").await.unwrap(), None);
    assert_eq!(name_of(&world, plans).await.as_deref(), Some("plans"));
    assert_eq!(name_of(&world, nameless).await, None);
    assert_eq!(name_of(&world, ConversationId(fresh_uuid())).await, None);
}

pub async fn a_conversation_whose_name_is_taken_is_not_made(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let mut founding = JoinSet::new();
    for _ in 0..20 {
        let world = world.clone();
        founding.spawn(async move { make(&world, alice, Naming::Exactly("plans".into())).await });
    }
    let (made, refused): (Vec<_>, Vec<_>) =
        founding.join_all().await.into_iter().partition(|(_, answer)| answer.is_ok());
    assert_eq!(made.len(), 1);
    assert_eq!(world.store.find_name(world.domain, "plans").await.unwrap(), Some(made[0].0));
    for (id, answer) in refused {
        assert!(matches!(answer, Err(AppendError::NameTaken)), "{answer:?}");
        assert!(world.store.load_state(id).await.unwrap().is_none());
    }
}

pub async fn a_conversation_gets_the_first_free_of_several_names(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let names = || Naming::FirstFree(vec!["plans".into(), "plans-2".into(), "plans-3".into()]);
    for expected in [Some("plans"), Some("plans-2"), Some("plans-3"), None, None] {
        let (id, made) = make(&world, alice, names()).await;
        assert_eq!(made.unwrap().events.len(), 2);
        assert_eq!(name_of(&world, id).await.as_deref(), expected);
    }
}

pub async fn a_name_that_is_given_back_can_be_given_again(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let (before, made) = make(&world, alice, Naming::Exactly("plans".into())).await;
    made.unwrap();
    for _ in 0..2 {
        world.store.release_name(before).await.unwrap();
    }
    assert_eq!(world.store.find_name(world.domain, "plans").await.unwrap(), None);
    assert_eq!(name_of(&world, before).await, None);
    let (after, made) = make(&world, alice, Naming::Exactly("plans".into())).await;
    made.unwrap();
    assert_eq!(world.store.find_name(world.domain, "plans").await.unwrap(), Some(after));
}

pub async fn listed_conversations_are_found_by_name_in_pages_of_one_domain(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let elsewhere = world.store.ensure_domain("other.example").await.unwrap();
    let list = |on: bool| Content::Settings(SettingsChange { listed: Some(on), ..SettingsChange::default() });
    let say = async |id, content| {
        world.store.append(append(id, alice, vec![content])).await.unwrap();
    };
    let mut made = Vec::new();
    for name in ["b", "a", "c", "hidden", "left"] {
        made.push(make(&world, alice, Naming::Exactly(name.into())).await.0);
    }
    let nameless = make(&world, alice, Naming::Nameless).await.0;
    for id in made.iter().copied().chain([nameless]) {
        say(id, list(true)).await;
    }
    say(made[3], list(false)).await;
    say(made[4], Content::Membership { who: alice.id, change: MembershipChange::Left }).await;
    let names = async |domain, after, limit| {
        let rows = world.store.list_listed(domain, after, limit).await.unwrap();
        rows.into_iter().map(|row| row.name.to_string()).collect::<Vec<_>>()
    };
    let mut all = vec!["a".to_owned(), "b".to_owned(), "c".to_owned(), nameless.to_string()];
    all.sort();
    assert_eq!(names(world.domain, None, 10).await, all);
    assert_eq!(names(world.domain, Some(&*all[0]), 2).await, all[1..3]);
    assert!(names(elsewhere, None, 10).await.is_empty());
    let first = world.store.list_listed(world.domain, Some("a"), 1).await.unwrap().remove(0);
    assert_eq!((first.conversation, first.members_count, first.settings.listed), (made[0], 1, true));
}
