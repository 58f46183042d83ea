//! Snapshot and pushed events make the fresh snapshot, for each use case.

use crate::{
    Caller, Hub,
    live::{Connection, News},
    ports::MembershipRow,
    stage::Stage,
    usecase::SyncRequest,
};
use parlance_core::{
    account::{AccountChange, Preferences, PreferencesChange},
    body::Body,
    conversation::{HistoryVisibility, Kind, Role, SettingsChange},
    count::{Counter, Counts},
    event::{Content, Event, MembershipChange},
    id::{ConversationId, EventId, Seq},
};
use std::collections::BTreeMap;

/// What a client keeps of its conversations.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    head: Seq,
    name: String,
    topic: String,
    slow_mode_s: u32,
    role: Role,
    read: Seq,
    draft: String,
    preferences: Preferences,
    members_count: u64,
    counts: Counts,
}

struct Client {
    caller: Caller,
    kept: BTreeMap<ConversationId, Kept>,
    counters: BTreeMap<ConversationId, Counter>,
}

impl Client {
    async fn fresh(hub: &Hub, caller: Caller) -> Self {
        let page = hub.sync(caller, SyncRequest { window: 100, limit: 100, ..SyncRequest::default() });
        let mut client = Self { caller, kept: BTreeMap::new(), counters: BTreeMap::new() };
        for synced in page.await.unwrap().conversations {
            let counter = client.counter(synced.row.conversation);
            synced.events.iter().for_each(|item| counter.apply(&item.event));
            counter.mark_read(synced.row.read);
            client.kept.insert(synced.row.conversation, kept(&synced.row));
        }
        client
    }

    fn counter(&mut self, conversation: ConversationId) -> &mut Counter {
        self.counters.entry(conversation).or_insert_with(|| Counter::new(self.caller.who))
    }

    fn apply(&mut self, event: &Event) {
        if let Content::Account(change) = &event.content {
            return self.apply_own(change);
        }
        let counter = self.counter(event.conversation);
        counter.apply(event);
        let counts = counter.counts();
        let Some(kept) = self.kept.get_mut(&event.conversation) else { return };
        kept.head = event.seq;
        kept.counts = counts;
        match &event.content {
            Content::Settings(change) => {
                kept.topic = change.topic.clone().unwrap_or_else(|| kept.topic.clone());
                kept.name = change.name.clone().unwrap_or_else(|| kept.name.clone());
                kept.slow_mode_s = change.slow_mode_s.unwrap_or(kept.slow_mode_s);
            }
            Content::Membership { who, change } => self.apply_membership(event.conversation, *who, *change),
            _ => {}
        }
    }

    fn apply_membership(
        &mut self,
        conversation: ConversationId,
        who: parlance_core::id::PrincipalId,
        change: MembershipChange,
    ) {
        let is_own = who == self.caller.who;
        let Some(kept) = self.kept.get_mut(&conversation) else { return };
        match change {
            MembershipChange::Joined(_) => kept.members_count += 1,
            MembershipChange::Role(role) if is_own => kept.role = role,
            MembershipChange::Left | MembershipChange::Removed | MembershipChange::Banned => {
                kept.members_count -= 1;
                if is_own {
                    self.kept.remove(&conversation);
                }
            }
            _ => {}
        }
    }

    fn apply_own(&mut self, change: &AccountChange) {
        match change {
            AccountChange::Read { conversation, seq } => {
                let counter = self.counter(*conversation);
                counter.mark_read(*seq);
                let counts = counter.counts();
                if let Some(kept) = self.kept.get_mut(conversation) {
                    kept.read = kept.read.max(*seq);
                    kept.counts = counts;
                }
            }
            AccountChange::Unread { conversation, from } => {
                let counter = self.counter(*conversation);
                counter.mark_unread(*from);
                let counts = counter.counts();
                if let Some(kept) = self.kept.get_mut(conversation) {
                    kept.read = kept.read.min(from.previous());
                    kept.counts = counts;
                }
            }
            AccountChange::Draft { conversation, text } => {
                if let Some(kept) = self.kept.get_mut(conversation) {
                    kept.draft.clone_from(text);
                }
            }
            AccountChange::Preferences { conversation, preferences } => {
                if let Some(kept) = self.kept.get_mut(conversation) {
                    kept.preferences = *preferences;
                }
            }
            _ => {}
        }
    }
}

fn kept(row: &MembershipRow) -> Kept {
    Kept {
        head: row.head,
        name: row.settings.name.clone(),
        topic: row.settings.topic.clone(),
        slow_mode_s: row.settings.slow_mode_s,
        role: row.role,
        read: row.read,
        draft: row.draft.clone(),
        preferences: row.preferences,
        members_count: row.members_count,
        counts: row.counts,
    }
}

async fn take_all(connection: &Connection, client: &mut Client) {
    while let Some(news) = connection.take_news() {
        if let News::Conversation(conversation) = news {
            let batch = connection.read_news(conversation).await.unwrap();
            batch.entries.iter().for_each(|entry| client.apply(&entry.event));
        }
    }
}

struct Scene {
    stage: Stage,
    alice: Caller,
    bob: Caller,
    eve: Caller,
    group: ConversationId,
    message: EventId,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let [alice, bob, eve] = stage.people().await;
        let group = stage.group(alice, &[bob], HistoryVisibility::All).await;
        let message = stage.post(alice, group, "before").await.id;
        stage.world.hub.mark_read(bob, group, Seq(1)).await.unwrap();
        Self { stage, alice, bob, eve, group, message }
    }

    fn hub(&self) -> &Hub {
        &self.stage.world.hub
    }
}

/// Bob takes a snapshot and connects, something happens, and what he is told makes the same of his
/// snapshot as a fresh one.
async fn check_fold(act: impl AsyncFnOnce(&Scene)) {
    let scene = Scene::new().await;
    let hub = &scene.stage.world.hub;
    let connection = hub.connect(scene.bob).await.unwrap();
    let mut client = Client::fresh(hub, scene.bob).await;
    act(&scene).await;
    hub.sweep(connection.mark().offset).await.unwrap();
    take_all(&connection, &mut client).await;
    assert_eq!(client.kept, Client::fresh(hub, scene.bob).await.kept);
}

#[tokio::test]
async fn posting_folds() {
    check_fold(async |w| {
        w.stage.post(w.alice, w.group, "one").await;
        w.stage.post(w.bob, w.group, "mine").await;
    })
    .await;
}

#[tokio::test]
async fn editing_and_deleting_fold() {
    check_fold(async |w| {
        w.hub().edit(w.alice, w.group, w.message, Body::text("after"), None).await.unwrap();
    })
    .await;
    check_fold(async |w| {
        w.hub().delete_event(w.alice, w.group, w.message, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn reacting_and_pinning_fold() {
    check_fold(async |w| {
        w.hub().react(w.bob, w.group, w.message, "+", true, None).await.unwrap();
        w.hub().pin(w.alice, w.group, w.message, true).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn marking_read_folds() {
    check_fold(async |w| w.hub().mark_read(w.bob, w.group, Seq(4)).await.unwrap()).await;
    check_fold(async |w| {
        let other = Caller { device: w.stage.device(), ..w.bob };
        w.hub().mark_read(other, w.group, Seq(4)).await.unwrap();
        w.hub().mark_read(w.bob, w.group, Seq(2)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn marking_unread_folds() {
    check_fold(async |w| {
        w.hub().mark_read(w.bob, w.group, Seq(4)).await.unwrap();
        w.hub().mark_unread(w.bob, w.group, Seq(4)).await.unwrap();
    })
    .await;
    check_fold(async |w| {
        let other = Caller { device: w.stage.device(), ..w.bob };
        let last = w.stage.post(w.alice, w.group, "one").await.seq;
        w.hub().mark_read(w.bob, w.group, last).await.unwrap();
        w.hub().mark_unread(other, w.group, Seq(0)).await.unwrap();
        w.hub().mark_read(other, w.group, Seq(4)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn drafts_and_preferences_fold() {
    check_fold(async |w| {
        w.hub().set_draft(w.bob, w.group, "so far".into()).await.unwrap();
        let muted = PreferencesChange { muted: Some(true), ..PreferencesChange::default() };
        w.hub().change_preferences(w.bob, w.group, muted).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn comings_and_goings_fold() {
    check_fold(async |w| w.hub().add_member(w.alice, w.group, w.eve.who, None).await.unwrap()).await;
    check_fold(async |w| {
        w.hub().add_member(w.alice, w.group, w.eve.who, None).await.unwrap();
        w.hub().remove_member(w.alice, w.group, w.eve.who).await.unwrap();
    })
    .await;
    check_fold(async |w| w.hub().remove_member(w.alice, w.group, w.bob.who).await.unwrap()).await;
    check_fold(async |w| w.hub().remove_member(w.bob, w.group, w.bob.who).await.unwrap()).await;
    check_fold(async |w| w.hub().ban_member(w.alice, w.group, w.bob.who).await.unwrap()).await;
}

#[tokio::test]
async fn roles_and_settings_fold() {
    check_fold(async |w| {
        w.hub().change_role(w.alice, w.group, w.bob.who, Role::Moderator).await.unwrap();
        let change =
            SettingsChange { topic: Some("news".into()), slow_mode_s: Some(5), ..SettingsChange::default() };
        w.hub().change_settings(w.bob, w.group, change).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_happens_elsewhere_folds() {
    check_fold(async |w| {
        let other = w.stage.group(w.alice, &[w.eve], HistoryVisibility::All).await;
        w.stage.post(w.alice, other, "not for bob").await;
        assert_eq!(w.hub().room(other).await.unwrap().with(|state| state.kind), Kind::Group);
    })
    .await;
}
