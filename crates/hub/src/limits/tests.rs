use super::*;
use crate::test_world::ManualClock;
use parlance_core::{
    bucket::Rate,
    id::{DeviceId, PrincipalId},
};
use uuid::Uuid;

const THREE: Rate = Rate { burst: 3, refill_ms: 1_000 };

fn limits(settings: LimitSettings) -> (Limits, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(1_000_000));
    (Limits::new(settings, Arc::clone(&clock) as Arc<dyn Clock>), clock)
}

fn device(number: u128) -> LimitKey<'static> {
    LimitKey::Device(DeviceId(Uuid::from_u128(number)))
}

fn wait_of(answer: Result<(), HubError>) -> u64 {
    match answer {
        Err(HubError::Limited { wait_ms }) => wait_ms,
        other => panic!("not limited: {other:?}"),
    }
}

#[test]
fn a_burst_passes_and_then_the_answer_says_how_long_to_wait() {
    let (limits, clock) = limits(LimitSettings { messages: THREE, ..LimitSettings::default() });
    assert!((0..3).all(|_| limits.take(Limit::Messages, device(1)).is_ok()));
    assert_eq!(wait_of(limits.take(Limit::Messages, device(1))), 1_000);
    clock.advance(1_000);
    assert!(limits.take(Limit::Messages, device(1)).is_ok());
}

#[test]
fn neither_keys_nor_limits_cross() {
    let (limits, _) = limits(LimitSettings { messages: THREE, ..LimitSettings::default() });
    while limits.take(Limit::Messages, device(1)).is_ok() {}
    assert!(limits.take(Limit::Messages, device(2)).is_ok());
    assert!(limits.take(Limit::Messages, LimitKey::Account(PrincipalId(Uuid::from_u128(1)))).is_ok());
    assert!(limits.take(Limit::Requests, device(1)).is_ok());
}

#[test]
fn looking_takes_nothing() {
    let (limits, _) = limits(LimitSettings { messages: THREE, ..LimitSettings::default() });
    assert!((0..10).all(|_| limits.peek(Limit::Messages, device(1)).is_ok()));
    assert!((0..3).all(|_| limits.take(Limit::Messages, device(1)).is_ok()));
    assert_eq!(wait_of(limits.peek(Limit::Messages, device(1))), 1_000);
}

#[test]
fn memory_is_bounded_and_each_limit_says_what_happens_then() {
    let settings =
        LimitSettings { keys_max: 100, messages: THREE, new_device: THREE, ..LimitSettings::default() };
    let (limits, clock) = limits(settings);
    for number in 0..1_000 {
        assert!(limits.take(Limit::Messages, device(number)).is_ok(), "open: strangers pass");
        assert_eq!(limits.take(Limit::NewDevice, device(number)).is_ok(), number < 100, "closed: they wait");
    }
    for limit in [Limit::Messages, Limit::NewDevice] {
        assert_eq!(limits.tables[limit as usize].lock().len(), 100);
    }
    assert!(limits.take(Limit::NewDevice, device(5)).is_ok(), "who is remembered is not affected");
    clock.advance(10_000);
    assert!(limits.take(Limit::NewDevice, device(5_000)).is_ok(), "empty buckets are forgotten");
    assert_eq!(limits.tables[Limit::NewDevice as usize].lock().len(), 1);
}

#[test]
fn a_clock_that_jumps_back_does_not_stop_forgetting() {
    let (limits, clock) =
        limits(LimitSettings { keys_max: 1, new_device: THREE, ..LimitSettings::default() });
    assert!(limits.take(Limit::NewDevice, device(1)).is_ok());
    assert!(limits.take(Limit::NewDevice, device(2)).is_err());
    clock.set(500_000);
    assert!(limits.take(Limit::NewDevice, device(2)).is_err());
    clock.set(503_000);
    assert!(limits.take(Limit::NewDevice, device(2)).is_ok());
}

#[test]
fn administrators_see_the_latest_hits_without_names() {
    let (limits, clock) = limits(LimitSettings { sign_in_account: THREE, ..LimitSettings::default() });
    for _ in 0..HITS_MAX + 10 {
        let _ = limits.take(Limit::SignInAccount, LimitKey::Name("alice@example.org"));
    }
    let hits = limits.latest_hits();
    assert_eq!(hits.len(), HITS_MAX);
    assert_eq!(hits[0], Hit { limit: Limit::SignInAccount, key: KeyKind::Name, at: clock.now() });
}

#[test]
fn limits_can_be_switched_off() {
    let (limits, _) = limits(LimitSettings { enabled: false, messages: THREE, ..LimitSettings::default() });
    assert!((0..100).all(|_| limits.take(Limit::Messages, device(1)).is_ok()));
    assert!(limits.latest_hits().is_empty());
}

#[test]
fn the_limits_that_guard_accounts_are_closed_when_full() {
    let closed: Vec<_> =
        Limit::ALL.iter().filter(|limit| limit.when_full() == WhenFull::Closed).map(|l| l.word()).collect();
    assert_eq!(
        closed,
        [
            "sign_in_account",
            "sign_in_peer",
            "registration",
            "new_device",
            "open_device",
            "user_lookup",
            "link_lookup",
            "reports"
        ]
    );
}
