use super::rejection;
use crate::{
    Caller, HubError,
    ports::{
        Scheduled, ScheduledChange, ScheduledMessage, ScheduledRefusal as Refusal, ScheduledState, Store,
    },
    stage::Stage,
    usecase::NewScheduled,
};
use parlance_core::{
    Rejection,
    account::AccountChange,
    body::Body,
    conversation::{HistoryVisibility, SettingsChange},
    event::Content,
    id::{ClientRef, ConversationId, Seq},
};
use std::sync::Arc;

const SOON_MS: u64 = 60_000;

/// Somebody who writes for later, and a group of theirs with somebody else.
struct Desk {
    stage: Stage,
    author: Caller,
    other: Caller,
    group: ConversationId,
}

impl Desk {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let [author, other] = stage.people().await;
        let group = stage.group(other, &[author], HistoryVisibility::All).await;
        Self { stage, author, other, group }
    }

    fn new_scheduled(&self, text: &str, after_ms: u64) -> NewScheduled {
        NewScheduled {
            conversation: self.group,
            client_ref: ClientRef::new(text).unwrap(),
            message: ScheduledMessage { body: Body::text(text), reply_to: None, thread: None },
            due_at: self.stage.world.hub.now().plus_ms(after_ms),
        }
    }

    async fn schedule(&self, text: &str) -> Result<Scheduled, HubError> {
        self.stage.world.hub.schedule(self.author, self.new_scheduled(text, SOON_MS)).await
    }

    /// Lets time pass until what was written for later is due.
    async fn soon(&self) {
        self.stage.world.clock.advance(SOON_MS);
        self.stage.world.hub.send_due().await.unwrap();
    }

    async fn said(&self) -> Vec<String> {
        let events = self.store().read_after(self.group, Seq::ZERO, 99).await.unwrap();
        let text = |content: &Content| match content {
            Content::Message(message) => match &message.body {
                Body::Text { text, .. } => Some(text.clone()),
                Body::Opaque { .. } => None,
            },
            _ => None,
        };
        events.iter().filter_map(|event| text(&event.content)).collect()
    }

    async fn waiting(&self) -> Vec<ScheduledState> {
        let listed = self.stage.world.hub.scheduled(self.author).await.unwrap();
        listed.iter().map(|scheduled| scheduled.state).collect()
    }

    /// How often the author's devices were told that what waits has changed.
    async fn told(&self) -> usize {
        let log = ConversationId::account(self.author.who);
        let events = self.store().read_after(log, Seq::ZERO, 99).await.unwrap();
        let is_telling = |content: &Content| {
            matches!(content, Content::Account(AccountChange::Scheduled { conversation })
                if *conversation == self.group)
        };
        events.iter().filter(|event| is_telling(&event.content)).count()
    }

    fn store(&self) -> &Arc<dyn Store> {
        &self.stage.world.world.store
    }
}

#[tokio::test]
async fn a_message_for_later_is_sent_once_its_time_has_come() {
    let desk = Desk::new().await;
    desk.schedule("later").await.unwrap();
    desk.stage.world.clock.advance(SOON_MS - 1);
    desk.stage.world.hub.send_due().await.unwrap();
    assert_eq!((desk.said().await, desk.waiting().await), (vec![], vec![ScheduledState::Waiting]));
    desk.stage.world.clock.advance(1);
    for _ in 0..3 {
        desk.stage.world.hub.send_due().await.unwrap();
    }
    assert_eq!((desk.said().await, desk.waiting().await), (vec!["later".to_owned()], vec![]));
    assert_eq!(desk.told().await, 2, "when it was kept and when it was sent");
}

#[tokio::test]
async fn what_was_due_while_the_server_was_down_is_sent_by_the_next_one() {
    let desk = Desk::new().await;
    desk.schedule("later").await.unwrap();
    desk.stage.world.clock.advance(10 * SOON_MS);
    desk.stage.another_node().await.send_due().await.unwrap();
    assert_eq!(desk.said().await, ["later"]);
}

#[tokio::test]
async fn a_crash_between_sending_and_forgetting_makes_no_second_message() {
    let desk = Desk::new().await;
    let scheduled = desk.schedule("later").await.unwrap();
    desk.stage.world.clock.advance(SOON_MS);
    let now = desk.stage.world.hub.now();
    let taken = desk.store().claim_scheduled(now, now.plus_ms(1_000), 9).await.unwrap();
    assert_eq!(taken.len(), 1);
    desk.stage.world.hub.post_scheduled(taken.into_iter().next().unwrap()).await.unwrap();
    let again = desk.stage.another_node().await;
    let change = ScheduledChange { body: Some(Body::text("other")), due_at: None };
    let refused = again.change_scheduled(desk.author, scheduled.id, change).await;
    assert_eq!(rejection(refused), Rejection::ScheduledNotFound);
    desk.stage.world.clock.advance(1_000);
    again.send_due().await.unwrap();
    assert_eq!((desk.said().await, desk.waiting().await), (vec!["later".to_owned()], vec![]));
}

#[tokio::test]
async fn a_message_for_later_is_changed_cancelled_and_sent_now() {
    let desk = Desk::new().await;
    let hub = &desk.stage.world.hub;
    let changed = desk.schedule("changed").await.unwrap().id;
    let cancelled = desk.schedule("cancelled").await.unwrap().id;
    let now = desk.schedule("now").await.unwrap().id;
    let change = ScheduledChange { body: Some(Body::text("new words")), due_at: None };
    hub.change_scheduled(desk.author, changed, change.clone()).await.unwrap();
    hub.cancel_scheduled(desk.author, cancelled).await.unwrap();
    hub.send_scheduled(desk.author, now).await.unwrap();
    for gone in [cancelled, now] {
        let refused = hub.change_scheduled(desk.author, gone, change.clone()).await;
        assert_eq!(rejection(refused), Rejection::ScheduledNotFound);
        assert_eq!(rejection(hub.cancel_scheduled(desk.author, gone).await), Rejection::ScheduledNotFound);
        assert_eq!(rejection(hub.send_scheduled(desk.author, gone).await), Rejection::ScheduledNotFound);
    }
    assert_eq!(rejection(hub.cancel_scheduled(desk.other, changed).await), Rejection::ScheduledNotFound);
    desk.soon().await;
    assert_eq!(desk.said().await, ["now", "new words"]);
}

#[tokio::test]
async fn what_cannot_be_sent_any_more_stays_with_its_reason_until_it_can() {
    let desk = Desk::new().await;
    let hub = &desk.stage.world.hub;
    let scheduled = desk.schedule("later").await.unwrap();
    let archive = |archived| SettingsChange { archived: Some(archived), ..SettingsChange::default() };
    hub.change_settings(desk.other, desk.group, archive(true)).await.unwrap();
    desk.soon().await;
    assert_eq!(desk.waiting().await, [ScheduledState::Refused(Refusal::Archived)]);
    desk.soon().await;
    assert_eq!(desk.told().await, 2, "and it is not tried again");
    hub.change_settings(desk.other, desk.group, archive(false)).await.unwrap();
    hub.send_scheduled(desk.author, scheduled.id).await.unwrap();
    assert_eq!((desk.said().await, desk.waiting().await), (vec!["later".to_owned()], vec![]));
}

#[tokio::test]
async fn who_was_removed_sends_nothing_and_is_told() {
    let desk = Desk::new().await;
    desk.schedule("later").await.unwrap();
    desk.stage.world.hub.remove_member(desk.other, desk.group, desk.author.who).await.unwrap();
    desk.soon().await;
    assert_eq!(desk.waiting().await, [ScheduledState::Refused(Refusal::NotThere)]);
    assert_eq!(rejection(desk.schedule("more").await), Rejection::ConversationNotFound);
}

#[tokio::test]
async fn an_account_that_is_switched_off_sends_nothing() {
    let desk = Desk::new().await;
    desk.schedule("later").await.unwrap();
    desk.stage.world.hub.administration().disable("person0@example.org").await.unwrap();
    desk.soon().await;
    assert_eq!(desk.waiting().await, [ScheduledState::Refused(Refusal::AccountDisabled)]);
    assert_eq!(desk.said().await, [""; 0]);
}

#[tokio::test]
async fn slow_mode_makes_a_message_for_later_come_later_still() {
    let desk = Desk::new().await;
    let hub = &desk.stage.world.hub;
    let slow = SettingsChange { slow_mode_s: Some(90), ..SettingsChange::default() };
    hub.change_settings(desk.other, desk.group, slow).await.unwrap();
    desk.schedule("later").await.unwrap();
    desk.stage.post(desk.author, desk.group, "now").await;
    desk.soon().await;
    assert_eq!(
        (desk.said().await, desk.waiting().await),
        (vec!["now".to_owned()], vec![ScheduledState::Sending])
    );
    desk.soon().await;
    assert_eq!(desk.said().await, ["now", "later"]);
}

#[tokio::test]
async fn only_what_could_be_sent_now_and_within_a_year_is_kept() {
    let desk = Desk::new().await;
    let hub = &desk.stage.world.hub;
    let keep = async |new| hub.schedule(desk.author, new).await;
    let far = desk.new_scheduled("far", 367 * 24 * 60 * 60 * 1_000);
    assert!(matches!(rejection(keep(far).await), Rejection::InvalidValue(_)));
    let mut empty = desk.new_scheduled("empty", 1);
    empty.message.body = Body::text(" ");
    assert_eq!(rejection(keep(empty).await), Rejection::BodyEmpty);
    let max = hub.settings().bounds.scheduled_max;
    for number in 0..max {
        desk.schedule(&number.to_string()).await.unwrap();
    }
    assert!(matches!(desk.schedule("more").await, Err(HubError::TooMany)));
}
