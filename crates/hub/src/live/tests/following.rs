use crate::{
    live::{Connection, News, run_fanout},
    ports::Wake,
    stage::Stage,
};
use parlance_core::{
    conversation::HistoryVisibility,
    event::{Content, MembershipChange, Offset},
    id::{ConversationId, Seq},
};
use std::sync::Arc;

/// Takes everything that waits; answers with the places in a conversation.
async fn told(connection: &Connection, conversation: ConversationId) -> Vec<u64> {
    let mut seqs = Vec::new();
    while let Some(news) = connection.take_news() {
        if let News::Conversation(id) = news {
            let batch = connection.read_news(id).await.unwrap();
            let events = batch.entries.iter().map(|entry| &entry.event);
            seqs.extend(events.filter(|event| event.conversation == conversation).map(|event| event.seq.0));
        }
    }
    seqs
}

#[tokio::test(start_paused = true)]
async fn a_wake_tells_at_once() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let connection = stage.world.hub.connect(bob).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(run_fanout(Arc::clone(&stage.world.hub)));
    tokio::task::yield_now().await;
    stage.post(alice, group, "hello").await;
    let begun = tokio::time::Instant::now();
    while connection.take_news() != Some(News::Conversation(group)) {
        connection.wait_for_news().await;
    }
    assert_eq!(begun.elapsed().as_millis(), 0);
}

#[tokio::test]
async fn the_sweep_tells_what_no_wake_told() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let other = stage.another_node().await;
    let connection = other.connect(bob).await.unwrap();
    stage.post(alice, group, "one").await;
    stage.post(alice, group, "two").await;
    assert!(connection.take_news().is_none());
    other.sweep(connection.mark().offset).await.unwrap();
    assert_eq!(told(&connection, group).await, [4, 5]);
}

#[tokio::test]
async fn wakes_that_are_doubled_and_late_tell_nothing_twice() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let connection = stage.world.hub.connect(bob).await.unwrap();
    let mut wakes = Vec::new();
    for text in ["one", "two", "three"] {
        let event = stage.post(alice, group, text).await;
        wakes.push(Wake { conversation: group, seq: event.seq, event: Some(event) });
    }
    let mut seqs = Vec::new();
    for index in [2, 0, 0, 1, 2] {
        stage.world.hub.fan_out(std::iter::once(wakes[index].clone())).await;
        seqs.extend(told(&connection, group).await);
    }
    assert_eq!(seqs, [4, 5, 6]);
}

#[tokio::test]
async fn what_was_pushed_before_the_sweep_is_not_pushed_again() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    let connection = hub.connect(bob).await.unwrap();
    let first = stage.post(alice, group, "one").await;
    let second = stage.post(alice, group, "two").await;
    let wake = |seq: Seq| std::iter::once(Wake { conversation: group, seq, event: None });
    hub.fan_out(wake(second.seq)).await;
    assert_eq!(told(&connection, group).await, [4, 5]);
    connection.line.mailbox.swept(first.offset);
    assert!(told(&connection, group).await.is_empty());
    stage.post(alice, group, "three").await;
    hub.fan_out(wake(Seq(6))).await;
    assert_eq!(told(&connection, group).await, [6]);
}

#[tokio::test]
async fn who_is_removed_gets_the_farewell_and_nothing_after_it() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    let connection = hub.connect(bob).await.unwrap();
    stage.post(alice, group, "for all").await;
    hub.remove_member(alice, group, bob.who).await.unwrap();
    stage.post(alice, group, "not for bob").await;
    hub.sweep(connection.mark().offset).await.unwrap();
    assert_eq!(told(&connection, group).await, [4, 5]);
}

#[tokio::test]
async fn who_is_removed_while_the_room_is_not_in_memory_is_told_too() {
    let stage = Stage::new().await;
    let [alice, bob, eve] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::SinceJoined).await;
    let other = stage.another_node().await;
    let connection = other.connect(bob).await.unwrap();
    let stranger = other.connect(eve).await.unwrap();
    stage.post(alice, group, "for all").await;
    stage.world.hub.ban_member(alice, group, bob.who).await.unwrap();
    stage.world.hub.ban_member(alice, group, eve.who).await.unwrap();
    other.sweep(connection.mark().offset).await.unwrap();
    assert_eq!(told(&connection, group).await, [4, 5]);
    assert!(told(&stranger, group).await.is_empty(), "a ban of a stranger shows nothing to them");
}

#[tokio::test]
async fn newcomers_are_sent_what_they_may_see() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[], HistoryVisibility::SinceJoined).await;
    let hub = &stage.world.hub;
    let connection = hub.connect(bob).await.unwrap();
    stage.post(alice, group, "before").await;
    hub.add_member(alice, group, bob.who, None).await.unwrap();
    stage.post(alice, group, "after").await;
    hub.sweep(Offset(0)).await.unwrap();
    assert_eq!(told(&connection, group).await, [4, 5]);
    let joined = hub.world.store.read_after(group, Seq(3), 1).await.unwrap();
    let is_entry = |content: &Content| {
        matches!(content, Content::Membership { change: MembershipChange::Joined(_), .. })
    };
    assert!(is_entry(&joined[0].content));
}
