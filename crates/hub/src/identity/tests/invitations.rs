use super::{register::without_limits, *};

const WEEK_S: u32 = 7 * 24 * 3600;

impl TestWorld {
    async fn invite(&self, caller: Caller, uses: u32) -> Invitation {
        self.hub.create_invitation(caller, NewInvitation { uses, expires_in_s: WEEK_S }).await.unwrap()
    }
}

#[tokio::test]
async fn h08_an_invitation_used_by_fifty_at_once_makes_exactly_one_account() {
    let world = TestWorld::new(without_limits(Registration::Invite)).await;
    world.add("alice").await;
    let code = world.invite(world.sign_in("alice").await.caller(), 1).await.code;
    let names: Vec<String> = (0..50).map(|number| format!("guest{number}")).collect();
    let answers =
        futures_util::future::join_all(names.iter().map(|name| world.register(name, Some(&code)))).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    assert!(refused.into_iter().all(|answer| refusal(answer) == IdentityRefusal::InvitationInvalid));
    assert_eq!(world.hub.administration().list(None, 100).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_invitation_is_seen_listed_used_up_and_gone() {
    let world = TestWorld::in_mode(Registration::Invite).await;
    world.add("alice").await;
    let alice = world.sign_in("alice").await;
    let made = world.invite(alice.caller(), 2).await;
    let invited = world.hub.look_at_invitation(&made.code, HOME).await.unwrap();
    assert_eq!(invited.inviter, Some(alice.principal.clone()));
    assert_eq!((invited.domain.as_str(), invited.is_admin, invited.name), ("example.org", false, None));
    let typed = Redacted::new(made.code.expose().to_uppercase());
    assert!(!world.register("bob", Some(&typed)).await.unwrap().principal.is_admin);
    let listed = world.hub.invitations(alice.caller()).await.unwrap();
    assert_eq!((listed.len(), listed[0].uses_left, listed[0].code.expose()), (1, 1, made.code.expose()));
    world.register("carol", Some(&made.code)).await.unwrap();
    assert!(world.hub.invitations(alice.caller()).await.unwrap().is_empty());
    assert_eq!(
        refusal(world.hub.look_at_invitation(&made.code, HOME).await),
        IdentityRefusal::InvitationInvalid
    );
}

#[tokio::test]
async fn an_invitation_ends_with_time_by_its_maker_or_with_its_maker() {
    let world = TestWorld::new(without_limits(Registration::Invite)).await;
    world.add("alice").await;
    world.add("mallory").await;
    let (alice, mallory) = (world.sign_in("alice").await.caller(), world.sign_in("mallory").await.caller());
    let check_dead = async |code: &Redacted<String>| {
        assert_eq!(refusal(world.register("bob", Some(code)).await), IdentityRefusal::InvitationInvalid);
    };

    let revoked = world.invite(alice, 5).await.code;
    assert_eq!(
        refusal(world.hub.revoke_invitation(mallory, &revoked).await),
        IdentityRefusal::InvitationInvalid
    );
    world.hub.revoke_invitation(alice, &revoked).await.unwrap();
    check_dead(&revoked).await;

    let expired = world.invite(alice, 5).await.code;
    world.clock.advance(u64::from(WEEK_S) * 1_000);
    check_dead(&expired).await;

    let orphaned = world.invite(alice, 5).await.code;
    world.hub.administration().disable("alice").await.unwrap();
    check_dead(&orphaned).await;
    check_dead(&"no-such-code".into()).await;
}

#[tokio::test]
async fn where_registration_is_closed_only_administrators_invite() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    world.add_as("root", true).await;
    let new = NewInvitation { uses: 1, expires_in_s: WEEK_S };
    let alice = world.sign_in("alice").await.caller();
    assert_eq!(refusal(world.hub.create_invitation(alice, new).await), IdentityRefusal::RegistrationClosed);
    let code = world.invite(world.sign_in("root").await.caller(), 1).await.code;
    assert!(world.register("bob", Some(&code)).await.is_ok());
}

#[tokio::test]
async fn invitations_have_bounds() {
    let world = TestWorld::in_mode(Registration::Invite).await;
    world.add("alice").await;
    let alice = world.sign_in("alice").await.caller();
    for (uses, expires_in_s) in [(0, 60), (101, 60), (1, 59), (1, 31_536_001)] {
        let answer = world.hub.create_invitation(alice, NewInvitation { uses, expires_in_s }).await;
        assert!(matches!(answer, Err(HubError::Rule(_))), "{uses} {expires_in_s}");
    }
    for _ in 0..INVITATIONS_MAX {
        world.invite(alice, 1).await;
    }
    let one_more = world.hub.create_invitation(alice, NewInvitation { uses: 1, expires_in_s: 60 }).await;
    assert!(matches!(one_more, Err(HubError::TooMany)));
}

#[tokio::test]
async fn the_first_administrator_is_made_once_by_the_newest_code() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    let older = world.hub.first_admin_invitation().await.unwrap().unwrap();
    let restarted = world.another_hub(settings(Registration::Closed)).await;
    let newest = restarted.first_admin_invitation().await.unwrap().unwrap();
    assert_eq!(refusal(world.register("eve", Some(&older)).await), IdentityRefusal::InvitationInvalid);

    let invited = world.hub.look_at_invitation(&newest, HOME).await.unwrap();
    assert!(invited.is_admin && invited.inviter.is_none() && invited.name.is_none());
    assert!(world.register("root", Some(&newest)).await.unwrap().principal.is_admin);
    assert_eq!(refusal(world.register("eve", Some(&newest)).await), IdentityRefusal::InvitationInvalid);
    assert!(world.hub.first_admin_invitation().await.unwrap().is_none());
}

#[tokio::test]
async fn the_first_administrators_code_ends_after_a_day_or_when_there_is_an_administrator() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    let code = world.hub.first_admin_invitation().await.unwrap().unwrap();
    world.clock.advance(FIRST_ADMIN_HOURS * 3_600_000);
    assert_eq!(refusal(world.register("eve", Some(&code)).await), IdentityRefusal::InvitationInvalid);
    let code = world.hub.first_admin_invitation().await.unwrap().unwrap();
    world.add_as("root", true).await;
    assert_eq!(refusal(world.register("eve", Some(&code)).await), IdentityRefusal::InvitationInvalid);
}

#[tokio::test]
async fn h16_an_invitation_works_on_its_own_domain_only() {
    let world = TestWorld::in_mode(Registration::Invite).await;
    world.add("alice").await;
    let code = world.invite(world.sign_in("alice").await.caller(), 5).await.code;
    let mut elsewhere = settings(Registration::Invite);
    elsewhere.domain = "example.com".into();
    let other = world.another_hub(elsewhere).await;
    let answer = other.register(register_request("bob", Some(&code))).await;
    assert_eq!(refusal(answer), IdentityRefusal::InvitationInvalid);
    let token = world.sign_in("alice").await.token;
    assert_eq!(refusal(other.authenticate(&token).await), IdentityRefusal::TokenInvalid);
}
