use super::*;

#[tokio::test]
async fn a_person_signs_in_by_name_or_address_and_the_token_works() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    for user in ["alice", "Alice", "alice@example.org", "ALICE@Example.Org"] {
        let signed_in = world.sign_in(user).await;
        let found = world.hub.authenticate(&signed_in.token).await.unwrap();
        assert_eq!(found.principal.address.as_str(), "alice@example.org");
        assert_eq!((found.caller, found.device.name.as_str()), (signed_in.caller(), "Phone"));
    }
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_refused_alike() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let mut answers = Vec::new();
    for (user, password) in [
        ("alice", "wrong horse"),
        ("alice", "short"),
        ("alice", "\u{7}control"),
        ("nobody", PASSWORD),
        ("alice@example.com", PASSWORD),
        ("not a name", PASSWORD),
        ("", PASSWORD),
    ] {
        answers.push(format!("{:?}", world.try_sign_in(user, password).await.map(drop)));
    }
    answers.dedup();
    assert_eq!(answers, ["Err(Identity(WrongCredentials))"]);
}

#[tokio::test]
async fn a_disabled_account_says_so_only_to_its_owner() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    world.hub.administration().disable("alice").await.unwrap();
    assert_eq!(refusal(world.try_sign_in("alice", "wrong horse").await), IdentityRefusal::WrongCredentials);
    assert_eq!(refusal(world.try_sign_in("alice", PASSWORD).await), IdentityRefusal::AccountDisabled);
}

#[tokio::test]
async fn h10_wrong_passwords_are_counted_per_account_whether_it_exists_or_not() {
    for user in ["alice", "nobody"] {
        let world = TestWorld::in_mode(Registration::Closed).await;
        world.add("alice").await;
        for place in 0..10u8 {
            let peer = IpAddr::from([198, 51, 100, place]);
            let answer = world.hub.sign_in(sign_in_request(user, "wrong horse", peer)).await;
            assert_eq!(refusal(answer), IdentityRefusal::WrongCredentials);
        }
        let spelled_otherwise = format!("{}@EXAMPLE.org", user.to_uppercase());
        let answer = world.hub.sign_in(sign_in_request(&spelled_otherwise, PASSWORD, CAFE)).await;
        assert!(is_limited(&answer), "right and wrong look the same now: {answer:?}");
        world.clock.advance(90_000);
        let answer = world.hub.sign_in(sign_in_request(user, "wrong horse", CAFE)).await;
        assert_eq!(refusal(answer), IdentityRefusal::WrongCredentials, "one more after 90 s");
    }
}

#[tokio::test]
async fn h10_wrong_passwords_are_counted_per_network_address() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    for number in 0..10 {
        assert!(world.try_sign_in(&format!("user{number}"), "wrong horse").await.is_err());
    }
    assert!(is_limited(&world.try_sign_in("alice", PASSWORD).await));
    assert!(world.hub.sign_in(sign_in_request("alice", PASSWORD, CAFE)).await.is_ok());
}

#[tokio::test]
async fn h10_a_hundred_guesses_at_once_get_no_more_answers_than_ten() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let guesses = (0..100).map(|_| world.try_sign_in("alice", "wrong horse"));
    let answers = futures_util::future::join_all(guesses).await;
    let told = answers.iter().filter(|answer| !is_limited(answer)).count();
    assert_eq!(told, 10);
}

#[tokio::test]
async fn h10_devices_that_are_signed_in_are_not_locked_out() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    let phone = world.sign_in("alice").await;
    while !is_limited(&world.try_sign_in("alice", "wrong horse").await) {}
    assert!(world.is_signed_in(&phone).await);
}

#[tokio::test]
async fn right_passwords_use_up_nothing_but_new_devices_are_counted() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    for _ in 0..6 {
        world.sign_in("alice").await;
    }
    assert!(
        is_limited(&world.try_sign_in("alice", PASSWORD).await),
        "six new devices, then one in two minutes"
    );
    for number in 0..20 {
        world.add(&format!("user{number}")).await;
        world.sign_in(&format!("user{number}")).await;
    }
}

#[tokio::test]
async fn a_device_too_many_replaces_the_one_not_seen_for_longest() {
    let mut settings = settings(Registration::Closed);
    settings.identity.devices_max = 2;
    let world = TestWorld::new(settings).await;
    world.add("alice").await;
    let mut devices = Vec::new();
    for _ in 0..3 {
        devices.push(world.sign_in("alice").await);
        world.clock.advance(1_000);
    }
    assert!(!world.is_signed_in(&devices[0]).await);
    assert!(world.is_signed_in(&devices[1]).await && world.is_signed_in(&devices[2]).await);
}

#[tokio::test]
async fn the_name_of_a_device_is_tidied() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    for (given, kept) in [("  Phone\u{202E} ", "Phone"), ("", "Unnamed"), (" ", "Unnamed")] {
        let request = SignIn { device_name: given.into(), ..sign_in_request("alice", PASSWORD, HOME) };
        assert_eq!(world.hub.sign_in(request).await.unwrap().device.name, kept);
    }
    let request = SignIn { device_name: "x".repeat(65), ..sign_in_request("alice", PASSWORD, HOME) };
    assert!(matches!(world.hub.sign_in(request).await, Err(HubError::Rule(_))));
}

#[tokio::test]
async fn h17_requests_and_answers_print_no_secret() {
    let world = TestWorld::in_mode(Registration::Open).await;
    let signed_in = world.register("alice", None).await.unwrap();
    let printed = format!(
        "{:?} {:?} {signed_in:?}",
        sign_in_request("alice", PASSWORD, HOME),
        register_request("alice", Some(&"canary-code".into())),
    );
    for secret in [PASSWORD, "canary-code", signed_in.token.expose()] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
