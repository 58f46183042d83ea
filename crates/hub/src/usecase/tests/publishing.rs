use super::*;
use crate::ports::{Items, NodeError, NodeOwner};

fn item(id: &str, payload: &str) -> NewItem {
    NewItem { config: String::new(), id: id.into(), payload: payload.into(), items_max: 1 }
}

fn owner(caller: Caller) -> NodeOwner {
    NodeOwner::Principal(caller.who)
}

#[tokio::test]
async fn an_item_is_published_read_and_taken_back() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let nodes = world.hub.nodes(owner(alice));
    assert!(matches!(nodes.items("bookmarks", Items::Before(None, 9)).await, Err(NodeError::NoNode)));
    assert!(nodes.publish(alice.who, "bookmarks", item("a", "<a/>")).await.unwrap().is_new_node);
    let second = nodes.publish(alice.who, "bookmarks", item("b", "<b/>")).await.unwrap();
    assert_eq!(second.evicted, ["a"]);
    let items = nodes.items("bookmarks", Items::Before(None, 9)).await.unwrap();
    assert_eq!((items.len(), items[0].payload.as_str(), items[0].at), (1, "<b/>", world.hub.now()));
    assert_eq!(nodes.retract("bookmarks", &["b".into()]).await.unwrap(), ["b"]);
    assert!(nodes.items("bookmarks", Items::Before(None, 9)).await.unwrap().is_empty());
    nodes.delete("bookmarks").await.unwrap();
    assert!(matches!(nodes.delete("bookmarks").await, Err(NodeError::NoNode)));
    assert!(nodes.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_too_long_or_too_large_is_refused() {
    let world = TestWorld::with_people().await;
    let alice = world.person("alice").await;
    let nodes = world.hub.nodes(owner(alice));
    let long = "x".repeat(NODE_NAME_BYTES_MAX + 1);
    for (node, id) in [("", "a"), (long.as_str(), "a"), ("node", ""), ("node", long.as_str())] {
        let refused = nodes.publish(alice.who, node, item(id, "")).await;
        assert!(matches!(refused, Err(NodeError::NameInvalid)), "{refused:?}");
    }
    let large = "x".repeat(NODE_PAYLOAD_BYTES_MAX + 1);
    assert!(matches!(nodes.publish(alice.who, "node", item("a", &large)).await, Err(NodeError::TooLarge)));
    nodes.publish(alice.who, &long[1..], item(&long[1..], &large[1..])).await.unwrap();
    let config = "x".repeat(NODE_CONFIG_BYTES_MAX + 1);
    assert!(matches!(nodes.create("node", &config).await, Err(NodeError::TooLarge)));
    nodes.create("node", "").await.unwrap();
    assert!(matches!(nodes.configure("node", &config).await, Err(NodeError::TooLarge)));
    assert!(matches!(nodes.subscribe("node", &long).await, Err(NodeError::NameInvalid)));
}

#[tokio::test]
async fn the_server_bounds_what_one_account_keeps() {
    let mut settings = settings(Registration::Open);
    settings.bounds.nodes_bytes_max = 100;
    let world = TestWorld::new(settings).await;
    let [alice, bob] = [world.person("alice").await, world.person("bob").await];
    let fill = item("a", &"x".repeat(90));
    world.hub.nodes(owner(alice)).publish(alice.who, "node", fill.clone()).await.unwrap();
    let refused = world.hub.nodes(owner(alice)).publish(alice.who, "more", item("a", "x")).await;
    assert!(matches!(refused, Err(NodeError::TooManyBytes)), "{refused:?}");
    world.hub.nodes(owner(bob)).publish(bob.who, "node", fill).await.unwrap();
}

#[tokio::test]
async fn a_removed_account_leaves_no_nodes_and_no_subscriptions() {
    let world = TestWorld::with_people().await;
    let [alice, bob] = [world.person("alice").await, world.person("bob").await];
    for who in [alice, bob] {
        world.hub.nodes(owner(who)).publish(who.who, "node", item("a", "x")).await.unwrap();
    }
    world.hub.nodes(owner(bob)).subscribe("node", "alice@example.org").await.unwrap();
    assert_eq!(world.hub.node_subscriptions("alice@example.org").await.unwrap().len(), 1);
    world.hub.administration().remove("alice").await.unwrap();
    assert!(world.hub.nodes(owner(alice)).list().await.unwrap().is_empty());
    assert!(world.hub.nodes(owner(bob)).subscribers("node").await.unwrap().is_empty());
    assert_eq!(world.hub.nodes(owner(bob)).list().await.unwrap().len(), 1);
}
