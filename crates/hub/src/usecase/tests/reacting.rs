use super::*;

async fn on_it(world: &TestWorld, who: Caller, conversation: ConversationId, message: &Event) -> Vec<String> {
    let found = world.hub.visible_event(who, conversation, message.id).await.unwrap();
    let reactions = found.fold.unwrap_or_default().reactions.into_iter();
    reactions.filter(|(_, people)| people.contains(&who.who)).map(|(emoji, _)| emoji.into()).collect()
}

#[tokio::test]
async fn a_set_of_reactions_replaces_ones_own_and_nobody_elses() {
    let world = TestWorld::with_people().await;
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let direct = world.hub.open_direct(alice, bob.who).await.unwrap();
    let message = world.say(alice, direct, None).await.unwrap();
    world.hub.react(alice, direct, message.id, "👍", true, None).await.unwrap();
    let set = async |emojis: &[&str]| {
        let emojis = emojis.iter().map(|emoji| (*emoji).into()).collect();
        world.hub.set_reactions(bob, direct, message.id, emojis, None).await.unwrap().len()
    };
    assert_eq!(set(&["👍", "🎉", "👍"]).await, 2);
    assert_eq!(on_it(&world, bob, direct, &message).await, ["👍", "🎉"]);
    assert_eq!(set(&["🎉", "👍"]).await, 0, "the same again writes nothing");
    assert_eq!(set(&["🎉", "❤️"]).await, 2);
    assert_eq!(on_it(&world, bob, direct, &message).await, ["🎉", "❤️"]);
    assert_eq!(set(&[]).await, 2);
    assert!(on_it(&world, bob, direct, &message).await.is_empty());
    assert_eq!(on_it(&world, alice, direct, &message).await, ["👍"]);
}

#[tokio::test]
async fn a_set_of_reactions_is_refused_as_a_whole() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let group = world.group(alice).await;
    let message = world.say(alice, group, None).await.unwrap();
    let set = async |emojis: Vec<String>| {
        let emojis = emojis.into_iter().map(Into::into).collect();
        world.hub.set_reactions(alice, group, message.id, emojis, None).await
    };
    let many = |count: usize| (0..count).map(|number| format!("{number}")).collect::<Vec<_>>();
    let most = world.hub.settings().bounds.reactions_max;
    assert_eq!(set(many(most)).await.unwrap().len(), most);
    assert_eq!(rejection(set(many(most + 1)).await), Rejection::TooManyReactions);
    assert!(matches!(rejection(set(vec!["a b".into()]).await), Rejection::InvalidValue(_)));
    assert_eq!(on_it(&world, alice, group, &message).await.len(), most);
    assert_eq!(set(vec!["new".into()]).await.unwrap().len(), most + 1);
}
