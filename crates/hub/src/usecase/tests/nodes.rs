//! Two nodes on one store, without a wake between them: the memory of each may be behind.

use crate::{
    HubError,
    ports::Place,
    stage::{Stage, message},
    usecase::{HistoryPlace, NewLink},
};
use parlance_core::{
    Rejection,
    conversation::{HistoryVisibility, Role},
    id::Seq,
};

#[tokio::test]
async fn who_was_just_added_may_do_everything_on_every_node() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[], HistoryVisibility::All).await;
    let other = stage.another_node().await;
    other.warm_up(group).await;
    stage.world.hub.add_member(alice, group, bob.who, None).await.unwrap();
    other.sync(bob, Default::default()).await.unwrap();
    other.set_draft(bob, group, "so far".into()).await.unwrap();
    other.mark_read(bob, group, Seq(1)).await.unwrap();
    other.post(bob, message(group, "hello", None)).await.unwrap();
}

#[tokio::test]
async fn who_was_just_removed_may_do_nothing_on_any_node() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
    let other = stage.another_node().await;
    other.warm_up(group).await;
    stage.world.hub.remove_member(alice, group, bob.who).await.unwrap();
    let secret = stage.post(alice, group, "not for bob").await;
    let newest = HistoryPlace::At(Place::Newest);
    let refusals = [
        other.post(bob, message(group, "hello", None)).await.map(|_| ()),
        other.history(bob, group, newest, 10).await.map(|_| ()),
        other.visible_event(bob, group, secret.id).await.map(|_| ()),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Err(HubError::Rule(Rejection::ConversationNotFound))), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_decision_on_old_rules_is_made_again() {
    let stage = Stage::new().await;
    let [alice, bob, eve] = stage.people().await;
    let group = stage.group(alice, &[bob, eve], HistoryVisibility::All).await;
    let other = stage.another_node().await;
    other.warm_up(group).await;
    stage.world.hub.change_role(alice, group, bob.who, Role::Moderator).await.unwrap();
    other.post(eve, message(group, "raced a change of roles", None)).await.unwrap();
    other.remove_member(bob, group, eve.who).await.unwrap();
}

#[tokio::test]
async fn reading_positions_reach_as_far_as_the_log_on_every_node() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let direct = stage.direct(alice, bob).await;
    let other = stage.another_node().await;
    other.warm_up(direct).await;
    let seq = stage.post(alice, direct, "hello").await.seq;
    other.mark_read(bob, direct, seq).await.unwrap();
    let row = other.conversation(bob, direct).await.unwrap().row;
    assert_eq!((row.read, row.counts.unread), (seq, 0));
}

#[tokio::test]
async fn what_was_written_can_be_read_on_every_node() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let direct = stage.direct(alice, bob).await;
    let other = stage.another_node().await;
    other.warm_up(direct).await;
    let event = stage.post(alice, direct, "hello").await;
    let history = other.history(alice, direct, HistoryPlace::At(Place::Newest), 1).await.unwrap();
    assert_eq!(history.items[0].event.id, event.id);
    assert!(!history.has_after);
}

#[tokio::test]
async fn a_block_holds_on_every_node_after_a_sweep() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let direct = stage.direct(alice, bob).await;
    let other = stage.another_node().await;
    other.post(bob, message(direct, "hello", None)).await.unwrap();
    let swept = other.world.store.mark().await.unwrap().offset;
    stage.world.hub.set_contact(alice, bob.who, String::new(), true).await.unwrap();
    other.sweep(swept).await.unwrap();
    let refused = other.post(bob, message(direct, "again", None)).await;
    assert!(matches!(refused, Err(HubError::Rule(Rejection::Blocked))), "{refused:?}");
}

#[tokio::test]
async fn a_link_gives_a_use_back_when_joining_is_refused() {
    let stage = Stage::new().await;
    let [alice, bob, eve] = stage.people().await;
    let group = stage.group(alice, &[], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    let new = NewLink { expires_in_s: None, uses: Some(1), needs_approval: false };
    let link = hub.create_link(alice, group, new).await.unwrap();
    hub.ban_member(alice, group, eve.who).await.unwrap();
    assert!(matches!(hub.join_by_link(eve, &link.code).await, Err(HubError::Rule(Rejection::Banned))));
    assert_eq!(hub.join_by_link(bob, &link.code).await.unwrap(), (group, true));
}
