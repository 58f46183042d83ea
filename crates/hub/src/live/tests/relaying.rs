use crate::{
    Caller,
    live::{
        CloseReason, Connection, News, RELAY_BYTES_MAX, RELAY_BYTES_PER_PERSON_MAX, RELAYS_MAX, Relay,
        RelayRefused, Signal,
    },
    ports::Wake,
    stage::Stage,
};
use bytes::Bytes;
use parlance_core::presence::Availability;

fn relay(number: usize) -> Relay {
    Relay { front: "xmpp", payload: Bytes::from(number.to_string()) }
}

fn taken(connection: &Connection) -> Vec<String> {
    let news = std::iter::from_fn(|| connection.take_news());
    news.filter_map(|news| match news {
        News::Signal(Signal::Relay(relay)) => Some(String::from_utf8(relay.payload.to_vec()).unwrap()),
        _ => None,
    })
    .collect()
}

async fn following(stage: &Stage, who: Caller) -> Connection {
    let connection = stage.world.hub.connect(who).await.unwrap();
    connection.follow_relays("xmpp");
    connection
}

#[tokio::test]
async fn all_connections_of_somebody_are_told_or_the_one_that_is_meant() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let hub = &stage.world.hub;
    let (phone, desk) = (following(&stage, alice).await, following(&stage, alice).await);
    let stranger = following(&stage, bob).await;
    assert_eq!(hub.relay(alice.who, None, &relay(1)), Ok(2));
    assert_eq!(hub.relay(alice.who, Some(desk.id()), &relay(2)), Ok(1));
    assert_eq!(hub.relay(alice.who, Some(stranger.id()), &relay(3)), Ok(0), "nobody else's connection");
    assert_eq!((taken(&phone), taken(&desk)), (vec!["1".to_owned()], vec!["1".to_owned(), "2".to_owned()]));
    assert!(taken(&stranger).is_empty());
}

#[tokio::test]
async fn who_does_not_follow_a_front_end_is_not_told_and_not_counted() {
    let stage = Stage::new().await;
    let [alice] = stage.people().await;
    let connection = stage.world.hub.connect(alice).await.unwrap();
    assert_eq!(stage.world.hub.relay(alice.who, None, &relay(1)), Ok(0));
    connection.follow_relays("sip");
    assert_eq!(stage.world.hub.relay(alice.who, None, &relay(1)), Ok(0));
    assert!(taken(&connection).is_empty());
}

#[tokio::test]
async fn relays_keep_their_order_and_none_takes_the_place_of_another() {
    let stage = Stage::new().await;
    let [alice] = stage.people().await;
    let connection = following(&stage, alice).await;
    for number in [3, 3, 1, 2] {
        stage.world.hub.relay(alice.who, None, &relay(number)).unwrap();
    }
    assert_eq!(taken(&connection), ["3", "3", "1", "2"]);
}

#[tokio::test]
async fn a_full_mailbox_refuses_aloud_and_what_waits_stays() {
    let stage = Stage::new().await;
    let [alice] = stage.people().await;
    let hub = &stage.world.hub;
    let slow = following(&stage, alice).await;
    for number in 0..RELAYS_MAX {
        assert_eq!(hub.relay(alice.who, None, &relay(number)), Ok(1));
    }
    let quick = following(&stage, alice).await;
    assert_eq!(hub.relay(alice.who, None, &relay(9)), Err(RelayRefused::Full { told: 1 }));
    assert_eq!(taken(&quick), ["9"]);
    assert_eq!(taken(&slow).len(), RELAYS_MAX);
    assert!(!slow.has_relays());
    assert_eq!(hub.relay(alice.who, None, &relay(9)), Ok(2), "there is place again");
    assert!(slow.has_relays());
}

#[tokio::test]
async fn bytes_are_bounded_too() {
    let stage = Stage::new().await;
    let [alice] = stage.people().await;
    let connection = following(&stage, alice).await;
    let half = Relay { front: "xmpp", payload: vec![b'x'; RELAY_BYTES_MAX / 2].into() };
    let hub = &stage.world.hub;
    assert_eq!(hub.relay(alice.who, None, &half), Ok(1));
    assert_eq!(hub.relay(alice.who, None, &half), Ok(1));
    assert_eq!(hub.relay(alice.who, None, &relay(1)), Err(RelayRefused::Full { told: 0 }));
    assert!(connection.take_news().is_some());
    assert_eq!(hub.relay(alice.who, None, &half), Ok(1));
}

#[tokio::test]
async fn a_flood_of_relays_does_not_keep_conversations_waiting() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let connection = following(&stage, alice).await;
    let direct = stage.direct(bob, alice).await;
    let hub = &stage.world.hub;
    for number in 0..10 {
        hub.relay(alice.who, None, &relay(number)).expect("there is place");
    }
    let event = stage.post(bob, direct, "hello").await;
    hub.fan_out(std::iter::once(Wake { conversation: direct, seq: event.seq, event: Some(event) })).await;
    let first: Vec<_> = std::iter::from_fn(|| connection.take_news()).take(2).collect();
    assert!(first.contains(&News::Conversation(direct)), "{first:?}");
}

#[tokio::test]
async fn what_nobody_will_read_goes_back_to_its_sender() {
    let stage = Stage::new().await;
    let [alice] = stage.people().await;
    let hub = &stage.world.hub;
    let connection = following(&stage, alice).await;
    hub.relay(alice.who, None, &relay(1)).unwrap();
    hub.close_devices(alice.who, &[alice.device]);
    assert_eq!(connection.end_relays(), [relay(1)]);
    assert_eq!(hub.relay(alice.who, None, &relay(2)), Ok(0));
}

#[tokio::test]
async fn a_connection_may_outlive_its_socket() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let direct = stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    let watcher = hub.connect(bob).await.unwrap();
    let shown =
        async || hub.watch_presence(bob, Some(watcher.id()), &[alice.who]).await.unwrap()[0].1.clone();
    let detached = following(&stage, alice).await;
    for number in 0..1_000 {
        let event = stage.post(bob, direct, "hello").await;
        hub.fan_out(std::iter::once(Wake { conversation: direct, seq: event.seq, event: None })).await;
        hub.set_typing(bob, direct, number % 2 == 0).await.unwrap();
    }
    stage.world.clock.advance(600_000);
    assert_eq!(shown().await.availability, Availability::Online);
    let waiting: Vec<_> = std::iter::from_fn(|| detached.take_news()).collect();
    assert_eq!(waiting.len(), 2, "one signal, one conversation: {waiting:?}");
    hub.close_devices(alice.who, &[alice.device]);
    detached.wait_for_closing().await;
    assert_eq!(detached.take_news(), Some(News::Closed(CloseReason::Revoked)));
    drop(detached);
    assert_eq!(shown().await.availability, Availability::Offline);
}

#[test]
fn what_is_relayed_is_not_printed() {
    let relay = Relay { front: "xmpp", payload: Bytes::from_static(b"canary") };
    assert_eq!(format!("{relay:?}"), "Relay { front: \"xmpp\", bytes: 6 }");
}

#[tokio::test]
async fn many_connections_of_somebody_share_what_may_wait_and_each_has_some_place_of_its_own() {
    let stage = Stage::new().await;
    let [alice] = stage.people().await;
    let hub = &stage.world.hub;
    let long = Relay { front: "xmpp", payload: Bytes::from(vec![b'x'; RELAY_BYTES_MAX / 4]) };
    let mut slow = Vec::new();
    let mut waits_bytes = 0;
    for _ in 0..6 {
        let one = following(&stage, alice).await;
        while hub.relay(alice.who, Some(one.id()), &long).is_ok() {
            waits_bytes += long.payload.len();
        }
        slow.push(one);
    }
    assert_eq!(waits_bytes, RELAY_BYTES_PER_PERSON_MAX);
    let last = slow.last().expect("six");
    assert_eq!(hub.relay(alice.who, Some(last.id()), &relay(1)), Ok(1));
    assert_eq!(taken(last), ["1"]);
    taken(&slow[0]);
    assert_eq!(hub.relay(alice.who, Some(last.id()), &long), Ok(1), "there is place again");
}
