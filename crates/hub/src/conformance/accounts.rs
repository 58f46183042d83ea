use super::world::*;
use crate::ports::{
    CreateError, Credentials, Devices, NewPrincipal, PresenceWish, PrincipalChange, ScramHash, ScramVerifier,
    Store,
};
use parlance_core::{
    address::Address,
    id::{DeviceId, PrincipalId},
    presence::Availability,
    principal::{Device, Principal, Privacy},
};
use std::{collections::HashSet, sync::Arc};
use tokio::task::JoinSet;

fn names(principals: &[Principal]) -> Vec<&str> {
    principals.iter().map(|principal| principal.address.name()).collect()
}

pub async fn a_domain_is_made_once(store: Arc<dyn Store>) {
    let one = store.ensure_domain("one.example").await.unwrap();
    let other = store.ensure_domain("other.example").await.unwrap();
    assert_ne!(one, other);
    assert_eq!(store.ensure_domain("one.example").await.unwrap(), one);
}

pub async fn an_account_is_found_by_address_and_identity(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let privacy = Privacy { show_last_seen: false, show_read: true };
    let alice = Principal { is_admin: true, privacy, ..world.principal("alice") };
    world.register(alice.clone()).await;
    world.register(world.principal("bob")).await;
    assert_eq!(world.store.find_principal(&alice.address).await.unwrap(), Some(alice.clone()));
    let nobody = Address::new("nobody", "conformance.example").unwrap();
    assert_eq!(world.store.find_principal(&nobody).await.unwrap(), None);
    let ids = [PrincipalId(fresh_uuid()), alice.id];
    assert_eq!(world.store.load_principals(&ids).await.unwrap(), [alice]);
}

pub async fn an_address_is_given_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let mut registrations = JoinSet::new();
    for _ in 0..20 {
        let new = NewPrincipal { principal: world.principal("alice"), credentials: None, invitation: None };
        let store = Arc::clone(&world.store);
        registrations.spawn(async move { store.create_principal(new).await });
    }
    let (made, refused): (Vec<_>, Vec<_>) =
        registrations.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    assert!(refused.iter().all(|answer| matches!(answer, Err(CreateError::NameTaken))));
    assert_eq!(world.store.list_principals(world.domain, None, None, 99).await.unwrap().len(), 1);
}

pub async fn accounts_are_listed_by_address_in_pages_of_one_domain(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    for name in ["carol", "alice", "dan", "bob"] {
        world.register(world.principal(name)).await;
    }
    let domain = world.store.ensure_domain("other.example").await.unwrap();
    let address = Address::new("eve", "other.example").unwrap();
    world.register(Principal { domain, address, ..world.principal("eve") }).await;
    let first = world.store.list_principals(world.domain, None, None, 3).await.unwrap();
    assert_eq!(names(&first), ["alice", "bob", "carol"]);
    let rest = world.store.list_principals(world.domain, None, Some(&first[2].address), 3).await.unwrap();
    assert_eq!(names(&rest), ["dan"]);
}

pub async fn accounts_are_found_by_the_beginning_of_a_name(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    for (name, display_name) in
        [("mueller", "Anna Berg"), ("anton", "Zoe"), ("berta", "Carl"), ("dora", "Annika")]
    {
        world.register(Principal { display_name: display_name.to_owned(), ..world.principal(name) }).await;
    }
    let gone = Principal { is_enabled: false, ..world.principal("anonymous") };
    world.register(gone).await;
    let search = async |prefix: &str, limit| {
        let found = world.store.search_principals(world.domain, prefix, limit).await.unwrap();
        names(&found).join(" ")
    };
    assert_eq!(search("an", 9).await, "anton dora mueller");
    assert_eq!(search("AN", 2).await, "anton dora");
    assert_eq!(search("ber", 9).await, "berta mueller");
    assert_eq!(search("anna b", 9).await, "mueller");
    assert_eq!(search("nna", 9).await, "");
    assert_eq!(search("%", 9).await, "");
    assert_eq!(search("_", 9).await, "");
}

pub async fn a_change_of_an_account_leaves_the_rest(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.principal("alice");
    world.register(alice.clone()).await;
    let load = async || world.store.load_principals(&[alice.id]).await.unwrap().remove(0);
    let change = PrincipalChange { display_name: Some("A".to_owned()), ..PrincipalChange::default() };
    assert!(world.store.update_principal(alice.id, change).await.unwrap());
    let named = Principal { display_name: "A".to_owned(), ..alice.clone() };
    assert_eq!(load().await, named);
    let privacy = Privacy { show_last_seen: false, show_read: false };
    let change = PrincipalChange {
        privacy: Some(privacy),
        is_enabled: Some(false),
        is_admin: Some(true),
        display_name: None,
    };
    assert!(world.store.update_principal(alice.id, change).await.unwrap());
    assert_eq!(load().await, Principal { privacy, is_enabled: false, is_admin: true, ..named });
    let nobody = PrincipalId(fresh_uuid());
    assert!(!world.store.update_principal(nobody, PrincipalChange::default()).await.unwrap());
}

pub async fn a_domain_knows_whether_it_has_an_administrator(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let other = world.store.ensure_domain("other.example").await.unwrap();
    world.register(world.principal("alice")).await;
    assert!(!world.store.has_admin(world.domain).await.unwrap());
    world.register(Principal { is_admin: true, ..world.principal("root") }).await;
    assert!(world.store.has_admin(world.domain).await.unwrap());
    assert!(!world.store.has_admin(other).await.unwrap());
}

pub async fn accounts_are_counted_and_listed_by_whether_they_are_enabled(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    for (name, is_enabled) in [("carol", true), ("alice", false), ("dan", true), ("bob", false)] {
        world.register(Principal { is_enabled, ..world.principal(name) }).await;
    }
    let counts = world.store.count_principals(world.domain).await.unwrap();
    assert_eq!((counts.enabled, counts.disabled), (2, 2));
    let list = async |is_enabled, after: Option<&Address>| {
        world.store.list_principals(world.domain, is_enabled, after, 9).await.unwrap()
    };
    let disabled = list(Some(false), None).await;
    assert_eq!(names(&disabled), ["alice", "bob"]);
    assert_eq!(names(&list(Some(false), Some(&disabled[0].address)).await), ["bob"]);
    assert_eq!(names(&list(Some(true), None).await), ["carol", "dan"]);
}

fn credentials(salt: u8) -> Credentials {
    let verifier = |hash| ScramVerifier {
        hash,
        salt: vec![salt, 0, 255],
        iterations: 10_000,
        stored_key: vec![1; 20],
        server_key: vec![2; 20],
    };
    let scram = [ScramHash::Sha1, ScramHash::Sha256, ScramHash::Sha512].map(verifier).to_vec();
    Credentials { argon2id: format!("$argon2id${salt}"), scram }
}

pub async fn credentials_are_kept_and_replaced(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let (alice, bob) = (world.principal("alice"), world.principal("bob"));
    world.register(bob.clone()).await;
    let new = NewPrincipal { principal: alice.clone(), credentials: Some(credentials(1)), invitation: None };
    world.store.create_principal(new).await.unwrap();
    let load = async |id| world.store.load_credentials(id).await.unwrap();
    assert_eq!((load(alice.id).await, load(bob.id).await), (Some(credentials(1)), None));
    let login = async |who: &Principal| world.store.find_login(&who.address).await.unwrap();
    assert_eq!(login(&alice).await, Some((alice.clone(), Some(credentials(1)))));
    assert_eq!(login(&bob).await, Some((bob.clone(), None)));
    assert_eq!(login(&world.principal("carol")).await, None);
    world.store.set_credentials(alice.id, credentials(2)).await.unwrap();
    world.store.set_credentials(bob.id, credentials(3)).await.unwrap();
    assert_eq!((load(alice.id).await, load(bob.id).await), (Some(credentials(2)), Some(credentials(3))));
}

pub async fn a_device_signs_in_with_its_token(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let (alice, bob) = (world.principal("alice"), world.principal("bob"));
    world.register(alice.clone()).await;
    world.register(bob.clone()).await;
    let (device, token) = world.device(alice.id).await;
    let (other, other_token) = world.device(alice.id).await;
    let load = async |owner, device| world.store.load_device(owner, device).await.unwrap();
    assert_eq!(load(alice.id, other.id).await, Some((other.clone(), alice.clone())));
    assert_eq!(load(bob.id, other.id).await, None);
    assert_eq!(world.store.find_device(&token).await.unwrap(), Some((device, alice.clone())));
    assert_eq!(world.store.find_device(&other_token).await.unwrap(), Some((other, alice)));
    assert_eq!(world.store.find_device(&fresh_token()).await.unwrap(), None);
}

pub async fn devices_are_listed_newest_first(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let mut expected = vec![alice.device];
    for ms in [1, 2] {
        let at = NOON.plus_ms(ms);
        let device = Device { created_at: at, last_seen_at: at, ..new_device(alice.id, None) };
        let id = device.id;
        world.store.create_device(device, fresh_token()).await.unwrap();
        expected.insert(0, id);
    }
    let list = async |who: Person| {
        let devices = world.store.list_devices(who.id).await.unwrap();
        devices.into_iter().map(|device| device.id).collect::<Vec<_>>()
    };
    assert_eq!(list(alice).await, expected);
    assert_eq!(list(bob).await, [bob.device]);
}

pub async fn a_revoked_device_cannot_sign_in(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let (one, one_token) = world.device(alice.id).await;
    let (two, two_token) = world.device(alice.id).await;
    let revoke = async |who: Person, which| {
        let revoked = world.store.revoke_devices(who.id, which).await.unwrap();
        revoked.into_iter().collect::<HashSet<_>>()
    };
    assert_eq!(revoke(bob, Devices::One(one.id)).await, HashSet::new(), "not Bob's to revoke");
    assert!(world.store.find_device(&one_token).await.unwrap().is_some());
    assert_eq!(revoke(alice, Devices::One(one.id)).await, HashSet::from([one.id]));
    assert!(world.store.find_device(&one_token).await.unwrap().is_none());
    assert_eq!(revoke(alice, Devices::One(one.id)).await, HashSet::new());
    assert_eq!(revoke(alice, Devices::AllBut(two.id)).await, HashSet::from([alice.device]));
    assert!(world.store.find_device(&two_token).await.unwrap().is_some());
    assert_eq!(revoke(alice, Devices::All).await, HashSet::from([two.id]));
    assert_eq!(world.store.list_devices(bob.id).await.unwrap().len(), 1);
}

pub async fn somebody_was_last_here_with_any_device(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let (tablet, token) = world.device(alice.id).await;
    let (late, early) = (NOON.plus_ms(900), NOON.plus_ms(100));
    let nobody = DeviceId(fresh_uuid());
    world.store.touch_devices(vec![(alice.device, late), (tablet.id, early), (nobody, late)]).await.unwrap();
    assert_eq!(world.store.last_seen(alice.id).await.unwrap(), Some(late));
    assert_eq!(world.store.find_device(&token).await.unwrap().unwrap().0.last_seen_at, early);
    world.store.touch_devices(vec![(alice.device, early)]).await.unwrap();
    assert_eq!(world.store.last_seen(alice.id).await.unwrap(), Some(late), "never moves back");
    assert_eq!(world.store.last_seen(PrincipalId(fresh_uuid())).await.unwrap(), None);
}

pub async fn what_somebody_wants_to_show_is_kept(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    assert_eq!(world.store.presence_wish(alice.id).await.unwrap(), PresenceWish::default());
    for availability in [Availability::DoNotDisturb, Availability::Invisible, Availability::Online] {
        let wish = PresenceWish { availability, status: "at the sea".to_owned() };
        world.store.set_presence_wish(alice.id, wish.clone()).await.unwrap();
        assert_eq!(world.store.presence_wish(alice.id).await.unwrap(), wish);
    }
    assert_eq!(world.store.presence_wish(bob.id).await.unwrap(), PresenceWish::default());
}
