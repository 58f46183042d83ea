use super::world::*;
use crate::ports::{CreateError, InvitationRow, LinkRow, NewPrincipal, Store, TokenHash};
use parlance_core::{id::ConversationId, principal::Principal};
use std::sync::Arc;
use tokio::task::JoinSet;

fn invitation(world: &World, uses_left: u32) -> InvitationRow {
    InvitationRow {
        code: fresh_token(),
        shown_code: Some("code".to_owned()),
        domain: world.domain,
        inviter: None,
        contact: None,
        name: None,
        is_admin: false,
        expires_at: None,
        uses_left,
    }
}

async fn invited(world: &World, principal: Principal, code: TokenHash) -> Result<(), CreateError> {
    let new = NewPrincipal { principal, credentials: None, invitation: Some(code) };
    world.store.create_principal(new).await
}

pub async fn an_invitation_makes_as_many_accounts_as_it_has_uses(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let row = invitation(&world, 7);
    world.store.create_invitation(row.clone()).await.unwrap();
    let mut registrations = JoinSet::new();
    for number in 0..50 {
        let world = world.clone();
        registrations.spawn(async move {
            invited(&world, world.principal(&format!("guest{number}")), row.code).await
        });
    }
    let (made, refused): (Vec<_>, Vec<_>) =
        registrations.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 7);
    assert!(refused.iter().all(|answer| matches!(answer, Err(CreateError::InvitationInvalid))));
    assert_eq!(world.store.list_principals(world.domain, None, None, 99).await.unwrap().len(), 7);
}

pub async fn an_invitation_that_does_not_fit_makes_no_account(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let elsewhere = world.store.ensure_domain("other.example").await.unwrap();
    for row in [
        InvitationRow { expires_at: Some(NOON), ..invitation(&world, 1) },
        InvitationRow { name: Some("bob".to_owned()), ..invitation(&world, 1) },
        InvitationRow { domain: elsewhere, ..invitation(&world, 1) },
        invitation(&world, 0),
    ] {
        world.store.create_invitation(row.clone()).await.unwrap();
        let refused = invited(&world, world.principal("alice"), row.code).await;
        assert!(matches!(refused, Err(CreateError::InvitationInvalid)), "{row:?}");
        assert_eq!(world.store.find_invitation(&row.code).await.unwrap(), Some(row));
    }
    let refused = invited(&world, world.principal("alice"), fresh_token()).await;
    assert!(matches!(refused, Err(CreateError::InvitationInvalid)));
    assert!(world.store.find_principal(&world.principal("alice").address).await.unwrap().is_none());
}

pub async fn a_taken_name_does_not_use_the_invitation_up(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    world.register(world.principal("alice")).await;
    let row = InvitationRow { expires_at: Some(NOON.plus_ms(1)), ..invitation(&world, 1) };
    world.store.create_invitation(row.clone()).await.unwrap();
    let refused = invited(&world, world.principal("alice"), row.code).await;
    assert!(matches!(refused, Err(CreateError::NameTaken)));
    assert!(invited(&world, world.principal("bob"), row.code).await.is_ok());
    assert_eq!(world.store.find_invitation(&row.code).await.unwrap().map(|row| row.uses_left), Some(0));
}

pub async fn somebody_sees_and_ends_their_own_invitations(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let of_alice = |uses_left| InvitationRow { inviter: Some(alice.id), ..invitation(&world, uses_left) };
    let (name, contact) = (Some("carol".to_owned()), Some(bob.id));
    let row = InvitationRow { name, contact, expires_at: Some(NOON.plus_ms(1)), ..of_alice(2) };
    let expired = InvitationRow { expires_at: Some(NOON), ..of_alice(1) };
    let of_server = InvitationRow { shown_code: None, is_admin: true, ..invitation(&world, 1) };
    for row in [row.clone(), expired, of_alice(0), of_server.clone()] {
        world.store.create_invitation(row).await.unwrap();
    }
    let list = async |who: Person| world.store.list_invitations(Some(who.id), NOON).await.unwrap();
    assert_eq!(list(alice).await, std::slice::from_ref(&row));
    assert!(list(bob).await.is_empty());
    assert_eq!(world.store.find_invitation(&of_server.code).await.unwrap(), Some(of_server));
    assert!(!world.store.revoke_invitation(Some(bob.id), &row.code).await.unwrap());
    assert!(world.store.revoke_invitation(Some(alice.id), &row.code).await.unwrap());
    assert!(!world.store.revoke_invitation(Some(alice.id), &fresh_token()).await.unwrap());
    assert!(list(alice).await.is_empty());
    let refused = invited(&world, world.principal("carol"), row.code).await;
    assert!(matches!(refused, Err(CreateError::InvitationInvalid)));
}

pub async fn an_invitation_used_up_without_an_account_by_fifty_at_once_works_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let row = InvitationRow { expires_at: Some(NOON.plus_ms(1)), ..invitation(&world, 1) };
    world.store.create_invitation(row.clone()).await.unwrap();
    let late = NOON.plus_ms(1);
    assert!(!world.store.use_invitation(&row.code, late).await.unwrap(), "it has expired by then");
    let mut uses = JoinSet::new();
    for _ in 0..50 {
        let world = world.clone();
        uses.spawn(async move { world.store.use_invitation(&row.code, NOON).await.unwrap() });
    }
    assert_eq!(uses.join_all().await.into_iter().filter(|used| *used).count(), 1);
    assert!(!world.store.use_invitation(&fresh_token(), NOON).await.unwrap());
}

pub async fn a_name_is_reserved_as_long_as_an_invitation_for_it_works(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let elsewhere = world.store.ensure_domain("reserved.example").await.unwrap();
    let (name, end) = (format!("carol{}", fresh()), NOON.plus_ms(1));
    let row = InvitationRow { name: Some(name.clone()), expires_at: Some(end), ..invitation(&world, 1) };
    let is_reserved = async |domain, now| world.store.is_reserved(domain, &name, now).await.unwrap();
    assert!(!is_reserved(world.domain, NOON).await);
    world.store.create_invitation(row.clone()).await.unwrap();
    assert!(is_reserved(world.domain, NOON).await);
    assert!(!is_reserved(world.domain, end).await && !is_reserved(elsewhere, NOON).await);
    assert!(world.store.use_invitation(&row.code, NOON).await.unwrap());
    assert!(!is_reserved(world.domain, NOON).await, "it is used up");
}

pub async fn the_servers_own_invitations_are_nobody_elses(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let of_server = invitation(&world, 1);
    let of_alice = InvitationRow { inviter: Some(alice.id), ..invitation(&world, 1) };
    for row in [of_server.clone(), of_alice.clone()] {
        world.store.create_invitation(row).await.unwrap();
    }
    assert_eq!(world.store.list_invitations(None, NOON).await.unwrap(), std::slice::from_ref(&of_server));
    assert!(!world.store.revoke_invitation(Some(alice.id), &of_server.code).await.unwrap());
    assert!(!world.store.revoke_invitation(None, &of_alice.code).await.unwrap());
    assert!(world.store.revoke_invitation(None, &of_server.code).await.unwrap());
    assert!(world.store.list_invitations(None, NOON).await.unwrap().is_empty());
}

async fn room_with_link(world: &World, uses_left: Option<u32>) -> (Room, LinkRow) {
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let link = LinkRow {
        code: format!("link{}", fresh()),
        conversation: room.id,
        creator: alice.id,
        expires_at: Some(NOON.plus_ms(100)),
        uses_left,
        needs_approval: true,
    };
    world.store.create_link(link.clone()).await.unwrap();
    (room, link)
}

pub async fn a_link_lets_in_as_many_as_it_has_uses(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let (_room, link) = room_with_link(&world, Some(7)).await;
    let mut uses = JoinSet::new();
    for _ in 0..50 {
        let (store, code) = (Arc::clone(&world.store), link.code.clone());
        uses.spawn(async move { store.use_link(&code, NOON).await.unwrap() });
    }
    assert_eq!(uses.join_all().await.into_iter().filter(|used| *used).count(), 7);
    world.store.return_link(&link.code).await.unwrap();
    assert!(world.store.use_link(&link.code, NOON).await.unwrap());
    assert!(!world.store.use_link(&link.code, NOON).await.unwrap());
}

pub async fn a_link_without_a_number_lets_in_any_number_until_it_expires(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let (_room, link) = room_with_link(&world, None).await;
    for _ in 0..3 {
        assert!(world.store.use_link(&link.code, NOON.plus_ms(99)).await.unwrap());
    }
    world.store.return_link(&link.code).await.unwrap();
    assert_eq!(world.store.find_link(&link.code).await.unwrap(), Some(link.clone()));
    assert!(!world.store.use_link(&link.code, NOON.plus_ms(100)).await.unwrap());
    assert!(!world.store.use_link("unknown", NOON).await.unwrap());
}

pub async fn links_that_still_work_are_listed(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let (room, link) = room_with_link(&world, Some(1)).await;
    let (_other_room, other) = room_with_link(&world, Some(1)).await;
    let list = async |now| world.store.list_links(room.id, now).await.unwrap();
    assert_eq!(list(NOON).await, std::slice::from_ref(&link));
    assert!(list(NOON.plus_ms(100)).await.is_empty());
    assert!(world.store.use_link(&link.code, NOON).await.unwrap());
    assert!(list(NOON).await.is_empty());
    let used_up = LinkRow { uses_left: Some(0), ..link };
    assert_eq!(world.store.find_link(&used_up.code).await.unwrap(), Some(used_up));
    assert_eq!(world.store.find_link(&other.code).await.unwrap(), Some(other));
}

pub async fn an_ended_link_lets_nobody_in(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let (room, link) = room_with_link(&world, None).await;
    let elsewhere = ConversationId(fresh_uuid());
    assert!(!world.store.revoke_link(elsewhere, &link.code).await.unwrap());
    assert!(world.store.revoke_link(room.id, &link.code).await.unwrap());
    assert!(!world.store.revoke_link(room.id, "unknown").await.unwrap());
    world.store.return_link(&link.code).await.unwrap();
    assert!(!world.store.use_link(&link.code, NOON).await.unwrap());
    assert!(world.store.list_links(room.id, NOON).await.unwrap().is_empty());
}
