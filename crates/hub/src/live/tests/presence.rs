use crate::{
    Caller,
    live::{Connection, News, Signal},
    stage::Stage,
};
use futures_util::FutureExt;
use parlance_core::{
    conversation::HistoryVisibility,
    id::UnixMillis,
    presence::Availability,
    principal::{Device, DeviceKey},
};

fn shown(connection: &Connection) -> Vec<Availability> {
    let signals = std::iter::from_fn(|| connection.take_news());
    signals
        .filter_map(|news| match news {
            News::Signal(Signal::Presence { shown, .. }) => Some(shown.availability),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn who_watches_is_told_and_a_wish_holds_for_all_devices() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    let watcher = hub.connect(alice).await.unwrap();
    let answer = hub.watch_presence(alice, Some(watcher.id()), &[bob.who]).await.unwrap();
    assert_eq!(answer[0].1.availability, Availability::Offline);

    let phone = hub.connect(bob).await.unwrap();
    assert_eq!(shown(&watcher), [Availability::Online]);
    let desk = hub.connect(Caller { device: stage.device(), ..bob }).await.unwrap();
    assert!(shown(&watcher).is_empty());
    hub.set_presence(bob, Some(phone.id()), Availability::DoNotDisturb, String::new()).await.unwrap();
    assert_eq!(shown(&watcher), [Availability::DoNotDisturb]);
    drop(phone);
    hub.tell_untold().await.unwrap();
    assert!(shown(&watcher).is_empty(), "the wish is the other device's too");
    hub.set_presence(bob, Some(desk.id()), Availability::Invisible, String::new()).await.unwrap();
    assert_eq!(shown(&watcher), [Availability::Offline]);
}

#[tokio::test]
async fn strangers_are_not_watched() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let hub = &stage.world.hub;
    let watcher = hub.connect(alice).await.unwrap();
    assert!(hub.watch_presence(alice, Some(watcher.id()), &[bob.who]).await.unwrap().is_empty());
    let _phone = hub.connect(bob).await.unwrap();
    assert!(shown(&watcher).is_empty());
}

#[tokio::test]
async fn who_goes_is_seen_to_go() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    let watcher = hub.connect(alice).await.unwrap();
    hub.watch_presence(alice, Some(watcher.id()), &[bob.who]).await.unwrap();
    drop(hub.connect(bob).await.unwrap());
    hub.tell_untold().await.unwrap();
    let news = std::iter::from_fn(|| watcher.take_news()).last();
    let Some(News::Signal(Signal::Presence { shown, .. })) = news else { panic!("{news:?}") };
    assert_eq!((shown.availability, shown.last_seen_at), (Availability::Offline, Some(hub.now())));
}

#[tokio::test]
async fn a_connection_that_speaks_for_itself_is_not_there_until_it_says_so() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    let watcher = hub.connect(alice).await.unwrap();
    hub.watch_presence(alice, Some(watcher.id()), &[bob.who]).await.unwrap();
    let phone = hub.connect_for(bob, "xmpp").await.unwrap();
    assert!(shown(&watcher).is_empty());
    hub.say_presence(bob, phone.id(), Availability::Away, "at sea".into()).await.unwrap();
    let told = hub.watch_presence(alice, None, &[bob.who]).await.unwrap();
    assert_eq!((told[0].1.availability, told[0].1.status.as_str()), (Availability::Away, "at sea"));
    assert_eq!(shown(&watcher), [Availability::Away]);
    hub.set_presence(bob, None, Availability::Invisible, String::new()).await.unwrap();
    assert!(hub.is_invisible(bob.who));
    assert_eq!(shown(&watcher), [Availability::Offline]);
    hub.say_presence(bob, phone.id(), Availability::Online, String::new()).await.unwrap();
    assert!(shown(&watcher).is_empty(), "who wishes to be invisible stays so");
}

#[tokio::test]
async fn a_front_end_is_told_what_somebody_shows_elsewhere() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let hub = &stage.world.hub;
    let watcher = hub.connect_for(alice, "xmpp").await.unwrap();
    let phone = hub.connect_for(bob, "xmpp").await.unwrap();
    hub.say_presence(bob, phone.id(), Availability::Online, String::new()).await.unwrap();
    let seen = hub.watch_elsewhere(alice, watcher.id(), "xmpp", &[bob.who]).await.unwrap();
    assert_eq!(seen[0].1.availability, Availability::Offline);
    let tab = hub.connect(Caller { device: stage.device(), ..bob }).await.unwrap();
    assert_eq!(shown(&watcher), [Availability::Online]);
    hub.say_presence(bob, phone.id(), Availability::Away, String::new()).await.unwrap();
    assert!(shown(&watcher).is_empty());
    drop(tab);
    hub.tell_untold().await.unwrap();
    assert_eq!(shown(&watcher), [Availability::Offline]);
}

#[tokio::test]
async fn who_is_here_by_another_front_end_is_told_from_those_who_are_not() {
    let stage = Stage::new().await;
    let [alice, bob, carol] = stage.people().await;
    let hub = &stage.world.hub;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let own = hub.connect_for(alice, "xmpp").await.unwrap();
    hub.say_presence(alice, own.id(), Availability::Online, String::new()).await.unwrap();
    assert_eq!(hub.shown_elsewhere(alice.who, "xmpp"), None);
    let browser = hub.connect(bob).await.unwrap();
    let _stranger = hub.connect(carol).await.unwrap();
    let here = hub.members_elsewhere(group, "xmpp", 10).await;
    assert_eq!(here.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [bob.who]);
    hub.set_presence(bob, Some(browser.id()), Availability::Invisible, String::new()).await.unwrap();
    assert_eq!(hub.shown_elsewhere(bob.who, "xmpp"), None);
}

#[tokio::test]
async fn a_follower_of_presence_hears_of_everybody_once() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let hub = &stage.world.hub;
    assert!(hub.presence_changes().now_or_never().is_none(), "nobody came");
    let one = hub.connect(alice).await.unwrap();
    let _other = hub.connect(bob).await.unwrap();
    drop(one);
    let mut whose = hub.presence_changes().await;
    whose.sort_unstable();
    assert_eq!(whose, [alice.who, bob.who]);
}

fn phone_of(caller: Caller) -> Device {
    Device {
        id: caller.device,
        owner: caller.who,
        name: "phone".into(),
        created_at: UnixMillis(0),
        last_seen_at: UnixMillis(0),
        key: DeviceKey::new("phone"),
    }
}

#[tokio::test]
async fn of_those_who_went_nothing_stays_in_memory_and_they_are_still_said_to_have_been_there() {
    let stage = Stage::new().await;
    let people: [Caller; 40] = stage.people().await;
    let hub = &stage.world.hub;
    let mut connections = Vec::new();
    for caller in people {
        stage.world.world.store.ensure_keyed_device(phone_of(caller)).await.unwrap();
        connections.push(hub.connect(caller).await.unwrap());
    }
    let [hidden, stays, seen, ..] = people;
    hub.set_presence(hidden, None, Availability::Invisible, String::new()).await.unwrap();
    let kept = connections.remove(1);
    connections.clear();
    hub.tell_untold().await.unwrap();
    hub.write_last_seen().await.unwrap();
    assert_eq!(hub.presences.people_count(), 1, "only the one who is there");
    assert_eq!(hub.presence_of(stays.who).await.unwrap().availability, Availability::Online);
    let shown = hub.presence_of(seen.who).await.unwrap();
    assert_eq!((shown.availability, shown.last_seen_at), (Availability::Offline, Some(hub.now())));
    hub.set_presence(seen, None, Availability::Away, "back soon".to_owned()).await.unwrap();
    assert_eq!(
        hub.presence_of(seen.who).await.unwrap().last_seen_at,
        Some(hub.now()),
        "not forgotten by a wish"
    );
    drop(kept);
}
