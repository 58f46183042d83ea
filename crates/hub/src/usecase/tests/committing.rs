use crate::{
    HubError,
    ports::{Delivered, Store},
    stage::{Stage, message},
    usecase::DeliveredQueue,
};
use futures_util::FutureExt;
use parlance_core::{
    Rejection,
    body::Body,
    conversation::{HistoryVisibility, SettingsChange},
    event::Content,
    id::{ClientRef, ConversationId, Seq},
};
use std::{pin::pin, sync::Arc};

async fn texts(store: &Arc<dyn Store>, conversation: ConversationId) -> usize {
    let events = store.read_after(conversation, Seq(0), usize::MAX).await.unwrap();
    events.iter().filter(|event| matches!(event.content, Content::Message(_))).count()
}

#[tokio::test]
async fn a_retry_gets_the_same_place() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let direct = stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    let first = hub.post(alice, message(direct, "hello", Some("r1"))).await.unwrap();
    let retry = hub.post(alice, message(direct, "hello", Some("r1"))).await.unwrap();
    assert_eq!((first.seq, first.id), (retry.seq, retry.id));
    let other = hub.post(bob, message(direct, "hello", Some("r1"))).await.unwrap();
    assert_ne!(first.id, other.id, "a reference is the device's own");
    assert_eq!(texts(&stage.world.world.store, direct).await, 2);
}

#[tokio::test]
async fn a_retry_of_what_was_accepted_is_answered_also_when_it_would_be_refused() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    let reference = |text| ClientRef::new(text);
    let target = stage.post(bob, group, "first").await;
    let mut answer = message(group, "answer", Some("r1"));
    answer.reply_to = Some(target.id);
    let posted = hub.post(bob, answer.clone()).await.unwrap();
    let edited = hub.edit(bob, group, target.id, Body::text("newer"), reference("r2")).await.unwrap();
    let reacted = hub.react(bob, group, target.id, "+", true, reference("r3")).await.unwrap();
    let deleted = hub.delete_event(bob, group, target.id, reference("r4")).await.unwrap();
    hub.remove_member(alice, group, bob.who).await.unwrap();

    assert_eq!(hub.post(bob, answer).await.unwrap().id, posted.id);
    let again = hub.edit(bob, group, target.id, Body::text("newer"), reference("r2")).await.unwrap();
    assert_eq!(again.id, edited.id);
    assert_eq!(hub.react(bob, group, target.id, "+", true, reference("r3")).await.unwrap().id, reacted.id);
    assert_eq!(hub.delete_event(bob, group, target.id, reference("r4")).await.unwrap().id, deleted.id);
    let new = hub.post(bob, message(group, "new", Some("r5"))).await;
    assert!(matches!(new, Err(HubError::Rule(Rejection::ConversationNotFound))));
}

#[tokio::test]
async fn of_fifty_posts_at_once_slow_mode_lets_one_pass() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let slow = SettingsChange { slow_mode_s: Some(10), ..SettingsChange::default() };
    stage.world.hub.change_settings(alice, group, slow).await.unwrap();
    let mut posts = tokio::task::JoinSet::new();
    for number in 0..50 {
        let hub = Arc::clone(&stage.world.hub);
        posts.spawn(async move { hub.post(bob, message(group, &format!("{number}"), None)).await });
    }
    let answers = posts.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let is_refusal = |answer: &Result<_, HubError>| {
        matches!(answer, Err(HubError::Rule(Rejection::SlowMode { wait_ms: 10_000 })))
    };
    assert_eq!(answers.iter().filter(|answer| is_refusal(answer)).count(), 49);
    stage.world.clock.advance(10_000);
    stage.post(bob, group, "later").await;
}

#[tokio::test]
async fn a_retry_in_slow_mode_gets_its_place_and_not_a_refusal() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let slow = SettingsChange { slow_mode_s: Some(10), ..SettingsChange::default() };
    stage.world.hub.change_settings(alice, group, slow).await.unwrap();
    let first = stage.world.hub.post(bob, message(group, "hello", Some("r1"))).await.unwrap();
    let retry = stage.world.hub.post(bob, message(group, "hello", Some("r1"))).await.unwrap();
    assert_eq!(first.id, retry.id);
}

#[tokio::test]
async fn receipts_wait_in_memory_until_they_are_written_down() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let direct = stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    let seq = stage.post(alice, direct, "hello").await.seq;
    hub.mark_delivered(bob, direct, seq).await.unwrap();
    hub.mark_delivered(bob, direct, Seq(1)).await.unwrap();
    let bobs = async || {
        let rows = stage.world.world.store.receipts(direct).await.unwrap();
        rows.iter().find(|row| row.who == bob.who).map(|row| row.delivered)
    };
    assert_eq!(bobs().await, Some(Seq(0)));
    hub.flush_delivered().await.unwrap();
    assert_eq!(bobs().await, Some(seq));
}

#[test]
fn the_queue_of_receipts_keeps_the_newest_of_each_device() {
    let queue = DeliveredQueue::default();
    let delivered = |device: u128, seq| {
        let device = parlance_core::id::DeviceId(uuid::Uuid::from_u128(device));
        let who = parlance_core::id::PrincipalId(uuid::Uuid::nil());
        Delivered { conversation: ConversationId(uuid::Uuid::nil()), who, device, seq: Seq(seq) }
    };
    assert_eq!(
        [queue.put(delivered(1, 5)), queue.put(delivered(1, 3)), queue.put(delivered(2, 1))],
        [1, 1, 2]
    );
    let mut written = queue.waiting();
    written.sort_unstable_by_key(|delivered| delivered.seq);
    assert_eq!(written, [delivered(2, 1), delivered(1, 5)]);
    queue.put(delivered(2, 2));
    queue.remove(&written);
    assert_eq!(queue.waiting(), [delivered(2, 2)], "what is newer than what was written waits");
}

/// Otherwise who comes back would be told again what they were told just before.
#[tokio::test]
async fn who_comes_back_waits_for_receipts_that_are_being_written() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let direct = stage.direct(alice, bob).await;
    let hub = &stage.world.hub;
    let seq = stage.post(alice, direct, "hello").await.seq;
    let writing = hub.delivered.writing.lock().await;
    hub.mark_delivered(bob, direct, seq).await.unwrap();
    let mut undelivered = pin!(hub.undelivered(bob));
    assert!(undelivered.as_mut().now_or_never().is_none());
    drop(writing);
    assert_eq!(undelivered.await.unwrap(), []);
}

#[tokio::test]
async fn times_never_go_back_in_a_log_when_the_clock_does() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let direct = stage.direct(alice, bob).await;
    let first = stage.post(alice, direct, "one").await;
    stage.world.clock.set(1);
    let second = stage.post(bob, direct, "two").await;
    assert!(second.at >= first.at);
}
