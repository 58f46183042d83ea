use super::*;
use crate::live::{CloseReason, News};

#[tokio::test]
async fn a_revoked_device_stops_and_the_others_go_on() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let (phone, laptop) = (world.sign_in("alice").await, world.sign_in("alice").await);
    assert!(world.is_signed_in(&phone).await && world.is_signed_in(&laptop).await);
    world.hub.revoke_device(laptop.caller(), phone.device.id).await.unwrap();
    assert!(!world.is_signed_in(&phone).await && world.is_signed_in(&laptop).await);
    let listed = world.hub.devices(laptop.caller()).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&laptop.device));
    let again = world.hub.revoke_device(laptop.caller(), phone.device.id).await;
    assert_eq!(refusal(again), IdentityRefusal::DeviceNotFound);
}

#[tokio::test]
async fn h01_nobody_revokes_the_device_of_somebody_else() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    world.add("mallory").await;
    let (alice, mallory) = (world.sign_in("alice").await, world.sign_in("mallory").await);
    let answer = world.hub.revoke_device(mallory.caller(), alice.device.id).await;
    assert_eq!(refusal(answer), IdentityRefusal::DeviceNotFound);
    assert!(world.is_signed_in(&alice).await);
}

#[tokio::test]
async fn signing_out_ends_this_device_and_revoking_the_others_all_but_it() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let devices = [world.sign_in("alice").await, world.sign_in("alice").await, world.sign_in("alice").await];
    world.hub.sign_out(devices[0].caller()).await.unwrap();
    world.hub.sign_out(devices[0].caller()).await.unwrap();
    assert!(!world.is_signed_in(&devices[0]).await && world.is_signed_in(&devices[1]).await);
    assert_eq!(world.hub.revoke_other_devices(devices[2].caller()).await.unwrap(), 1);
    assert!(!world.is_signed_in(&devices[1]).await && world.is_signed_in(&devices[2]).await);
}

#[tokio::test]
async fn h02_open_connections_of_a_revoked_device_are_told_to_close() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let (phone, laptop) = (world.sign_in("alice").await, world.sign_in("alice").await);
    let connection = world.hub.connect(phone.caller()).await.unwrap();
    world.hub.revoke_device(laptop.caller(), phone.device.id).await.unwrap();
    let mut news = std::iter::from_fn(|| connection.take_news());
    assert!(news.any(|one| matches!(one, News::Closed(CloseReason::Revoked))));
}

#[tokio::test]
async fn another_node_notices_a_revocation_within_a_second() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let phone = world.sign_in("alice").await;
    let other_node = world.another_hub(settings(Registration::Closed)).await;
    assert!(other_node.authenticate(&phone.token).await.is_ok());
    world.hub.sign_out(phone.caller()).await.unwrap();
    world.clock.advance(1_000);
    assert_eq!(refusal(other_node.authenticate(&phone.token).await), IdentityRefusal::TokenInvalid);
}

#[tokio::test]
async fn what_was_read_before_a_revocation_is_not_remembered_after_it() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let phone = world.sign_in("alice").await;
    let found = world.hub.authenticate(&phone.token).await.unwrap();
    let hash = secret::token_hash(phone.token.expose()).unwrap();
    let tokens = &world.hub.identity.tokens;
    let before = tokens.before_reading();
    world.hub.sign_out(phone.caller()).await.unwrap();
    tokens.keep(before, hash, found, world.hub.now());
    assert!(!world.is_signed_in(&phone).await);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    for token in ["", "x", &"x".repeat(43), &"x".repeat(10_000)] {
        assert_eq!(refusal(world.hub.authenticate(&token.into()).await), IdentityRefusal::TokenInvalid);
    }
}

#[tokio::test]
async fn a_changed_password_replaces_the_old_one() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let (phone, laptop) = (world.sign_in("alice").await, world.sign_in("alice").await);
    let request = |current: &str, new: &str, sign_out_others| ChangePassword {
        current: current.into(),
        new: new.into(),
        sign_out_others,
        peer: HOME,
    };
    let change = |request| world.hub.change_password(phone.caller(), request);

    assert_eq!(
        refusal(change(request("wrong horse", "battery staple", true)).await),
        IdentityRefusal::WrongCredentials
    );
    assert_eq!(refusal(change(request(PASSWORD, "short", true)).await), IdentityRefusal::PasswordTooWeak);
    assert!(world.is_signed_in(&laptop).await);

    change(request(PASSWORD, "battery staple", false)).await.unwrap();
    assert!(world.is_signed_in(&laptop).await, "other devices stay unless told otherwise");
    assert_eq!(refusal(world.try_sign_in("alice", PASSWORD).await), IdentityRefusal::WrongCredentials);
    assert!(world.try_sign_in("alice", "battery staple").await.is_ok());

    change(request("battery staple", PASSWORD, true)).await.unwrap();
    assert!(world.is_signed_in(&phone).await && !world.is_signed_in(&laptop).await);
}

#[tokio::test]
async fn h10_a_stolen_device_does_not_guess_the_password_for_long() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let stolen = world.sign_in("alice").await.caller();
    let guess = || ChangePassword {
        current: "wrong horse".into(),
        new: "battery staple".into(),
        sign_out_others: true,
        peer: HOME,
    };
    for _ in 0..10 {
        assert_eq!(
            refusal(world.hub.change_password(stolen, guess()).await),
            IdentityRefusal::WrongCredentials
        );
    }
    assert!(is_limited(&world.hub.change_password(stolen, guess()).await));
}

#[tokio::test]
async fn a_changed_profile_is_seen_at_once() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let alice = world.sign_in("alice").await;
    world.hub.authenticate(&alice.token).await.unwrap();
    let hidden = parlance_core::principal::Privacy { show_last_seen: false, show_read: true };
    let me = world.hub.update_profile(alice.caller(), Some(" Alice A. "), Some(hidden)).await.unwrap();
    assert_eq!((me.display_name.as_str(), me.privacy), ("Alice A.", hidden));
    assert_eq!(world.hub.me(alice.caller()).await.unwrap(), me);
    assert_eq!(world.hub.authenticate(&alice.token).await.unwrap().principal, me);
    assert!(world.hub.update_profile(alice.caller(), Some(" "), None).await.is_err());
}

#[tokio::test]
async fn devices_and_profile_are_told_in_the_account_log() {
    use parlance_core::{
        account::AccountChange,
        event::Content,
        id::{ConversationId, Seq},
    };
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let phone = world.sign_in("alice").await;
    world.sign_in("alice").await;
    world.hub.update_profile(phone.caller(), Some("Alice A."), None).await.unwrap();
    world.hub.administration().set_password("alice", &"battery staple".into()).await.unwrap();
    let log = ConversationId::account(phone.principal.id);
    let events = world.world.store.read_after(log, Seq::ZERO, 100).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.content {
            Content::Account(AccountChange::Devices) => Some(("devices", event.device.is_some())),
            Content::Account(AccountChange::Profile { .. }) => Some(("profile", event.device.is_some())),
            _ => None,
        })
        .collect();
    assert_eq!(told, [("devices", true), ("devices", true), ("profile", true), ("devices", false)]);
}
