use super::{invitations::invitation, *};
use parlance_core::{principal::Principal, subscription::Direction};
use std::collections::HashSet;

fn newcomer(name: &str, is_admin: bool) -> Newcomer {
    Newcomer { name: Some(name.into()), is_admin, contact: None }
}

#[tokio::test]
async fn a_disabled_account_stops_at_once_and_an_enabled_one_signs_in_again() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let phone = world.sign_in("alice").await;
    assert!(world.is_signed_in(&phone).await);
    world.hub.administration().disable("alice").await.unwrap();
    assert!(!world.is_signed_in(&phone).await);
    assert!(world.hub.administration().show("alice").await.unwrap().devices.is_empty());
    world.hub.administration().enable("alice").await.unwrap();
    assert!(!world.is_signed_in(&phone).await, "what was revoked stays revoked");
    world.sign_in("alice").await;
}

#[tokio::test]
async fn a_token_that_was_made_while_the_account_was_switched_off_does_not_work() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let principal = world.hub.check_password("alice", &PASSWORD.into(), HOME).await.unwrap();
    world.hub.administration().disable("alice").await.unwrap();
    let late = world.hub.sign_in_proven(principal, "Phone").await.unwrap();
    assert_eq!(refusal(world.hub.authenticate(&late.token).await), IdentityRefusal::AccountDisabled);
    let token = world.hub.administration().token("alice", "Bot").await;
    assert_eq!(refusal(token), IdentityRefusal::AccountDisabled);
}

#[tokio::test]
async fn a_removed_account_is_gone_for_good_and_its_address_stays_taken() {
    let world = TestWorld::in_mode(Registration::Open).await;
    world.add_as("alice", true).await;
    let phone = world.sign_in("alice").await;
    world.hub.update_profile(phone.caller(), Some("Alice A."), None).await.unwrap();
    let new = invitation(1, 60);
    let code = world.hub.create_invitation(phone.caller(), new).await.unwrap().code;

    world.hub.administration().remove("alice").await.unwrap();
    assert!(!world.is_signed_in(&phone).await);
    assert_eq!(refusal(world.try_sign_in("alice", PASSWORD).await), IdentityRefusal::WrongCredentials);
    assert_eq!(refusal(world.register("alice", None).await), IdentityRefusal::NameTaken);
    assert_eq!(refusal(world.register("bob", Some(&code)).await), IdentityRefusal::InvitationInvalid);
    let shown = world.hub.administration().show("alice").await.unwrap();
    assert!(shown.is_removed && !shown.has_password);
    assert!(!shown.principal.is_enabled && !shown.principal.is_admin);
    assert_eq!(shown.principal.display_name, "alice");

    let administration = world.hub.administration();
    let not_found = IdentityRefusal::UserNotFound;
    assert_eq!(refusal(administration.enable("alice").await), not_found);
    assert_eq!(refusal(administration.set_password("alice", &"battery staple".into()).await), not_found);
    assert_eq!(refusal(administration.token("alice", "Bot").await), not_found);
    assert_eq!(refusal(administration.remove("alice").await), not_found);
}

#[tokio::test]
async fn a_password_set_by_an_administrator_signs_every_device_out() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let phone = world.sign_in("alice").await;
    world.hub.administration().set_password("alice", &"battery staple".into()).await.unwrap();
    assert!(!world.is_signed_in(&phone).await);
    assert!(world.try_sign_in("alice", PASSWORD).await.is_err());
    assert!(world.try_sign_in("alice", "battery staple").await.is_ok());
}

#[tokio::test]
async fn an_invitation_for_a_name_makes_exactly_that_account() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add_as("root", true).await;
    let code = world.hub.administration().invite(newcomer("Carol", true)).await.unwrap().0;
    let invited = world.hub.look_at_invitation(&code, HOME).await.unwrap();
    assert_eq!((invited.name.as_deref(), invited.is_admin), (Some("carol"), true));
    assert_eq!(refusal(world.register("eve", Some(&code)).await), IdentityRefusal::InvitationInvalid);
    assert!(world.register("carol", Some(&code)).await.unwrap().principal.is_admin);
    let again = world.hub.administration().invite(newcomer("carol", false)).await;
    assert_eq!(refusal(again), IdentityRefusal::NameTaken);
}

#[tokio::test]
async fn a_program_gets_a_token_of_its_own() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let token = world.hub.administration().token("alice", "Build bot").await.unwrap();
    assert!(world.is_signed_in(&token).await);
    let devices = world.hub.administration().show("alice@example.org").await.unwrap().devices;
    assert_eq!(devices.iter().map(|device| device.name.as_str()).collect::<Vec<_>>(), ["Build bot"]);
    assert_eq!(refusal(world.hub.administration().token("bob", "x").await), IdentityRefusal::UserNotFound);
}

#[tokio::test]
async fn many_accounts_are_imported_and_bad_lines_are_named() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("user7").await;
    let line = |name: String, password: &str| ImportLine { name, password: password.into() };
    let mut lines: Vec<_> = (0..100).map(|number| line(format!("user{number}"), PASSWORD)).collect();
    lines[3].password = "short".into();
    lines[5].name = "not a name".into();
    let mut heard = Vec::new();
    let report = world.hub.administration().import(lines, |done| heard.push(done)).await;
    assert_eq!(report.made, 97);
    let refused: Vec<_> =
        report.refused.into_iter().map(|one| (one.line, refusal(Err::<(), _>(one.why)))).collect();
    assert_eq!(
        refused,
        [
            (3, IdentityRefusal::PasswordTooWeak),
            (5, IdentityRefusal::NameInvalid),
            (7, IdentityRefusal::NameTaken)
        ]
    );
    assert_eq!(heard, (1..=100).collect::<Vec<_>>());
    world.sign_in("user99").await;
    let mut hashes = HashSet::new();
    for principal in world.hub.administration().list(None, 200).await.unwrap() {
        let stored = world.world.store.load_credentials(principal.id).await.unwrap().unwrap();
        assert!(hashes.insert(stored.argon2id), "every account has a hash and a salt of its own");
    }
    assert_eq!(hashes.len(), 98);
}

#[tokio::test]
async fn accounts_are_listed_page_by_page() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    for name in ["carol", "alice", "bob"] {
        world.add(name).await;
    }
    let first = world.hub.administration().list(None, 2).await.unwrap();
    let rest = world.hub.administration().list(Some(&first[1].address), 2).await.unwrap();
    let names: Vec<_> = first.iter().chain(&rest).map(|one| one.address.name()).collect();
    assert_eq!(names, ["alice", "bob", "carol"]);
}

#[tokio::test]
async fn only_those_who_administer_the_domain_now_administer_it() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add_as("root", true).await;
    world.add("alice").await;
    let (root, alice) = (world.sign_in("root").await.caller(), world.sign_in("alice").await.caller());
    assert!(world.hub.administration_by(root).await.is_ok());
    assert_eq!(refusal(world.hub.administration_by(alice).await.map(drop)), IdentityRefusal::Forbidden);
    world.hub.administration().disable("root").await.unwrap();
    assert_eq!(refusal(world.hub.administration_by(root).await.map(drop)), IdentityRefusal::Forbidden);
}

#[tokio::test]
async fn accounts_are_counted_and_those_switched_off_are_listed() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    for name in ["carol", "alice", "bob"] {
        world.add(name).await;
    }
    let administration = world.hub.administration();
    administration.disable("carol").await.unwrap();
    administration.disable("bob").await.unwrap();
    let counts = administration.count().await.unwrap();
    assert_eq!((counts.enabled, counts.disabled), (1, 2));
    let names = |found: Vec<Principal>| -> Vec<String> {
        found.iter().map(|one| one.address.name().to_owned()).collect()
    };
    assert_eq!(names(administration.list_disabled(9).await.unwrap()), ["bob", "carol"]);
    assert_eq!(names(administration.list_disabled(1).await.unwrap()), ["bob"]);
}

#[tokio::test]
async fn who_is_connected_is_counted_and_listed() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    for name in ["alice", "bob"] {
        world.add(name).await;
    }
    let administration = world.hub.administration();
    assert_eq!(administration.count_connected(), 0);
    let bob = world.sign_in("bob").await;
    let _connection = world.hub.connect(bob.caller()).await.unwrap();
    assert_eq!(administration.count_connected(), 1);
    assert_eq!(administration.list_connected(9).await.unwrap(), [bob.principal]);
}

#[tokio::test]
async fn an_administrator_signs_out_one_device_or_all() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let (phone, desk, lamp) =
        (world.sign_in("alice").await, world.sign_in("alice").await, world.sign_in("alice").await);
    let administration = world.hub.administration();
    administration.sign_out("alice", Some(phone.device.id)).await.unwrap();
    assert!(!world.is_signed_in(&phone).await && world.is_signed_in(&desk).await);
    let again = administration.sign_out("alice", Some(phone.device.id)).await;
    assert_eq!(refusal(again), IdentityRefusal::DeviceNotFound);
    administration.sign_out("alice", None).await.unwrap();
    assert!(!world.is_signed_in(&desk).await && !world.is_signed_in(&lamp).await);
    world.sign_in("alice").await;
}

#[tokio::test]
async fn who_removes_their_account_leaves_no_contact_behind() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    world.add("bob").await;
    let (alice, bob) = (world.sign_in("alice").await.caller(), world.sign_in("bob").await.caller());
    world.hub.acquaint(alice.who, bob.who).await.unwrap();
    world.hub.remove_me(alice).await.unwrap();
    assert!(world.hub.contacts(alice).await.unwrap().is_empty());
    let view = world.hub.contact(bob.who, alice.who).await.unwrap().subscription;
    assert_eq!((view.outgoing, view.incoming), (Direction::None, Direction::None), "{view:?}");
    assert_eq!(refusal(world.try_sign_in("alice", PASSWORD).await), IdentityRefusal::WrongCredentials);
}
