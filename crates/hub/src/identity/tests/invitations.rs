use super::{register::without_limits, *};
use parlance_core::{id::PrincipalId, subscription::Direction};

const WEEK_S: u32 = 7 * 24 * 3600;

pub(super) fn invitation(uses: u32, expires_in_s: u32) -> NewInvitation {
    NewInvitation { uses, expires_in_s, makes_contact: false }
}

impl TestWorld {
    async fn invite(&self, caller: Caller, uses: u32) -> Invitation {
        self.hub.create_invitation(caller, invitation(uses, WEEK_S)).await.unwrap()
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
    let new = invitation(1, WEEK_S);
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
        let answer = world.hub.create_invitation(alice, invitation(uses, expires_in_s)).await;
        assert!(matches!(answer, Err(HubError::Rule(_))), "{uses} {expires_in_s}");
    }
    for _ in 0..INVITATIONS_MAX {
        world.invite(alice, 1).await;
    }
    let one_more = world.hub.create_invitation(alice, invitation(1, 60)).await;
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

impl TestWorld {
    /// A code that makes whoever uses it a contact.
    async fn invite_as_contact(&self, caller: Caller) -> Redacted<String> {
        let new = NewInvitation { makes_contact: true, ..invitation(1, WEEK_S) };
        self.hub.create_invitation(caller, new).await.unwrap().code
    }

    async fn are_contacts(&self, one: PrincipalId, other: PrincipalId) -> bool {
        let mut is_so = true;
        for (owner, who) in [(one, other), (other, one)] {
            let contact = self.hub.contact(owner, who).await.unwrap();
            let view = contact.subscription;
            let both = (Direction::Granted, Direction::Granted);
            is_so &= contact.is_listed && (view.outgoing, view.incoming) == both;
        }
        is_so
    }
}

#[tokio::test]
async fn whoever_was_invited_to_be_a_contact_is_one() {
    let world = TestWorld::in_mode(Registration::Invite).await;
    world.add("alice").await;
    let alice = world.sign_in("alice").await.caller();
    let code = world.invite_as_contact(alice).await;
    assert!(world.hub.look_at_invitation(&code, HOME).await.unwrap().makes_contact);
    let bob = world.register("bob", Some(&code)).await.unwrap();
    assert!(world.are_contacts(alice.who, bob.principal.id).await);
    let plain = world.invite(alice, 1).await.code;
    assert!(!world.hub.look_at_invitation(&plain, HOME).await.unwrap().makes_contact);
    let carol = world.register("carol", Some(&plain)).await.unwrap();
    assert!(!world.are_contacts(alice.who, carol.principal.id).await);
}

#[tokio::test]
async fn who_has_an_account_accepts_an_invitation_once() {
    let world = TestWorld::in_mode(Registration::Invite).await;
    for name in ["alice", "bob", "carol"] {
        world.add(name).await;
    }
    let (alice, bob) = (world.sign_in("alice").await.caller(), world.sign_in("bob").await.caller());
    let carol = world.sign_in("carol").await.caller();
    let code = world.invite_as_contact(alice).await;
    let invalid = IdentityRefusal::InvitationInvalid;
    assert_eq!(refusal(world.hub.accept_invitation(bob, carol.who, &code).await), invalid, "it is alice's");
    assert_eq!(refusal(world.hub.accept_invitation(alice, alice.who, &code).await), invalid);
    let plain = world.invite(alice, 1).await.code;
    assert_eq!(refusal(world.hub.accept_invitation(bob, alice.who, &plain).await), invalid);
    world.hub.accept_invitation(bob, alice.who, &code).await.unwrap();
    assert!(world.are_contacts(alice.who, bob.who).await);
    let another = world.invite_as_contact(alice).await;
    world.hub.accept_invitation(bob, alice.who, &another).await.unwrap();
    assert!(world.hub.look_at_invitation(&another, HOME).await.is_ok(), "it is left for somebody else");
    assert_eq!(refusal(world.hub.accept_invitation(carol, alice.who, &code).await), invalid);
    assert!(!world.are_contacts(alice.who, carol.who).await);
}

#[tokio::test]
async fn somebody_who_is_blocked_is_no_contact_with_an_invitation_either() {
    let world = TestWorld::in_mode(Registration::Invite).await;
    world.add("alice").await;
    world.add("bob").await;
    let (alice, bob) = (world.sign_in("alice").await.caller(), world.sign_in("bob").await.caller());
    let code = world.invite_as_contact(alice).await;
    world.hub.set_blocked(alice, bob.who, true).await.unwrap();
    let answer = world.hub.accept_invitation(bob, alice.who, &code).await;
    assert_eq!(refusal(answer), IdentityRefusal::InvitationInvalid);
    world.hub.set_blocked(alice, bob.who, false).await.unwrap();
    assert!(world.hub.accept_invitation(bob, alice.who, &code).await.is_ok(), "it was not used up");
}

#[tokio::test]
async fn guessing_codes_of_contacts_is_limited() {
    let world = TestWorld::in_mode(Registration::Invite).await;
    world.add("alice").await;
    world.add("bob").await;
    let (alice, bob) = (world.sign_in("alice").await.caller(), world.sign_in("bob").await.caller());
    let guess = "0".repeat(26).as_str().into();
    for _ in 0..100 {
        let answer = world.hub.accept_invitation(bob, alice.who, &guess).await;
        assert_eq!(refusal(answer), IdentityRefusal::InvitationInvalid);
    }
    assert!(is_limited(&world.hub.accept_invitation(bob, alice.who, &guess).await));
}

#[tokio::test]
async fn a_name_somebody_was_invited_by_is_kept_for_them() {
    let world = TestWorld::new(without_limits(Registration::Open)).await;
    world.add_as("root", true).await;
    let new = Newcomer { name: Some("carol".into()), ..Newcomer::default() };
    let (code, end) = world.hub.administration().invite(new.clone()).await.unwrap();
    assert_eq!(refusal(world.register("Carol", None).await), IdentityRefusal::NameTaken);
    assert!(world.register("carol", Some(&code)).await.is_ok());

    let later = Newcomer { name: Some("dave".into()), ..new };
    world.hub.administration().invite(later).await.unwrap();
    world.clock.advance(end.ms_since(world.hub.now()));
    assert!(world.register("dave", None).await.is_ok(), "the invitation has expired");
}

#[tokio::test]
async fn an_administrator_invites_somebody_with_a_name_of_their_own_choice() {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add_as("root", true).await;
    let root = world.sign_in("root").await.caller();
    let new = Newcomer { contact: Some(root.who), ..Newcomer::default() };
    let (code, _) = world.hub.administration().invite(new).await.unwrap();
    let bob = world.register("bob", Some(&code)).await.unwrap();
    assert!(!bob.principal.is_admin && world.are_contacts(root.who, bob.principal.id).await);
    let any_admin = Newcomer { is_admin: true, ..Newcomer::default() };
    let refused = world.hub.administration().invite(any_admin).await;
    assert_eq!(refusal(refused), IdentityRefusal::Forbidden);
}
