use super::world::*;
use crate::ports::{Report, ReportBounds, ReportId, ReportReason, Store};
use parlance_core::id::{ConversationId, EventId, PrincipalId};
use std::sync::Arc;
use uuid::Uuid;

const BOUNDS: ReportBounds = ReportBounds { per_reporter: 3, total: 4 };

fn report(number: u128, reporter: PrincipalId) -> Report {
    Report {
        id: ReportId(Uuid::from_u128(number)),
        at: NOON,
        reporter,
        reported: "mallory@example.org".into(),
        reason: ReportReason::Spam,
        text: format!("report {number}"),
        messages: vec![(ConversationId(fresh_uuid()), EventId(fresh_uuid()))],
        settled: Vec::new(),
    }
}

async fn keep(world: &World, report: &Report) -> usize {
    world.store.keep_report(report.clone(), BOUNDS).await.unwrap()
}

/// The numbers of what is kept, newest first.
async fn kept(world: &World, before: Option<u128>) -> Vec<u128> {
    let before = before.map(|before| ReportId(Uuid::from_u128(before)));
    let listed = world.store.list_reports(before, 9).await.unwrap();
    listed.into_iter().map(|report| report.id.0.as_u128()).collect()
}

pub async fn a_report_comes_back_as_it_was_and_is_forgotten_once(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let first = report(1, world.person().await.id);
    let second = Report { reason: ReportReason::Abuse, messages: Vec::new(), ..report(2, first.reporter) };
    assert_eq!(keep(&world, &first).await + keep(&world, &second).await, 0);
    assert_eq!(world.store.list_reports(None, 9).await.unwrap(), [second.clone(), first.clone()]);
    assert_eq!(kept(&world, Some(2)).await, [1]);
    assert_eq!(world.store.find_report(first.id).await.unwrap().as_ref(), Some(&first));
    assert!(world.store.remove_report(first.id).await.unwrap());
    assert!(!world.store.remove_report(first.id).await.unwrap());
    assert_eq!(world.store.find_report(first.id).await.unwrap(), None);
}

pub async fn the_oldest_reports_give_way_those_of_the_same_reporter_first(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    keep(&world, &report(1, bob.id)).await;
    for number in 2..=4 {
        assert_eq!(keep(&world, &report(number, alice.id)).await, 0);
    }
    assert_eq!(keep(&world, &report(5, alice.id)).await, 1);
    assert_eq!(kept(&world, None).await, [5, 4, 3, 1]);
    assert_eq!(keep(&world, &report(6, bob.id)).await, 1);
    assert_eq!(kept(&world, None).await, [6, 5, 4, 3]);
}

pub async fn what_somebody_reported_is_forgotten_with_them(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let [alice, bob] = world.people().await;
    keep(&world, &report(1, alice.id)).await;
    keep(&world, &report(2, bob.id)).await;
    world.store.erase_reports(alice.id).await.unwrap();
    assert_eq!(kept(&world, None).await, [2]);
}

pub async fn moderators_are_done_with_a_report_once_and_it_stays(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let first = report(1, world.person().await.id);
    keep(&world, &first).await;
    let (here, there) = (ConversationId(fresh_uuid()), ConversationId(fresh_uuid()));
    let settle = async |id, conversation| world.store.settle_report(id, conversation).await.unwrap();
    assert!(settle(first.id, here).await);
    assert!(!settle(first.id, here).await);
    assert!(settle(first.id, there).await);
    assert!(!settle(ReportId(fresh_uuid()), here).await);
    let kept = world.store.find_report(first.id).await.unwrap();
    assert_eq!(kept, Some(Report { settled: vec![here, there], ..first }));
}
