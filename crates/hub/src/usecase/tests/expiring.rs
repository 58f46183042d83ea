use super::rejection;
use crate::{
    Caller,
    ports::{ArchiveScope, ArchiveSide, Place},
    stage::{Stage, message},
    usecase::{ArchiveQuery, ForwardSource, HistoryPlace, Post, SyncRequest},
};
use parlance_core::{
    Rejection,
    body::Body,
    conversation::{HistoryVisibility, SettingsChange},
    event::{Content, Event, EventKinds},
    id::{ConversationId, Seq},
};
use std::sync::Arc;

const HOUR_S: u32 = 3_600;
const HOUR_MS: u64 = 3_600_000;

/// A group in which messages disappear after an hour.
struct Hourglass {
    stage: Stage,
    owner: Caller,
    other: Caller,
    group: ConversationId,
}

impl Hourglass {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let [owner, other] = stage.people().await;
        let group = stage.group(owner, &[other], HistoryVisibility::All).await;
        let hourglass = Self { stage, owner, other, group };
        hourglass.set(HOUR_S).await.unwrap();
        hourglass
    }

    async fn set(&self, seconds: u32) -> Result<(), crate::HubError> {
        self.stage.world.hub.change_settings(self.owner, self.group, timer(seconds)).await
    }

    async fn say(&self, text: &str) -> Arc<Event> {
        self.stage.post(self.other, self.group, text).await
    }

    /// Everything that reading tells, as text.
    async fn told(&self) -> String {
        let hub = &self.stage.world.hub;
        let history = hub.history(self.owner, self.group, HistoryPlace::At(Place::Newest), 99).await.unwrap();
        let request = SyncRequest { window: 99, limit: 99, ..SyncRequest::default() };
        let synced = hub.sync(self.owner, request).await.unwrap();
        let found = hub.search(self.owner, "secret", None, None, 99).await.unwrap().items;
        let pins = hub.pins(self.owner, self.group).await.unwrap();
        let archive = hub.archive(self.owner, ArchiveScope::Conversation(self.group), everything());
        format!("{:?} {synced:?} {found:?} {pins:?} {:?}", history.items, archive.await.unwrap().items)
    }
}

fn timer(seconds: u32) -> SettingsChange {
    SettingsChange { expire_after_s: Some(seconds), ..SettingsChange::default() }
}

fn everything() -> ArchiveQuery {
    ArchiveQuery {
        with: None,
        after: Vec::new(),
        before: Vec::new(),
        start: None,
        end: None,
        kinds: EventKinds::ALL,
        side: ArchiveSide::Newest,
        limit: 99,
    }
}

#[tokio::test]
async fn a_message_whose_time_has_come_is_told_to_nobody_even_before_it_is_purged() {
    let glass = Hourglass::new().await;
    let hub = &glass.stage.world.hub;
    let said = glass.say("secret first").await;
    hub.edit(glass.other, glass.group, said.id, Body::text("secret second"), None).await.unwrap();
    hub.pin(glass.owner, glass.group, said.id, true).await.unwrap();
    glass.stage.world.clock.advance(HOUR_MS - 1);
    assert!(glass.told().await.contains("secret"));
    glass.stage.world.clock.advance(1);
    assert!(!glass.told().await.contains("secret"));
    assert_eq!(hub.edits(glass.owner, glass.group, said.id).await.unwrap(), []);
    let forward = Some(ForwardSource { conversation: glass.group, event: said.id });
    let refused = hub.post(glass.owner, Post { forward, ..message(glass.group, "", None) }).await;
    assert_eq!(rejection(refused), Rejection::WrongEventKind);
}

#[tokio::test]
async fn a_message_is_purged_at_its_time_as_its_author_would_delete_it() {
    let glass = Hourglass::new().await;
    let hub = &glass.stage.world.hub;
    let said = glass.say("secret").await;
    glass.set(0).await.unwrap();
    let kept = glass.say("kept").await;
    glass.stage.world.clock.advance(HOUR_MS - 1);
    hub.purge_expired().await.unwrap();
    let store = &glass.stage.world.world.store;
    assert_eq!(store.read_after(glass.group, kept.seq, 9).await.unwrap(), []);
    glass.stage.world.clock.advance(1);
    for _ in 0..2 {
        hub.purge_expired().await.unwrap();
    }
    let log = store.read_after(glass.group, Seq::ZERO, 99).await.unwrap();
    assert!(!format!("{log:?}").contains("secret"));
    assert!(log.iter().any(|event| event.content == kept.content));
    let deletion = log.last().unwrap();
    assert_eq!(deletion.content, Content::Delete { target: said.as_target() });
    assert_eq!((deletion.sender, deletion.device), (glass.other.who, None));
    assert_eq!(deletion.seq, kept.seq.next());
}

#[tokio::test]
async fn what_came_due_while_the_server_was_down_is_purged_by_the_next_one() {
    let glass = Hourglass::new().await;
    for number in 0..300 {
        glass.say(&format!("secret {number}")).await;
    }
    glass.stage.world.clock.advance(2 * HOUR_MS);
    let next = glass.stage.world.another_hub(crate::test_world::settings(crate::Registration::Open)).await;
    next.purge_expired().await.unwrap();
    let log = glass.stage.world.world.store.read_after(glass.group, Seq::ZERO, 999).await.unwrap();
    assert!(!format!("{log:?}").contains("secret"));
    assert_eq!(log.iter().filter(|event| event.content == Content::Deleted).count(), 300);
}

#[tokio::test]
async fn a_timer_has_bounds_and_both_of_a_direct_conversation_set_it() {
    let glass = Hourglass::new().await;
    let hub = &glass.stage.world.hub;
    for seconds in [1, u32::MAX] {
        assert_eq!(rejection(glass.set(seconds).await), Rejection::TimerOutOfBounds);
    }
    let member = hub.change_settings(glass.other, glass.group, timer(HOUR_S)).await;
    assert_eq!(rejection(member), Rejection::Forbidden);
    let direct = hub.open_direct(glass.owner, glass.other.who).await.unwrap();
    for who in [glass.owner, glass.other] {
        hub.change_settings(who, direct, timer(HOUR_S)).await.unwrap();
    }
    let said = glass.stage.post(glass.other, direct, "hello").await;
    assert_eq!(said.content.expires_at(), Some(said.at.plus_ms(HOUR_MS)));
    let renamed = SettingsChange { name: Some("a".into()), ..timer(HOUR_S) };
    let renamed = hub.change_settings(glass.owner, direct, renamed).await;
    assert_eq!(rejection(renamed), Rejection::WrongConversationKind);
}
