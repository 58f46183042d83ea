use super::world::*;
use crate::ports::{Devices, Store};
use parlance_core::{id::PrincipalId, principal::DeviceKey};
use std::{collections::HashSet, sync::Arc};
use tokio::task::JoinSet;

fn key(text: &str) -> DeviceKey {
    DeviceKey::new(text).unwrap()
}

/// The numbers of the tokens that work, by device.
async fn working(store: &dyn Store, owner: PrincipalId) -> Vec<Vec<u64>> {
    let mut devices = store.reconnects(owner).await.unwrap();
    devices.sort_by_key(|(device, _)| device.id);
    let numbers = |(_, reconnects): (_, crate::ports::Reconnects)| {
        reconnects.tokens().iter().map(|token| token.number).collect()
    };
    devices.into_iter().map(numbers).collect()
}

pub async fn a_device_is_found_again_by_its_key(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let phone = world.store.ensure_keyed_device(new_device(alice.id, Some("xmpp:agent:1"))).await.unwrap();
    let again = world.store.ensure_keyed_device(new_device(alice.id, Some("xmpp:agent:1"))).await.unwrap();
    assert_eq!(again, phone);
    let bobs = world.store.ensure_keyed_device(new_device(bob.id, Some("xmpp:agent:1"))).await.unwrap();
    assert_ne!(bobs.id, phone.id, "a key is one owner's own");
    let find = async |owner, text| world.store.find_keyed_device(owner, &key(text)).await.unwrap();
    assert_eq!(find(alice.id, "xmpp:agent:1").await.as_ref(), Some(&phone));
    assert_eq!(find(bob.id, "xmpp:agent:1").await, Some(bobs));
    assert_eq!(find(alice.id, "xmpp:agent:2").await, None);
    let listed = world.store.list_devices(alice.id).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&phone));
    let later = NOON.plus_ms(5);
    world.store.touch_devices(vec![(phone.id, later)]).await.unwrap();
    assert_eq!(find(alice.id, "xmpp:agent:1").await.unwrap().last_seen_at, later);
}

pub async fn of_many_that_open_a_device_at_once_one_makes_it(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let mut opening = JoinSet::new();
    for _ in 0..50 {
        let store = Arc::clone(&world.store);
        opening.spawn(async move { store.ensure_keyed_device(new_device(alice.id, Some("key"))).await });
    }
    let opened: HashSet<_> = opening.join_all().await.into_iter().map(|device| device.unwrap().id).collect();
    assert_eq!(opened.len(), 1);
    assert_eq!(world.store.list_devices(alice.id).await.unwrap().len(), 2);
}

pub async fn a_revoked_device_is_made_anew_under_its_key(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let first = world.store.ensure_keyed_device(new_device(alice.id, Some("key"))).await.unwrap();
    world.store.revoke_devices(alice.id, Devices::One(first.id)).await.unwrap();
    assert_eq!(world.store.find_keyed_device(alice.id, &key("key")).await.unwrap(), None);
    let second = world.store.ensure_keyed_device(new_device(alice.id, Some("key"))).await.unwrap();
    assert_ne!(second.id, first.id);
}

pub async fn the_tokens_of_a_device_are_kept_until_newer_ones_are_used(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    assert_eq!(working(&*world.store, alice.id).await, Vec::<Vec<u64>>::new());
    let issue = async |ms| {
        let at = NOON.plus_ms(ms);
        world.store.issue_reconnect(alice.device, "HT-SHA-256-NONE", at, NOON).await.unwrap().unwrap()
    };
    let (first, second) = (issue(1).await, issue(2).await);
    assert_eq!((first.mechanism.as_str(), first.issued_at), ("HT-SHA-256-NONE", NOON.plus_ms(1)));
    let (device, reconnects) = world.store.reconnects(alice.id).await.unwrap().remove(0);
    assert_eq!((device.id, reconnects.tokens()), (alice.device, &[first.clone(), second.clone()][..]));
    let used = async |number| world.store.note_reconnect_used(alice.device, number).await.unwrap();
    assert!(used(first.number).await && used(second.number).await);
    assert!(!used(first.number).await, "a newer one was used");
    assert_eq!(working(&*world.store, alice.id).await, [[second.number]]);
}

pub async fn tokens_end_with_their_devices(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let issue = async |device| world.store.issue_reconnect(device, "HT", NOON, NOON).await.unwrap();
    let phone = world.store.ensure_keyed_device(new_device(alice.id, Some("key"))).await.unwrap().id;
    let number = issue(phone).await.unwrap().number;
    issue(alice.device).await;
    issue(bob.device).await;
    world.store.end_reconnects(bob.id, Devices::One(phone)).await.unwrap();
    assert_eq!(working(&*world.store, alice.id).await.concat().len(), 2, "not Bob's to end");
    world.store.end_reconnects(alice.id, Devices::One(phone)).await.unwrap();
    assert_eq!(working(&*world.store, alice.id).await.concat().len(), 1);
    assert!(!world.store.note_reconnect_used(phone, number).await.unwrap());
    assert!(issue(phone).await.unwrap().number > number, "numbers are not used again");
    world.store.revoke_devices(alice.id, Devices::All).await.unwrap();
    assert_eq!(working(&*world.store, alice.id).await, Vec::<Vec<u64>>::new());
    assert_eq!(issue(phone).await, None);
    assert_eq!(working(&*world.store, bob.id).await.concat().len(), 1);
}

pub async fn of_many_tokens_issued_at_once_each_has_its_number(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let mut issuing = JoinSet::new();
    for _ in 0..20 {
        let store = Arc::clone(&world.store);
        issuing.spawn(async move { store.issue_reconnect(alice.device, "HT", NOON, NOON).await });
    }
    let numbers: HashSet<_> =
        issuing.join_all().await.into_iter().map(|token| token.unwrap().unwrap().number).collect();
    assert_eq!(numbers.len(), 20);
}
