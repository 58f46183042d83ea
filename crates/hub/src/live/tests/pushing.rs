use crate::{
    Caller,
    live::Connection,
    ports::{Devices, PUSH_TRIES_MAX, PushSettled, retry_at},
    stage::{Stage, message},
    usecase::Post,
};
use parlance_core::{
    account::PreferencesChange,
    body::{Body, Mention, Mentioned},
    conversation::HistoryVisibility,
    id::{ConversationId, Seq, UnixMillis},
    principal::{Device, DeviceKey},
};
use std::sync::Arc;

const SERVER: &str = "push.example";

/// Somebody with a phone that wants to be notified, and somebody who writes to them.
struct Pair {
    stage: Stage,
    phone: Caller,
    writer: Caller,
    conversation: ConversationId,
}

impl Pair {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let [phone, writer] = stage.people().await;
        let device = Device {
            id: phone.device,
            owner: phone.who,
            name: "phone".into(),
            created_at: UnixMillis(0),
            last_seen_at: UnixMillis(0),
            key: DeviceKey::new("phone"),
        };
        stage.world.world.store.ensure_keyed_device(device).await.unwrap();
        let conversation = stage.direct(phone, writer).await;
        let pair = Self { stage, phone, writer, conversation };
        pair.enable("node").await;
        pair
    }

    async fn enable(&self, node: &str) {
        let key = ("app@push.example".to_owned(), node.to_owned());
        self.stage.world.hub.enable_push(self.phone, SERVER, key, String::new()).await.unwrap();
    }

    async fn here(&self) -> Connection {
        self.stage.world.hub.connect(self.phone).await.unwrap()
    }

    async fn say(&self, text: &str) -> Seq {
        self.stage.post(self.writer, self.conversation, text).await.seq
    }

    /// How many messages each notification that is due tells of.
    async fn due(&self) -> Vec<u64> {
        let hub = &self.stage.world.hub;
        hub.ask_for_pushes().await.unwrap();
        hub.due_pushes(SERVER, 9).await.unwrap().iter().map(|due| due.messages).collect()
    }

    async fn tell(&self) -> Vec<u64> {
        let hub = &self.stage.world.hub;
        hub.ask_for_pushes().await.unwrap();
        let due = hub.due_pushes(SERVER, 9).await.unwrap();
        for due in &due {
            let settled = PushSettled::Done { asked: due.push.asked };
            hub.settle_push(&due.push.key, settled).await.unwrap();
        }
        due.iter().map(|due| due.messages).collect()
    }
}

#[tokio::test]
async fn messages_for_a_device_that_is_away_become_one_notification_with_their_number() {
    let pair = Pair::new().await;
    pair.say("one").await;
    pair.say("two").await;
    assert_eq!(pair.due().await, [2]);
    assert_eq!(pair.due().await, [0; 0], "it is on its way");
}

#[tokio::test]
async fn every_message_after_a_notification_is_notified_again() {
    let pair = Pair::new().await;
    pair.say("one").await;
    assert_eq!(pair.tell().await, [1]);
    assert_eq!(pair.tell().await, [0; 0]);
    pair.say("two").await;
    assert_eq!(pair.tell().await, [2]);
}

#[tokio::test]
async fn nobody_is_notified_of_what_they_see_wrote_read_or_muted() {
    let pair = Pair::new().await;
    let hub = &pair.stage.world.hub;
    let connection = pair.here().await;
    pair.say("seen").await;
    drop(connection);
    pair.stage.post(pair.phone, pair.conversation, "own").await;
    assert_eq!(pair.due().await, [0; 0], "seen and own");
    let seq = pair.say("read elsewhere").await;
    hub.mark_read(pair.phone, pair.conversation, seq).await.unwrap();
    assert_eq!(pair.due().await, [0; 0], "read");
    let muted = PreferencesChange { muted: Some(true), ..PreferencesChange::default() };
    hub.change_preferences(pair.phone, pair.conversation, muted).await.unwrap();
    pair.say("muted").await;
    assert_eq!(pair.due().await, [0; 0], "muted");
}

#[tokio::test]
async fn a_notification_is_not_told_once_its_message_was_read_or_its_device_is_back() {
    let pair = Pair::new().await;
    let hub = &pair.stage.world.hub;
    let seq = pair.say("one").await;
    hub.ask_for_pushes().await.unwrap();
    hub.mark_read(pair.phone, pair.conversation, seq).await.unwrap();
    assert_eq!(pair.due().await, [0; 0]);
    pair.say("two").await;
    hub.ask_for_pushes().await.unwrap();
    let _connection = pair.here().await;
    assert_eq!(pair.due().await, [0; 0]);
    assert_eq!(hub.count_waiting_pushes().await.unwrap(), 0);
}

#[tokio::test]
async fn a_device_whose_transport_is_lost_is_away_until_it_goes_on() {
    let pair = Pair::new().await;
    let connection = pair.here().await;
    connection.rest();
    pair.say("one").await;
    assert_eq!(pair.tell().await, [1]);
    connection.reopen();
    pair.say("two").await;
    assert_eq!(pair.tell().await, [0; 0]);
}

#[tokio::test]
async fn what_a_device_missed_when_it_went_is_notified() {
    let pair = Pair::new().await;
    let hub = &pair.stage.world.hub;
    let connection = pair.here().await;
    let seq = pair.say("one").await;
    drop(connection);
    hub.push_missed(pair.writer, [pair.conversation]).await.unwrap();
    hub.push_missed(pair.phone, []).await.unwrap();
    assert_eq!(pair.tell().await, [0; 0]);
    hub.push_missed(pair.phone, [pair.conversation]).await.unwrap();
    assert_eq!(pair.tell().await, [1]);
    hub.mark_read(pair.phone, pair.conversation, seq).await.unwrap();
    hub.push_missed(pair.phone, [pair.conversation]).await.unwrap();
    assert_eq!(pair.tell().await, [0; 0]);
}

#[tokio::test]
async fn members_of_groups_are_notified_like_anybody() {
    let pair = Pair::new().await;
    let group = pair.stage.group(pair.writer, &[pair.phone], HistoryVisibility::All).await;
    pair.stage.post(pair.writer, group, "hello").await;
    assert_eq!(pair.tell().await, [1]);
}

#[tokio::test]
async fn who_wants_to_hear_of_mentions_alone_is_notified_of_those() {
    let pair = Pair::new().await;
    let group = pair.stage.group(pair.writer, &[pair.phone], HistoryVisibility::All).await;
    let hub = &pair.stage.world.hub;
    let mentions = PreferencesChange { mentions_only: Some(true), ..PreferencesChange::default() };
    hub.change_preferences(pair.phone, group, mentions).await.unwrap();
    pair.stage.post(pair.writer, group, "hello").await;
    assert_eq!(pair.tell().await, [0; 0]);
    let mention = Mention { start: 0, end: 5, who: Mentioned::Principal(pair.phone.who) };
    let body = Body::Text { text: "@them".into(), mentions: vec![mention] };
    hub.post(pair.writer, Post { body, ..message(group, "", None) }).await.unwrap();
    assert_eq!(pair.tell().await, [1]);
}

#[tokio::test]
async fn registrations_outlive_a_restart_and_end_with_their_device() {
    let pair = Pair::new().await;
    let again = pair.stage.another_node().await;
    pair.stage.world.hub.ask_for_pushes().await.unwrap();
    let message = message(pair.conversation, "one", None);
    again.post(pair.writer, message).await.unwrap();
    assert_eq!(pair.tell().await, [1]);
    pair.stage.world.world.store.revoke_devices(pair.phone.who, Devices::All).await.unwrap();
    pair.say("two").await;
    assert_eq!(pair.tell().await, [0; 0]);
}

#[tokio::test]
async fn a_device_that_disabled_its_service_is_not_notified() {
    let pair = Pair::new().await;
    pair.enable("other").await;
    let hub = Arc::clone(&pair.stage.world.hub);
    hub.disable_push(pair.phone, "app@push.example", Some("node")).await.unwrap();
    pair.say("one").await;
    assert_eq!(pair.tell().await, [1], "of the other node");
    hub.disable_push(pair.phone, "app@push.example", None).await.unwrap();
    pair.say("two").await;
    assert_eq!(pair.tell().await, [0; 0]);
}

#[tokio::test]
async fn a_service_that_never_answers_is_asked_ever_less_and_then_no_more() {
    let pair = Pair::new().await;
    pair.say("one").await;
    pair.stage.world.hub.ask_for_pushes().await.unwrap();
    let mut told = 0;
    for tries in 0..=PUSH_TRIES_MAX {
        told += pair.due().await.len();
        assert_eq!(pair.due().await.len(), 0, "not before its time");
        pair.stage.world.clock.advance(retry_at(UnixMillis(0), tries).0);
    }
    assert_eq!(told, PUSH_TRIES_MAX as usize);
    pair.say("two").await;
    assert_eq!(pair.due().await, [0; 0], "the registration is over");
}

#[tokio::test]
async fn a_retry_of_a_message_notifies_once() {
    let pair = Pair::new().await;
    for _ in 0..3 {
        let retried = message(pair.conversation, "one", Some("1"));
        pair.stage.world.hub.post(pair.writer, retried).await.unwrap();
    }
    assert_eq!(pair.tell().await, [1]);
    assert_eq!(pair.tell().await, [0; 0]);
}
