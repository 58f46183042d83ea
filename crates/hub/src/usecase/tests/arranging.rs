use super::rejection;
use crate::{Caller, Hub, HubError, stage::Stage};
use parlance_core::{
    Rejection,
    account::{AccountChange, PreferencesChange},
    arrangement::Rearrangement,
    conversation::HistoryVisibility,
    event::Content,
    id::{ConversationId, FolderId, Seq},
};
use uuid::Uuid;

const WORK: FolderId = FolderId(Uuid::from_u128(1));

fn named(folder: FolderId, name: &str) -> Rearrangement {
    Rearrangement::Named { folder, name: name.to_owned() }
}

/// The changes of an arrangement that somebody's devices are told of.
async fn told(stage: &Stage, who: Caller) -> usize {
    let log = ConversationId::account(who.who);
    let events = stage.world.world.store.read_after(log, Seq::ZERO, 99).await.unwrap();
    let is_told = |content: &Content| matches!(content, Content::Account(AccountChange::Arranged { .. }));
    events.iter().filter(|event| is_told(&event.content)).count()
}

#[tokio::test]
async fn folders_are_told_to_ones_devices_and_what_changes_nothing_is_not() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(bob, &[alice], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    let put_in = Rearrangement::PutIn { folder: WORK, conversation: group };
    for change in [named(WORK, "Work"), put_in.clone(), put_in, named(WORK, " Work ")] {
        hub.rearrange(alice, change).await.unwrap();
    }
    assert_eq!(told(&stage, alice).await, 2);
    assert_eq!(hub.arrangement(alice).await.unwrap().folders[0].conversations, [group]);
    assert!(hub.arrangement(bob).await.unwrap().folders.is_empty());
}

#[tokio::test]
async fn only_what_one_sees_is_put_into_ones_own_folders() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(bob, &[], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    hub.rearrange(alice, named(WORK, "Work")).await.unwrap();
    let put_in = Rearrangement::PutIn { folder: WORK, conversation: group };
    assert_eq!(rejection(hub.rearrange(alice, put_in.clone()).await), Rejection::ConversationNotFound);
    assert_eq!(rejection(hub.rearrange(bob, put_in).await), Rejection::FolderNotFound);
}

#[tokio::test]
async fn there_are_as_many_folders_as_the_settings_say() {
    let stage = Stage::new().await;
    let [alice] = stage.people().await;
    let hub = &stage.world.hub;
    let make = async |number: usize| {
        hub.rearrange(alice, named(FolderId(Uuid::from_u128(number as u128)), "Folder")).await
    };
    let max = hub.settings().bounds.folders_max;
    for number in 0..max {
        make(number).await.unwrap();
    }
    assert!(matches!(make(max).await, Err(HubError::TooMany)));
}

async fn preferences(
    hub: &Hub,
    who: Caller,
    conversation: ConversationId,
) -> parlance_core::account::Preferences {
    hub.conversation(who, conversation).await.unwrap().row.preferences
}

#[tokio::test]
async fn two_changes_of_preferences_at_once_are_both_kept() {
    let stage = Stage::new().await;
    let [alice, bob] = stage.people().await;
    let group = stage.group(bob, &[alice], HistoryVisibility::All).await;
    let hub = &stage.world.hub;
    let muted = PreferencesChange { muted: Some(true), ..PreferencesChange::default() };
    let hidden = PreferencesChange { hidden: Some(true), ..PreferencesChange::default() };
    let both = tokio::join!(
        hub.change_preferences(alice, group, muted),
        hub.change_preferences(alice, group, hidden)
    );
    assert!(both.0.is_ok() && both.1.is_ok());
    let kept = preferences(hub, alice, group).await;
    let head = hub.conversation(alice, group).await.unwrap().row.head;
    assert_eq!((kept.muted, kept.hidden, kept.hidden_at), (true, true, head));
}
