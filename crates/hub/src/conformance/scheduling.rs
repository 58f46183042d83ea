use super::world::*;
use crate::ports::{
    Scheduled, ScheduledChange, ScheduledId, ScheduledMessage, ScheduledRefusal, ScheduledState, Store,
};
use parlance_core::{
    body::Body,
    id::{ClientRef, ConversationId, EventId, UnixMillis},
};
use std::sync::Arc;

const MANY: usize = 99;

fn text(text: &str) -> ScheduledMessage {
    ScheduledMessage { body: Body::text(text), reply_to: None, thread: None }
}

fn due(owner: Person, due_at: u64) -> Scheduled {
    Scheduled {
        id: ScheduledId(fresh_uuid()),
        owner: owner.id,
        device: owner.device,
        conversation: ConversationId(fresh_uuid()),
        client_ref: ClientRef::new("r").expect("a reference"),
        due_at: UnixMillis(due_at),
        message: text("later"),
        state: ScheduledState::Waiting,
    }
}

async fn keep(world: &World, scheduled: &Scheduled) {
    let kept = world.store.keep_scheduled(scheduled.clone(), MANY).await.unwrap();
    assert_eq!(kept.as_ref(), Some(scheduled));
}

async fn claim(world: &World, now: u64, until: u64) -> Vec<ScheduledId> {
    let taken = world.store.claim_scheduled(UnixMillis(now), UnixMillis(until), MANY).await.unwrap();
    assert!(taken.iter().all(|scheduled| scheduled.state == ScheduledState::Sending));
    taken.iter().map(|scheduled| scheduled.id).collect()
}

async fn state(world: &World, scheduled: &Scheduled) -> Option<ScheduledState> {
    let found = world.store.find_scheduled(scheduled.owner, scheduled.id).await.unwrap();
    found.map(|found| found.state)
}

pub async fn what_waits_comes_back_as_it_was_the_next_one_first(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let target = EventId(fresh_uuid());
    let message = ScheduledMessage { reply_to: Some(target), thread: Some(target), ..text("so\nlater") };
    let (second, first) = (Scheduled { message, ..due(alice, 20) }, due(alice, 10));
    keep(&world, &second).await;
    keep(&world, &first).await;
    let change = ScheduledChange { body: Some(Body::text("sooner")), due_at: Some(UnixMillis(5)) };
    assert_eq!(world.store.list_scheduled(alice.id).await.unwrap(), [first.clone(), second.clone()]);
    let changed = world.store.change_scheduled(alice.id, second.id, change).await.unwrap().unwrap();
    assert_eq!((&changed.message.body, changed.message.reply_to), (&Body::text("sooner"), Some(target)));
    assert_eq!(world.store.list_scheduled(alice.id).await.unwrap(), [changed, first.clone()]);
    assert_eq!(world.store.cancel_scheduled(alice.id, first.id).await.unwrap().as_ref(), Some(&first));
    assert_eq!(world.store.cancel_scheduled(alice.id, first.id).await.unwrap(), None);
    assert_eq!(state(&world, &first).await, None);
}

pub async fn the_same_reference_of_a_device_is_kept_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let first = due(alice, 10);
    keep(&world, &first).await;
    let again = Scheduled { id: ScheduledId(fresh_uuid()), message: text("again"), ..first.clone() };
    let kept = world.store.keep_scheduled(again.clone(), 1).await.unwrap();
    assert_eq!(kept.as_ref(), Some(&first), "also when there are as many as there may be");
    keep(&world, &Scheduled { conversation: ConversationId(fresh_uuid()), ..again.clone() }).await;
    keep(&world, &Scheduled { id: ScheduledId(fresh_uuid()), device: bob.device, ..again }).await;
    assert_eq!(world.store.list_scheduled(alice.id).await.unwrap().len(), 3);
}

pub async fn somebody_keeps_so_many_messages_for_later(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    keep(&world, &due(bob, 1)).await;
    keep(&world, &due(alice, 1)).await;
    assert_eq!(world.store.keep_scheduled(due(alice, 2), 1).await.unwrap(), None);
    assert!(world.store.keep_scheduled(due(alice, 2), 2).await.unwrap().is_some());
}

pub async fn what_is_due_is_taken_once_and_again_when_it_was_not_settled(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let (late, soon, later) = (due(alice, 20), due(alice, 10), due(alice, 1_000));
    for scheduled in [&late, &soon, &later] {
        keep(&world, scheduled).await;
    }
    assert_eq!(claim(&world, 9, 100).await, []);
    let one = world.store.claim_scheduled(UnixMillis(20), UnixMillis(100), 1).await.unwrap();
    assert_eq!(one.iter().map(|it| it.id).collect::<Vec<_>>(), [soon.id]);
    assert_eq!(claim(&world, 20, 100).await, [late.id]);
    assert_eq!(claim(&world, 99, 200).await, []);
    world.store.settle_scheduled(soon.id, None).await.unwrap();
    assert_eq!(claim(&world, 100, 200).await, [late.id]);
    world.store.settle_scheduled(late.id, None).await.unwrap();
    assert_eq!((state(&world, &soon).await, state(&world, &late).await), (None, None));
    assert_eq!(state(&world, &later).await, Some(ScheduledState::Waiting));
}

pub async fn what_is_being_sent_cannot_be_changed_or_cancelled(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let scheduled = due(alice, 10);
    keep(&world, &scheduled).await;
    claim(&world, 10, 20).await;
    let change = ScheduledChange { body: Some(Body::text("other")), due_at: None };
    let (owner, id) = (alice.id, scheduled.id);
    for _ in 0..2 {
        assert_eq!(world.store.change_scheduled(owner, id, change.clone()).await.unwrap(), None);
        assert_eq!(world.store.cancel_scheduled(owner, id).await.unwrap(), None);
        let again = world.store.claim_scheduled_now(owner, id, UnixMillis(99), UnixMillis(200)).await;
        assert_eq!(again.unwrap(), None, "whoever took it may have sent it, however long ago that was");
    }
    assert_eq!(state(&world, &scheduled).await, Some(ScheduledState::Sending));
}

pub async fn what_was_refused_waits_for_its_owner(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let scheduled = due(alice, 10);
    keep(&world, &scheduled).await;
    claim(&world, 10, 20).await;
    world.store.settle_scheduled(scheduled.id, Some(ScheduledRefusal::Archived)).await.unwrap();
    assert_eq!(claim(&world, 1_000, 2_000).await, []);
    let refused = ScheduledState::Refused(ScheduledRefusal::Archived);
    assert_eq!(state(&world, &scheduled).await, Some(refused));
    let change = ScheduledChange { body: None, due_at: Some(UnixMillis(2_000)) };
    let changed = world.store.change_scheduled(alice.id, scheduled.id, change).await.unwrap().unwrap();
    assert_eq!((changed.state, changed.message), (ScheduledState::Waiting, scheduled.message));
    assert_eq!(claim(&world, 2_000, 3_000).await, [scheduled.id]);
}

pub async fn one_is_taken_before_its_time(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let alice = world.person().await;
    let scheduled = due(alice, 1_000);
    keep(&world, &scheduled).await;
    let (now, until) = (UnixMillis(10), UnixMillis(20));
    let taken = world.store.claim_scheduled_now(alice.id, scheduled.id, now, until).await.unwrap().unwrap();
    assert_eq!((taken.state, &taken.message), (ScheduledState::Sending, &scheduled.message));
    assert_eq!(claim(&world, 19, 30).await, []);
    assert_eq!(claim(&world, 20, 30).await, [scheduled.id], "it was not settled");
    world.store.settle_scheduled(scheduled.id, Some(ScheduledRefusal::Blocked)).await.unwrap();
    let again = world.store.claim_scheduled_now(alice.id, scheduled.id, now, until).await.unwrap();
    assert_eq!(again.map(|again| again.state), Some(ScheduledState::Sending));
}

pub async fn nobody_else_finds_what_waits(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let scheduled = due(alice, 10);
    keep(&world, &scheduled).await;
    let (id, change) = (scheduled.id, ScheduledChange { body: None, due_at: Some(UnixMillis(1)) });
    assert_eq!(world.store.list_scheduled(bob.id).await.unwrap(), []);
    assert_eq!(world.store.find_scheduled(bob.id, id).await.unwrap(), None);
    assert_eq!(world.store.change_scheduled(bob.id, id, change).await.unwrap(), None);
    assert_eq!(world.store.cancel_scheduled(bob.id, id).await.unwrap(), None);
    let taken = world.store.claim_scheduled_now(bob.id, id, UnixMillis(1), UnixMillis(2)).await.unwrap();
    assert_eq!(taken, None);
    assert_eq!(state(&world, &scheduled).await, Some(ScheduledState::Waiting));
}

pub async fn what_waits_is_forgotten_with_its_owner(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    let (gone, other) = (due(alice, 10), due(bob, 10));
    keep(&world, &gone).await;
    keep(&world, &other).await;
    world.store.erase_scheduled(alice.id).await.unwrap();
    assert_eq!(claim(&world, 10, 20).await, [other.id]);
}
