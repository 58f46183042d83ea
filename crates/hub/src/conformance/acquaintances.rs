use super::world::*;
use crate::ports::{ContactRow, Store};
use parlance_core::{
    account::{AccountChange, Contact},
    id::Seq,
    subscription::{Direction, Subscription},
};
use std::{collections::HashSet, sync::Arc};

fn contact(who: Person, alias: &str, blocked: bool) -> AccountChange {
    let contact = Contact { alias: alias.to_owned(), blocked, is_listed: true, ..Contact::nobody() };
    AccountChange::Contact { who: who.id, contact, said: None }
}

fn removed(who: Person) -> AccountChange {
    AccountChange::ContactRemoved { who: who.id, said: None }
}

async fn contacts(world: &World, who: Person) -> Vec<ContactRow> {
    let mut rows = world.store.contacts(who.id).await.unwrap();
    rows.sort_by_key(|row| row.who);
    rows
}

pub async fn an_address_book_is_what_was_last_said_of_each(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol, dan] = world.people().await;
    for change in [
        contact(bob, "Bobby", false),
        contact(carol, "", true),
        contact(dan, "D", true),
        contact(bob, "Bob", true),
        contact(carol, "", false),
        removed(dan),
        removed(alice),
    ] {
        world.account(alice, change).await;
    }
    let kept = contacts(&world, alice).await;
    let kept: Vec<_> = kept.iter().map(|row| (row.who, &*row.contact.alias, row.contact.blocked)).collect();
    assert_eq!(kept, [(bob.id, "Bob", true), (carol.id, "", false)]);
    assert!(contacts(&world, bob).await.is_empty());
}

pub async fn everything_that_is_kept_about_somebody_comes_back(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let subscription =
        Subscription { outgoing: Direction::Granted, incoming: Direction::Pending, is_approved: true };
    let groups = vec!["Family".to_owned(), "Ward 3".to_owned()];
    for contact in [
        Contact { alias: "B".into(), is_listed: true, groups, subscription, ..Contact::nobody() },
        Contact { blocked: true, ..Contact::nobody() },
    ] {
        let change = AccountChange::Contact { who: bob.id, contact: contact.clone(), said: None };
        let changed = world.account(alice, change).await.seq;
        let row = ContactRow { who: bob.id, contact, changed };
        assert_eq!(world.store.contact(alice.id, bob.id).await.unwrap(), Some(row.clone()));
        assert_eq!(contacts(&world, alice).await, [row]);
    }
    assert_eq!(world.store.contact(alice.id, carol.id).await.unwrap(), None);
    assert_eq!(world.store.contact(bob.id, alice.id).await.unwrap(), None);
}

pub async fn an_address_book_says_when_it_changed_and_when_somebody_was_removed(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let last_removal = async || world.store.address_book(alice.id).await.unwrap().0;
    let added = world.account(alice, contact(bob, "", false)).await.seq;
    world.account(alice, AccountChange::Devices).await;
    world.account(alice, contact(carol, "", false)).await;
    assert_eq!(last_removal().await, Seq::ZERO);
    let gone = world.account(alice, removed(carol)).await.seq;
    assert_eq!(last_removal().await, gone);
    world.account(alice, AccountChange::Devices).await;
    assert_eq!(last_removal().await, gone);
    assert_eq!(contacts(&world, alice).await[0].changed, added);
    assert_eq!(world.store.address_book(alice.id).await.unwrap().1, contacts(&world, alice).await);
    assert_eq!(world.store.address_book(bob.id).await.unwrap(), (Seq::ZERO, Vec::new()));
}

pub async fn a_block_works_in_both_directions_until_it_is_lifted(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol] = world.people().await;
    let blocked = async |one: Person, other: Person| world.store.is_blocked(one.id, other.id).await.unwrap();
    world.account(alice, contact(bob, "", false)).await;
    assert!(!blocked(alice, bob).await);
    world.account(alice, contact(bob, "", true)).await;
    assert!(blocked(alice, bob).await && blocked(bob, alice).await);
    assert!(!blocked(alice, carol).await && !blocked(bob, carol).await);
    world.account(alice, removed(bob)).await;
    assert!(!blocked(alice, bob).await && !blocked(bob, alice).await);
}

pub async fn who_shares_a_conversation_is_acquainted(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob, carol, dan] = world.people().await;
    let room = world.group(&[alice, bob]).await;
    world.direct(carol, alice).await;
    world.group(&[bob, dan]).await;
    let acquainted = async |who: Person| {
        let others = [alice, bob, carol, dan].map(|person| person.id);
        let others: Vec<_> = others.into_iter().filter(|id| *id != who.id).collect();
        world.store.acquainted(who.id, &others).await.unwrap().into_iter().collect::<HashSet<_>>()
    };
    assert_eq!(acquainted(alice).await, HashSet::from([bob.id, carol.id]));
    assert_eq!(acquainted(dan).await, HashSet::from([bob.id]));
    room.leave(bob).await;
    assert_eq!(acquainted(alice).await, HashSet::from([carol.id]));
    assert!(world.store.acquainted(alice.id, &[]).await.unwrap().is_empty());
    assert!(world.store.acquainted(alice.id, &[dan.id]).await.unwrap().is_empty());
}
