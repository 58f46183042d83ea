use super::*;
use parlance_core::Rejection;

#[tokio::test]
async fn each_mode_of_registration_says_what_is_needed() {
    for (mode, expected) in [
        (Registration::Closed, Some(IdentityRefusal::RegistrationClosed)),
        (Registration::Invite, Some(IdentityRefusal::InvitationRequired)),
        (Registration::Open, None),
    ] {
        let world = TestWorld::in_mode(mode).await;
        let answer = world.register("bob", None).await;
        match expected {
            Some(expected) => assert_eq!(refusal(answer), expected),
            None => assert!(world.is_signed_in(&answer.unwrap()).await),
        }
    }
}

#[tokio::test]
async fn a_new_account_signs_in_again_and_is_no_administrator() {
    let world = TestWorld::in_mode(Registration::Open).await;
    let request = Register { display_name: Some(" Bob\u{202E} B. ".into()), ..register_request("Bob", None) };
    let made = world.hub.register(request).await.unwrap().principal;
    assert_eq!((made.address.as_str(), made.display_name.as_str()), ("bob@example.org", "Bob B."));
    assert!(!made.is_admin && made.is_enabled);
    assert_eq!(world.sign_in("bob").await.principal, made);
}

#[tokio::test]
async fn names_that_are_taken_or_cannot_be_used_are_refused() {
    let world = TestWorld::new(without_limits(Registration::Open)).await;
    world.register("bob", None).await.unwrap();
    for (name, expected) in [
        ("bob", IdentityRefusal::NameTaken),
        ("BOB", IdentityRefusal::NameTaken),
        ("", IdentityRefusal::NameInvalid),
        ("bob smith", IdentityRefusal::NameInvalid),
        ("bob@example.org", IdentityRefusal::NameInvalid),
        ("b\u{f6}b", IdentityRefusal::NameInvalid),
        (".bob", IdentityRefusal::NameInvalid),
        (&"b".repeat(65), IdentityRefusal::NameInvalid),
    ] {
        assert_eq!(refusal(world.register(name, None).await), expected, "{name:?}");
    }
}

#[tokio::test]
async fn one_name_registered_fifty_times_at_once_is_made_once() {
    let world = TestWorld::new(without_limits(Registration::Open)).await;
    let answers = futures_util::future::join_all((0..50).map(|_| world.register("bob", None))).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    assert!(refused.into_iter().all(|answer| refusal(answer) == IdentityRefusal::NameTaken));
}

#[tokio::test]
async fn a_weak_password_or_a_bad_display_name_makes_no_account() {
    let world = TestWorld::in_mode(Registration::Open).await;
    let weak = Register { password: "1234567".into(), ..register_request("bob", None) };
    assert_eq!(refusal(world.hub.register(weak).await), IdentityRefusal::PasswordTooWeak);
    let long = Register { password: "x".repeat(1025).into(), ..register_request("bob", None) };
    assert!(matches!(world.hub.register(long).await, Err(HubError::Rule(Rejection::InvalidValue(_)))));
    let nameless = Register { display_name: Some("\u{202E}".into()), ..register_request("bob", None) };
    assert!(matches!(world.hub.register(nameless).await, Err(HubError::Rule(Rejection::InvalidValue(_)))));
    assert!(world.register("bob", None).await.is_ok(), "the name is still free");
}

#[tokio::test]
async fn a_network_address_registers_six_and_then_waits() {
    let world = TestWorld::in_mode(Registration::Open).await;
    for number in 0..6 {
        world.register(&format!("bob{number}"), None).await.unwrap();
    }
    assert!(is_limited(&world.register("bob6", None).await));
    let elsewhere = Register { peer: CAFE, ..register_request("bob6", None) };
    assert!(world.hub.register(elsewhere).await.is_ok());
    world.clock.advance(30_000);
    assert!(world.register("bob7", None).await.is_ok());
}

#[tokio::test]
async fn an_account_can_be_made_without_signing_in() {
    let world = TestWorld::in_mode(Registration::Open).await;
    let bob = world.hub.register_account(register_request("bob", None)).await.unwrap();
    assert!(world.hub.administration().show("bob").await.unwrap().devices.is_empty());
    assert_eq!(world.sign_in("bob").await.principal, bob);
}

pub(super) fn without_limits(registration: Registration) -> crate::HubSettings {
    let mut settings = settings(registration);
    settings.limits.enabled = false;
    settings
}
