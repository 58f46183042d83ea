use super::world::*;
use crate::ports::{Item, Items, NodeBounds, NodeError, NodeKey, NodeOwner, Publish, Published, Store};
use parlance_core::id::PrincipalId;
use std::sync::Arc;
use tokio::task::JoinSet;

const ROOMY: NodeBounds = NodeBounds { nodes_max: 100, subscribers_max: 100, bytes_max: 1_000_000 };
const ALL: Items = Items::Before(None, usize::MAX >> 1);

fn node(owner: Person, name: &str) -> NodeKey {
    NodeKey { owner: NodeOwner::Principal(owner.id), name: name.to_owned() }
}

fn item(node: &NodeKey, by: Person, id: &str, payload: &str) -> Publish {
    Publish {
        node: node.clone(),
        config: "first".to_owned(),
        id: id.to_owned(),
        payload: payload.to_owned(),
        publisher: by.id,
        at: NOON,
        items_max: 10,
        bounds: ROOMY,
    }
}

fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.id.as_str()).collect()
}

async fn all(world: &World, node: &NodeKey) -> String {
    ids(&world.store.items(node, ALL).await.unwrap()).join(" ")
}

pub async fn an_item_is_kept_as_the_newest_of_its_node(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let node = node(alice, "urn:example:Ä");
    assert_eq!(world.store.items(&node, ALL).await.unwrap(), []);
    let done = world.store.publish(item(&node, alice, "a", "<one/>")).await.unwrap();
    assert_eq!(done, Published { is_new_node: true, has_replaced: false, evicted: vec![] });
    world.store.publish(item(&node, bob, "b", "<two/>")).await.unwrap();
    let again = Publish { at: NOON.plus_ms(7), ..item(&node, bob, "a", "<three/>") };
    let done = world.store.publish(Publish { config: "ignored".into(), ..again }).await.unwrap();
    assert_eq!(done, Published { is_new_node: false, has_replaced: true, evicted: vec![] });
    let items = world.store.items(&node, ALL).await.unwrap();
    assert_eq!(ids(&items), ["b", "a"]);
    let newest = &items[1];
    assert_eq!((newest.payload.as_str(), newest.publisher, newest.at), ("<three/>", bob.id, NOON.plus_ms(7)));
    assert!(newest.place > items[0].place);
    let row = world.store.find_node(&node).await.unwrap().unwrap();
    assert_eq!((row.key, row.config.as_str(), row.items_count), (node, "first", 2));
}

pub async fn the_oldest_items_make_place(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let node = node(alice, "node");
    for id in ["a", "b", "c", "d"] {
        world.store.publish(item(&node, alice, id, "x")).await.unwrap();
    }
    let publish = async |id, items_max| {
        let publish = Publish { items_max, ..item(&node, alice, id, "y") };
        world.store.publish(publish).await.unwrap().evicted
    };
    assert_eq!(publish("e", 4).await, ["a"]);
    assert_eq!(publish("b", 4).await, [""; 0], "replacing needs no place");
    assert_eq!(all(&world, &node).await, "c d e b");
    assert_eq!(publish("c", 2).await, ["d", "e"], "what is replaced is not evicted");
    assert_eq!(all(&world, &node).await, "b c");
    assert_eq!(publish("f", 0).await, ["b", "c"], "the new one stays");
    assert_eq!(all(&world, &node).await, "f");
    assert_eq!(world.store.find_node(&node).await.unwrap().unwrap().items_count, 1);
}

pub async fn items_are_read_by_id_and_in_pages(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let node = node(alice, "node");
    for id in ["a", "b", "c", "d", "e"] {
        world.store.publish(item(&node, alice, id, "x")).await.unwrap();
    }
    let read = async |which| world.store.items(&node, which).await.unwrap();
    let named = |ids: &[&str]| Items::Named(ids.iter().map(|id| (*id).to_owned()).collect());
    assert_eq!(ids(&read(named(&["d", "nothing", "b", "d"])).await), ["b", "d"]);
    let newest = read(Items::Before(None, 2)).await;
    assert_eq!(ids(&newest), ["d", "e"]);
    assert_eq!(ids(&read(Items::Before(Some(newest[0].place), 2)).await), ["b", "c"]);
    let oldest = read(Items::After(0, 2)).await;
    assert_eq!(ids(&oldest), ["a", "b"]);
    world.store.retract(&node, &["b".to_owned()]).await.unwrap();
    assert_eq!(ids(&read(Items::After(oldest[1].place, 2)).await), ["c", "d"], "a place outlives its item");
    assert_eq!(read(Items::Before(None, 0)).await, []);
}

pub async fn retracting_purging_and_deleting_take_away(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let node = node(alice, "node");
    let nothing = async || {
        let retracted = world.store.retract(&node, &["a".to_owned()]).await.unwrap();
        let purged = world.store.purge_node(&node).await.unwrap();
        (retracted.is_empty(), purged, world.store.delete_node(&node).await.unwrap())
    };
    assert_eq!(nothing().await, (true, false, false));
    for id in ["a", "b", "c", "d"] {
        world.store.publish(item(&node, alice, id, "x")).await.unwrap();
    }
    let asked = ["c", "nothing", "a"].map(str::to_owned);
    assert_eq!(world.store.retract(&node, &asked).await.unwrap(), ["a", "c"]);
    assert_eq!(all(&world, &node).await, "b d");
    assert_eq!(world.store.find_node(&node).await.unwrap().unwrap().items_count, 2);
    let last = world.store.items(&node, ALL).await.unwrap()[1].place;
    assert!(world.store.purge_node(&node).await.unwrap());
    let row = world.store.find_node(&node).await.unwrap().unwrap();
    assert_eq!((row.config.as_str(), row.items_count), ("first", 0));
    world.store.publish(item(&node, alice, "e", "x")).await.unwrap();
    assert!(world.store.items(&node, ALL).await.unwrap()[0].place > last, "places are not given twice");
    world.store.subscribe(&node, "bob@example.org", ROOMY).await.unwrap();
    assert!(world.store.delete_node(&node).await.unwrap());
    assert_eq!(world.store.find_node(&node).await.unwrap(), None);
    world.store.create_node(&node, "second", ROOMY).await.unwrap();
    assert_eq!(world.store.items(&node, ALL).await.unwrap(), []);
    assert!(world.store.subscribers(&node).await.unwrap().is_empty());
}

pub async fn a_node_is_configured_and_listed(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    world.store.create_node(&node(alice, "b"), "config", ROOMY).await.unwrap();
    world.store.publish(item(&node(alice, "a"), alice, "x", "y")).await.unwrap();
    world.store.create_node(&node(bob, "c"), "", ROOMY).await.unwrap();
    let again = world.store.create_node(&node(alice, "a"), "", ROOMY).await;
    assert!(matches!(again, Err(NodeError::Exists)));
    world.store.configure_node(&node(alice, "a"), "other", ROOMY).await.unwrap();
    let missing = world.store.configure_node(&node(alice, "c"), "", ROOMY).await;
    assert!(matches!(missing, Err(NodeError::NoNode)));
    let listed = world.store.list_nodes(NodeOwner::Principal(alice.id)).await.unwrap();
    let listed: Vec<_> =
        listed.iter().map(|row| (row.key.name.as_str(), row.config.as_str(), row.items_count)).collect();
    assert_eq!(listed, [("a", "other", 1), ("b", "config", 0)]);
}

pub async fn nodes_belong_to_their_owner(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    let keys = [
        node(alice, "node"),
        node(bob, "node"),
        NodeKey { owner: NodeOwner::Conversation(room.id), name: "node".to_owned() },
    ];
    for (place, key) in keys.iter().enumerate() {
        world.store.publish(item(key, alice, &place.to_string(), "x")).await.unwrap();
    }
    for (place, key) in keys.iter().enumerate() {
        assert_eq!(all(&world, key).await, place.to_string());
    }
    let nobody = NodeKey { owner: NodeOwner::Principal(PrincipalId(fresh_uuid())), name: "node".to_owned() };
    let refused = world.store.publish(item(&nobody, alice, "a", "x")).await;
    assert!(matches!(refused, Err(NodeError::NoOwner)));
    let refused = world.store.create_node(&nobody, "", ROOMY).await;
    assert!(matches!(refused, Err(NodeError::NoOwner)));
}

pub async fn of_many_who_make_a_node_at_once_one_does(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let mut making = JoinSet::new();
    for _ in 0..20 {
        let (store, node) = (Arc::clone(&world.store), node(alice, "node"));
        making.spawn(async move { store.create_node(&node, "", ROOMY).await });
    }
    let (made, refused): (Vec<_>, Vec<_>) = making.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    assert!(refused.iter().all(|answer| matches!(answer, Err(NodeError::Exists))));
}

pub async fn bounds_hold_and_refusals_change_nothing(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let tight = NodeBounds { nodes_max: 2, subscribers_max: 1, bytes_max: 40 };
    let publish = async |name: &str, id: &str, payload: &str, items_max| {
        let publish = item(&node(alice, name), alice, id, payload);
        world.store.publish(Publish { bounds: tight, items_max, ..publish }).await
    };
    // A name of one byte, a configuration of five, an id of one and a payload of ten.
    publish("a", "1", "0123456789", 9).await.unwrap();
    publish("b", "1", "0123456789", 9).await.unwrap();
    assert!(matches!(publish("c", "1", "", 9).await, Err(NodeError::TooManyNodes)));
    let create = world.store.create_node(&node(alice, "c"), "", tight).await;
    assert!(matches!(create, Err(NodeError::TooManyNodes)));
    assert!(matches!(publish("a", "2", "012345", 9).await, Err(NodeError::TooManyBytes)));
    publish("a", "2", "01234", 9).await.unwrap();
    assert!(matches!(publish("a", "2", "012345", 9).await, Err(NodeError::TooManyBytes)));
    let configure = world.store.configure_node(&node(alice, "a"), "longer", tight).await;
    assert!(matches!(configure, Err(NodeError::TooManyBytes)));
    let subscribe = world.store.subscribe(&node(alice, "a"), "x", tight).await;
    assert!(matches!(subscribe, Err(NodeError::TooManyBytes)));
    assert_eq!(all(&world, &node(alice, "a")).await, "1 2");
    publish("a", "3", "0123456789", 1).await.unwrap();
    assert_eq!(all(&world, &node(alice, "a")).await, "3", "what goes makes place for what comes");
    world.store.subscribe(&node(alice, "a"), "x", tight).await.unwrap();
    world.store.subscribe(&node(alice, "a"), "x", tight).await.unwrap();
    let second = world.store.subscribe(&node(alice, "a"), "y", tight).await;
    assert!(matches!(second, Err(NodeError::TooManySubscribers)));
}

pub async fn what_makes_it_less_is_never_too_much(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let node = node(alice, "node");
    world.store.publish(item(&node, alice, "a", "0123456789")).await.unwrap();
    let lowered = NodeBounds { bytes_max: 1, ..ROOMY };
    let smaller = Publish { bounds: lowered, ..item(&node, alice, "a", "01234") };
    world.store.publish(smaller).await.unwrap();
    world.store.configure_node(&node, "1st", lowered).await.unwrap();
    let larger = Publish { bounds: lowered, ..item(&node, alice, "a", "012345") };
    assert!(matches!(world.store.publish(larger).await, Err(NodeError::TooManyBytes)));
}

pub async fn subscriptions_are_kept_by_node_and_by_address(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let keys = [node(alice, "a"), node(alice, "b"), node(bob, "a")];
    for key in &keys {
        world.store.create_node(key, "", ROOMY).await.unwrap();
    }
    let (carol, dan) = ("carol@example.org", "dan@example.org/phone");
    for (key, who) in [(0, dan), (0, carol), (1, carol), (2, carol), (0, carol)] {
        world.store.subscribe(&keys[key], who, ROOMY).await.unwrap();
    }
    let missing = world.store.subscribe(&node(alice, "c"), carol, ROOMY).await;
    assert!(matches!(missing, Err(NodeError::NoNode)));
    assert_eq!(world.store.subscribers(&keys[0]).await.unwrap(), [carol, dan]);
    let mut expected = keys.to_vec();
    expected.sort();
    assert_eq!(world.store.subscriptions(carol).await.unwrap(), expected);
    assert!(world.store.unsubscribe(&keys[0], carol).await.unwrap());
    assert!(!world.store.unsubscribe(&keys[0], carol).await.unwrap());
    assert_eq!(world.store.subscribers(&keys[0]).await.unwrap(), [dan]);
    world.store.erase_subscriptions(carol).await.unwrap();
    assert!(world.store.subscriptions(carol).await.unwrap().is_empty());
    assert_eq!(world.store.subscriptions(dan).await.unwrap(), [keys[0].clone()]);
}

pub async fn an_owner_that_goes_leaves_nothing(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    for owner in [alice, bob] {
        for name in ["a", "b"] {
            world.store.publish(item(&node(owner, name), owner, "x", "y")).await.unwrap();
            world.store.subscribe(&node(owner, name), "carol@example.org", ROOMY).await.unwrap();
        }
    }
    world.store.erase_nodes(NodeOwner::Principal(alice.id)).await.unwrap();
    assert!(world.store.list_nodes(NodeOwner::Principal(alice.id)).await.unwrap().is_empty());
    assert_eq!(world.store.list_nodes(NodeOwner::Principal(bob.id)).await.unwrap().len(), 2);
    assert_eq!(world.store.subscriptions("carol@example.org").await.unwrap().len(), 2);
    world.store.create_node(&node(alice, "a"), "", ROOMY).await.unwrap();
    assert_eq!(all(&world, &node(alice, "a")).await, "");
}

pub async fn many_publishers_at_once_lose_nothing(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let mut publishing = JoinSet::new();
    for number in 0..50 {
        let store = Arc::clone(&world.store);
        let publish = Publish { items_max: 30, ..item(&node(alice, "n"), alice, &number.to_string(), "x") };
        publishing.spawn(async move { store.publish(publish).await });
    }
    let done = publishing.join_all().await.into_iter().map(|done| done.unwrap()).collect::<Vec<_>>();
    assert_eq!(done.iter().filter(|done| done.is_new_node).count(), 1);
    assert_eq!(done.iter().map(|done| done.evicted.len()).sum::<usize>(), 20);
    assert_eq!(world.store.items(&node(alice, "n"), ALL).await.unwrap().len(), 30);
}
