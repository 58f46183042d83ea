use super::world::*;
use crate::ports::{NewRemote, Store};
use parlance_core::{
    address::Address,
    id::{PrincipalId, UnixMillis},
    principal::Principal,
};
use std::{collections::HashSet, sync::Arc};
use tokio::task::JoinSet;

fn remote(world: &World, address: &str, introducer: PrincipalId) -> NewRemote {
    let address = Address::elsewhere(address).unwrap();
    let id = PrincipalId(fresh_uuid());
    let principal = Principal::remote(id, world.domain, address, UnixMillis(7));
    NewRemote { principal, introducer, introduced_max: 2 }
}

pub async fn somebody_elsewhere_is_found_by_address_and_identity(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let new = remote(&world, "+49%net@gateway.example", world.person().await.id);
    let known = new.principal.clone();
    let find = async || world.store.find_remote(world.domain, &known.address).await.unwrap();
    assert_eq!(find().await, None);
    assert_eq!(world.store.ensure_remote(new).await.unwrap(), Some(known.clone()));
    assert_eq!(find().await, Some(known.clone()));
    assert_eq!(world.store.load_principals(&[known.id]).await.unwrap(), std::slice::from_ref(&known));
    let other = world.store.ensure_domain("other.example").await.unwrap();
    assert_eq!(world.store.find_remote(other, &known.address).await.unwrap(), None);
}

pub async fn somebody_elsewhere_is_made_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await.id;
    let mut makers = JoinSet::new();
    for _ in 0..20 {
        let (store, new) = (Arc::clone(&world.store), remote(&world, "gateway.example", alice));
        makers.spawn(async move { store.ensure_remote(new).await.unwrap().unwrap().id });
    }
    let made: HashSet<_> = makers.join_all().await.into_iter().collect();
    assert_eq!(made.len(), 1);
}

pub async fn one_person_makes_so_many_elsewhere_known(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let (alice, bob) = (world.person().await.id, world.person().await.id);
    let ensure = async |address, who| world.store.ensure_remote(remote(&world, address, who)).await.unwrap();
    assert!(ensure("a@x.example", alice).await.is_some() && ensure("b@x.example", alice).await.is_some());
    assert!(ensure("c@x.example", alice).await.is_none());
    assert!(ensure("a@x.example", alice).await.is_some(), "who is known costs nothing");
    assert!(ensure("c@x.example", bob).await.is_some());
}

pub async fn somebody_elsewhere_is_no_account(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await.id;
    let new = remote(&world, "zoe@x.example", alice);
    world.store.ensure_remote(new.clone()).await.unwrap();
    let is_zoe = |principal: &Principal| principal.id == new.principal.id;
    let listed = world.store.list_principals(world.domain, None, None, 99).await.unwrap();
    assert!(!listed.iter().any(is_zoe));
    assert!(world.store.search_principals(world.domain, "zoe", 9).await.unwrap().is_empty());
    assert_eq!(world.store.find_principal(&new.principal.address).await.unwrap(), None);
    assert_eq!(world.store.count_principals(world.domain).await.unwrap().enabled, 1);
}
