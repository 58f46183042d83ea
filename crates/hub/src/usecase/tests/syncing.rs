use crate::{
    Caller, Hub,
    ports::Mark,
    stage::Stage,
    usecase::{Position, SyncRequest, SyncedPage},
};
use parlance_core::{
    conversation::HistoryVisibility,
    id::{ConversationId, Epoch, Seq},
};
use std::collections::HashMap;

fn request(since: Option<Mark>, limit: usize) -> SyncRequest {
    SyncRequest { since, window: 3, limit, ..SyncRequest::default() }
}

fn listed(page: &SyncedPage) -> Vec<ConversationId> {
    page.conversations.iter().map(|synced| synced.row.conversation).collect()
}

/// Reads all pages; `meanwhile` happens after the first.
async fn read_all(
    hub: &Hub,
    caller: Caller,
    mut request: SyncRequest,
    meanwhile: impl AsyncFnOnce(),
) -> (Vec<ConversationId>, Mark) {
    let mut page = hub.sync(caller, request.clone()).await.unwrap();
    let mut all = listed(&page);
    meanwhile().await;
    while let Some(next) = page.next {
        request.cursor = Some(next);
        page = hub.sync(caller, request.clone()).await.unwrap();
        all.extend(listed(&page));
    }
    (all, page.mark)
}

#[tokio::test]
async fn a_conversation_that_moves_while_pages_are_read_is_not_left_out() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let mut groups = Vec::new();
    for _ in 0..3 {
        groups.push(stage.group(alice, &[bob], HistoryVisibility::All).await);
    }
    let hub = &stage.world.hub;
    let quiet = read_all(hub, bob, request(None, 1), async || {}).await;
    assert_eq!(quiet.0, [groups[2], groups[1], groups[0]]);
    let (all, mark) = read_all(hub, bob, request(None, 1), async || {
        stage.post(alice, groups[0], "moves to the front").await;
    })
    .await;
    assert_eq!(all, [groups[2], groups[1], groups[0]]);
    let rest = hub.sync(bob, request(Some(mark), 9)).await.unwrap();
    assert!(rest.conversations.is_empty(), "the mark says everything up to the move");
}

#[tokio::test]
async fn catching_up_gives_exactly_what_is_missing() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    let mark = hub.sync(bob, request(None, 9)).await.unwrap().mark;
    for number in 0..5 {
        stage.post(alice, group, &format!("{number}")).await;
    }
    let positions = HashMap::from([(group, Position { epoch: Epoch(1), seq: Seq(3) })]);
    let page = hub.sync(bob, SyncRequest { positions, ..request(Some(mark), 9) }).await.unwrap();
    let synced = &page.conversations[0];
    let given: Vec<u64> = synced.events.iter().map(|item| item.event.seq.0).collect();
    assert_eq!((synced.hole, given), (Some((Seq(4), Seq(5))), vec![6, 7, 8]));
    assert!(hub.sync(bob, request(Some(page.mark), 9)).await.unwrap().conversations.is_empty());
}

#[tokio::test]
async fn a_mark_of_another_life_begins_again() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    let now = hub.sync(bob, request(None, 9)).await.unwrap().mark;
    let old = Mark { life: now.life + 1, ..now };
    let page = hub.sync(bob, request(Some(old), 9)).await.unwrap();
    assert!(page.reset);
    assert_eq!(listed(&page), [group]);
}

#[tokio::test]
async fn who_was_removed_is_told_what_is_gone() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    let mark = hub.sync(bob, request(None, 9)).await.unwrap().mark;
    hub.remove_member(alice, group, bob.who).await.unwrap();
    let page = hub.sync(bob, request(Some(mark), 9)).await.unwrap();
    assert_eq!((listed(&page), page.gone), (vec![], vec![group]));
}

#[tokio::test]
async fn what_was_read_before_is_not_written_down_again() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let seq = stage.post(alice, group, "hello").await.seq;
    let hub = &stage.world.hub;
    hub.mark_read(bob, group, seq).await.unwrap();
    let connection = hub.connect(alice).await.unwrap();
    let before = stage.world.world.store.mark().await.unwrap();
    for again in [seq, Seq(1), Seq(seq.0 + 5)] {
        hub.mark_read(bob, group, again).await.unwrap();
    }
    assert_eq!(stage.world.world.store.mark().await.unwrap(), before);
    assert_eq!(connection.take_news(), None, "nobody is told");
}
