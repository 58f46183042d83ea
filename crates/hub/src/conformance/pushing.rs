use super::world::*;
use crate::ports::{Devices, NewPush, Push, PushKey, PushSettled, Store, retry_at};
use parlance_core::id::PrincipalId;
use std::sync::Arc;

const SERVER: &str = "push.example";

fn key(owner: PrincipalId, node: &str) -> PushKey {
    PushKey { owner, service: "app@push.example".into(), node: node.into() }
}

fn registration(of: Person, node: &str) -> NewPush {
    NewPush {
        key: key(of.id, node),
        device: of.device,
        server: SERVER.into(),
        options: format!("<options of='{node}'/>"),
        device_max: 2,
        owner_max: 3,
    }
}

async fn enable(world: &World, new: NewPush) -> bool {
    world.store.enable_push(new).await.unwrap()
}

/// What waits at a moment, by node.
async fn claim(world: &World, ms: u64) -> Vec<Push> {
    let mut claimed = world.store.claim_pushes(SERVER, NOON.plus_ms(ms), 99).await.unwrap();
    claimed.sort_by(|one, other| one.key.cmp(&other.key));
    claimed
}

fn nodes(pushes: &[Push]) -> Vec<&str> {
    pushes.iter().map(|push| push.key.node.as_str()).collect()
}

pub async fn one_notification_waits_however_often_it_was_asked_for(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    for new in [registration(alice, "1"), registration(alice, "2"), registration(bob, "3")] {
        assert!(enable(&world, new).await);
    }
    assert!(claim(&world, 0).await.is_empty(), "nobody asked");
    for _ in 0..3 {
        world.store.ask_pushes(&[alice.device]).await.unwrap();
    }
    assert_eq!(world.store.count_waiting_pushes().await.unwrap(), 2);
    assert_eq!(world.store.claim_pushes("other.example", NOON, 9).await.unwrap(), []);
    let claimed = claim(&world, 0).await;
    assert_eq!(nodes(&claimed), ["1", "2"]);
    let first = &claimed[0];
    assert_eq!((first.device, first.options.as_str()), (alice.device, "<options of='1'/>"));
    assert_eq!((first.asked, first.tries), (3, 0));
    assert!(claim(&world, 0).await.is_empty(), "they are on their way");
}

pub async fn a_notification_without_an_answer_is_tried_again_later_and_later(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    enable(&world, registration(alice, "1")).await;
    world.store.ask_pushes(&[alice.device]).await.unwrap();
    let mut at = NOON;
    for tries in 0..4 {
        let due = world.store.claim_pushes(SERVER, at, 9).await.unwrap();
        assert_eq!(due[0].tries, tries);
        let before = retry_at(at, tries).0 - NOON.0 - 1;
        assert!(claim(&world, before).await.is_empty());
        at = retry_at(at, tries);
    }
}

pub async fn a_notification_that_was_told_waits_no_more_unless_asked_for_since(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    enable(&world, registration(alice, "1")).await;
    world.store.ask_pushes(&[alice.device]).await.unwrap();
    let claimed = claim(&world, 0).await.remove(0);
    world.store.ask_pushes(&[alice.device]).await.unwrap();
    world.store.settle_push(&claimed.key, PushSettled::Done { asked: claimed.asked }).await.unwrap();
    let again = claim(&world, 0).await.remove(0);
    assert_eq!((again.asked, again.tries), (2, 0));
    world.store.settle_push(&again.key, PushSettled::Done { asked: again.asked }).await.unwrap();
    assert!(claim(&world, 1 << 40).await.is_empty());
    assert_eq!(world.store.count_waiting_pushes().await.unwrap(), 0);
}

pub async fn a_registration_is_replaced_by_one_with_the_same_key(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let phone = world.store.ensure_keyed_device(new_device(alice.id, Some("phone"))).await.unwrap();
    enable(&world, registration(alice, "1")).await;
    let replaced = NewPush { device: phone.id, options: "<other/>".into(), ..registration(alice, "1") };
    assert!(enable(&world, replaced).await);
    assert_eq!(world.store.push_devices(Some(alice.id)).await.unwrap(), [(alice.id, phone.id)]);
    world.store.ask_pushes(&[alice.device, phone.id]).await.unwrap();
    let claimed = claim(&world, 0).await;
    assert_eq!((claimed.len(), claimed[0].options.as_str()), (1, "<other/>"));
}

pub async fn a_device_and_a_person_have_so_many_registrations(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let phone = world.store.ensure_keyed_device(new_device(alice.id, Some("phone"))).await.unwrap();
    let of_phone = |node| NewPush { device: phone.id, ..registration(alice, node) };
    assert!(enable(&world, registration(alice, "1")).await && enable(&world, registration(alice, "2")).await);
    assert!(!enable(&world, registration(alice, "3")).await, "of one device");
    assert!(enable(&world, of_phone("3")).await);
    assert!(!enable(&world, of_phone("4")).await, "of one person");
    assert!(enable(&world, registration(alice, "2")).await, "it takes its own place");
    let gone = NewPush { device: new_device(alice.id, None).id, ..registration(world.person().await, "1") };
    assert!(!enable(&world, gone).await, "nobody has this device");
}

pub async fn registrations_end_one_by_one_and_by_service(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    enable(&world, registration(alice, "1")).await;
    enable(&world, registration(alice, "2")).await;
    enable(&world, registration(bob, "1")).await;
    let disable = async |service, node| {
        world.store.disable_pushes(alice.id, service, node).await.unwrap();
        world.store.ask_pushes(&[alice.device]).await.unwrap();
    };
    disable("other@push.example", None).await;
    disable("app@push.example", Some("1")).await;
    let claimed = claim(&world, 0).await;
    assert_eq!(nodes(&claimed), ["2"]);
    disable("app@push.example", None).await;
    assert!(claim(&world, 1 << 40).await.is_empty());
    assert_eq!(world.store.push_devices(None).await.unwrap(), [(bob.id, bob.device)]);
    world.store.settle_push(&key(bob.id, "1"), PushSettled::Ended).await.unwrap();
    assert_eq!(world.store.push_devices(None).await.unwrap(), []);
}

pub async fn a_registration_ends_with_its_device(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    enable(&world, registration(alice, "1")).await;
    enable(&world, registration(bob, "1")).await;
    world.store.revoke_devices(alice.id, Devices::All).await.unwrap();
    assert_eq!(world.store.push_devices(None).await.unwrap(), [(bob.id, bob.device)]);
}
