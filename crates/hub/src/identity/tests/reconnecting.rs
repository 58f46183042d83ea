use super::*;
use crate::{
    limits::LimitSettings,
    live::{CloseReason, News},
};
use parlance_core::principal::{Device, DeviceKey, Principal};

const MECHANISM: &str = "HT-SHA-256-NONE";

impl TestWorld {
    async fn open(&self, user: &str, key: &str) -> (Principal, Device) {
        let principal = self.hub.check_password(user, &PASSWORD.into(), HOME).await.unwrap();
        let key = DeviceKey::new(key).unwrap();
        let device = self.hub.open_device(&principal, key, "Phone").await.unwrap();
        (principal, device)
    }

    async fn token(&self, caller: Caller) -> Redacted<String> {
        self.hub.issue_reconnect_token(caller, MECHANISM).await.unwrap().0
    }

    /// Tries a token as a client would; answers with the device.
    async fn reconnect(&self, user: &str, token: &Redacted<String>) -> Result<Device, HubError> {
        let verify = |known: &[u8]| known == token.expose().as_bytes();
        self.hub.check_reconnect(user, HOME, MECHANISM, verify).await.map(|(_, device)| device)
    }
}

fn caller(opened: &(Principal, Device)) -> Caller {
    Caller { who: opened.0.id, device: opened.1.id }
}

async fn world() -> TestWorld {
    let world = TestWorld::in_mode(Registration::Closed).await;
    world.add("alice").await;
    world
}

#[tokio::test]
async fn a_device_that_its_protocol_names_is_found_again() {
    let world = world().await;
    let (alice, phone) = world.open("alice", "xmpp:agent:1").await;
    assert_eq!(phone.name, "Phone");
    for _ in 0..20 {
        assert_eq!(world.open("alice", "xmpp:agent:1").await.1, phone);
    }
    let (_, desk) = world.open("alice", "xmpp:agent:2").await;
    assert_ne!(desk.id, phone.id);
    let mut listed = world.hub.devices(Caller { who: alice.id, device: phone.id }).await.unwrap();
    let mut known = [desk, phone];
    listed.sort_by_key(|device| device.id);
    known.sort_by_key(|device| device.id);
    assert_eq!(listed, known);
}

#[tokio::test]
async fn finding_a_device_writes_nothing() {
    let world = world().await;
    world.open("alice", "key").await;
    let before = world.world.store.mark().await.unwrap();
    world.open("alice", "key").await;
    assert_eq!(world.world.store.mark().await.unwrap(), before);
}

#[tokio::test]
async fn only_new_devices_are_limited_and_the_oldest_makes_place() {
    let mut settings = settings(Registration::Closed);
    let open_device = Rate { burst: 3, refill_ms: 60_000 };
    settings.limits = LimitSettings { open_device, ..LimitSettings::default() };
    settings.identity.devices_max = 2;
    let world = TestWorld::new(settings).await;
    world.add("alice").await;
    let mut opened = Vec::new();
    for key in ["1", "2", "3"] {
        opened.push(world.open("alice", key).await);
        world.clock.advance(1);
    }
    let listed = world.hub.devices(caller(&opened[2])).await.unwrap();
    assert_eq!(listed, [opened[2].1.clone(), opened[1].1.clone()]);
    let refused = world.hub.open_device(&opened[0].0, DeviceKey::new("4").unwrap(), "").await;
    assert!(is_limited(&refused));
    assert_eq!(world.open("alice", "3").await.1, opened[2].1, "who comes back does not wait");
}

#[tokio::test]
async fn a_revoked_device_closes_its_connection_and_works_no_more() {
    let world = world().await;
    let phone = caller(&world.open("alice", "phone").await);
    let desk = caller(&world.open("alice", "desk").await);
    let connection = world.hub.connect(phone).await.unwrap();
    world.hub.check_device(phone).await.unwrap();
    world.hub.revoke_device(desk, phone.device).await.unwrap();
    let mut news = std::iter::from_fn(|| connection.take_news());
    assert!(news.any(|one| matches!(one, News::Closed(CloseReason::Revoked))));
    assert_eq!(refusal(world.hub.check_device(phone).await), IdentityRefusal::TokenInvalid);
    world.hub.check_device(desk).await.unwrap();
    world.hub.administration().disable("alice").await.unwrap();
    assert!(world.hub.check_device(desk).await.is_err());
}

#[tokio::test]
async fn a_device_reconnects_with_its_token_by_its_mechanism() {
    let world = world().await;
    let opened = world.open("alice", "phone").await;
    let (token, expires_at) = world.hub.issue_reconnect_token(caller(&opened), MECHANISM).await.unwrap();
    assert_eq!(token.expose().len(), 43);
    assert_eq!(expires_at, world.hub.now().plus_ms(21 * 24 * 3_600_000));
    for user in ["alice", "ALICE@example.org"] {
        assert_eq!(world.reconnect(user, &token).await.unwrap(), opened.1);
    }
    let verify = |known: &[u8]| known == token.expose().as_bytes();
    let other = world.hub.check_reconnect("alice", HOME, "HT-SHA-256-EXPR", verify).await;
    assert_eq!(refusal(other), IdentityRefusal::WrongCredentials);
}

#[tokio::test]
async fn nobody_reconnects_with_the_token_of_somebody_else() {
    let world = world().await;
    world.add("mallory").await;
    let token = world.token(caller(&world.open("mallory", "phone").await)).await;
    world.open("alice", "phone").await;
    for user in ["alice", "nobody", "", "a b"] {
        assert_eq!(refusal(world.reconnect(user, &token).await), IdentityRefusal::WrongCredentials);
    }
}

#[tokio::test]
async fn the_old_token_works_until_the_new_one_was_used() {
    let world = world().await;
    let phone = caller(&world.open("alice", "phone").await);
    let (first, second) = (world.token(phone).await, world.token(phone).await);
    assert_ne!(first.expose(), second.expose());
    world.reconnect("alice", &first).await.unwrap();
    world.reconnect("alice", &second).await.unwrap();
    assert_eq!(refusal(world.reconnect("alice", &first).await), IdentityRefusal::WrongCredentials);
    world.reconnect("alice", &second).await.unwrap();
}

#[tokio::test]
async fn a_token_works_for_twenty_one_days() {
    let world = world().await;
    let phone = caller(&world.open("alice", "phone").await);
    let token = world.token(phone).await;
    world.clock.advance(RECONNECT_MS - 1);
    world.reconnect("alice", &token).await.unwrap();
    world.clock.advance(1);
    assert_eq!(refusal(world.reconnect("alice", &token).await), IdentityRefusal::WrongCredentials);
}

#[tokio::test]
async fn x63_a_token_does_not_work_after_its_device_signed_out() {
    let world = world().await;
    let phone = caller(&world.open("alice", "phone").await);
    let token = world.token(phone).await;
    world.hub.sign_out(phone).await.unwrap();
    assert_eq!(refusal(world.reconnect("alice", &token).await), IdentityRefusal::WrongCredentials);
    let again = caller(&world.open("alice", "phone").await);
    world.token(again).await;
    assert_eq!(refusal(world.reconnect("alice", &token).await), IdentityRefusal::WrongCredentials);
    assert_eq!(
        refusal(world.hub.issue_reconnect_token(phone, MECHANISM).await),
        IdentityRefusal::DeviceNotFound
    );
}

#[tokio::test]
async fn tokens_can_be_ended_without_ending_the_device() {
    let world = world().await;
    let phone = caller(&world.open("alice", "phone").await);
    let desk = caller(&world.open("alice", "desk").await);
    let (ended, kept) = (world.token(phone).await, world.token(desk).await);
    world.hub.end_reconnect_tokens(phone).await.unwrap();
    assert_eq!(refusal(world.reconnect("alice", &ended).await), IdentityRefusal::WrongCredentials);
    world.reconnect("alice", &kept).await.unwrap();
    let fresh = world.token(phone).await;
    assert_ne!(fresh.expose(), ended.expose());
    world.reconnect("alice", &fresh).await.unwrap();
}

#[tokio::test]
async fn a_changed_password_and_a_disabled_account_end_all_tokens() {
    let world = world().await;
    let phone = caller(&world.open("alice", "phone").await);
    let desk = caller(&world.open("alice", "desk").await);
    let tokens = [world.token(phone).await, world.token(desk).await];
    let request = ChangePassword {
        current: PASSWORD.into(),
        new: "battery staple".into(),
        sign_out_others: false,
        peer: HOME,
    };
    world.hub.change_password(phone, request).await.unwrap();
    for token in &tokens {
        assert_eq!(refusal(world.reconnect("alice", token).await), IdentityRefusal::WrongCredentials);
    }
    world.hub.check_device(desk).await.unwrap();
    let token = world.token(phone).await;
    let change = crate::ports::PrincipalChange { is_enabled: Some(false), ..Default::default() };
    world.world.store.update_principal(phone.who, change).await.unwrap();
    assert_eq!(refusal(world.reconnect("alice", &token).await), IdentityRefusal::AccountDisabled);
    world.hub.administration().disable("alice").await.unwrap();
    world.hub.administration().enable("alice").await.unwrap();
    assert_eq!(refusal(world.reconnect("alice", &token).await), IdentityRefusal::WrongCredentials);
}

#[tokio::test]
async fn wrong_tokens_count_like_wrong_passwords() {
    let world = world().await;
    let token = world.token(caller(&world.open("alice", "phone").await)).await;
    for _ in 0..10 {
        let wrong = world.reconnect("alice", &"guess".into()).await;
        assert_eq!(refusal(wrong), IdentityRefusal::WrongCredentials);
    }
    assert!(is_limited(&world.reconnect("alice", &token).await), "right and wrong look the same by now");
    assert!(is_limited(&world.try_sign_in("alice", PASSWORD).await));
}

#[tokio::test]
async fn tokens_outlive_a_restart_and_not_the_key_of_the_server() {
    let mut settings = settings(Registration::Closed);
    settings.identity.server_key = Some([7; 32].into());
    let world = TestWorld::new(settings.clone()).await;
    world.add("alice").await;
    let token = world.token(caller(&world.open("alice", "phone").await)).await;
    let verify = |known: &[u8]| known == token.expose().as_bytes();
    let restarted = world.another_hub(settings.clone()).await;
    restarted.check_reconnect("alice", HOME, MECHANISM, verify).await.unwrap();
    settings.identity.server_key = Some([8; 32].into());
    let other = world.another_hub(settings).await;
    let answer = other.check_reconnect("alice", HOME, MECHANISM, verify).await;
    assert_eq!(refusal(answer), IdentityRefusal::WrongCredentials);
}
