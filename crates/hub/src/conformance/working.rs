use super::world::*;
use crate::ports::{Append, NewWork, Store, Work};
use parlance_core::id::UnixMillis;
use std::{collections::HashSet, sync::Arc};
use tokio::task::JoinSet;

async fn enqueue(world: &World, work: &[(&str, &str, u64)]) {
    let alice = world.person().await;
    let room = world.group(&[alice]).await;
    let work = work
        .iter()
        .map(|(queue, payload, due_ms)| NewWork {
            queue: (*queue).into(),
            payload: (*payload).to_owned(),
            due_at: UnixMillis(*due_ms),
        })
        .collect();
    room.append(Append { work, ..append(room.id, alice, vec![message("hello")]) }).await.unwrap();
}

async fn claim(world: &World, queue: &str, now_ms: u64, until_ms: u64, limit: usize) -> Vec<Work> {
    world.store.claim_work(queue, UnixMillis(now_ms), UnixMillis(until_ms), limit).await.unwrap()
}

fn payloads(work: &[Work]) -> Vec<&str> {
    work.iter().map(|work| work.payload.as_str()).collect()
}

pub async fn work_is_taken_oldest_first_from_its_own_queue(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    enqueue(&world, &[("push", "1", 0), ("webhook", "other", 0), ("push", "2", 0), ("push", "3", 0)]).await;
    let first = claim(&world, "push", 10, 20, 2).await;
    assert_eq!(payloads(&first), ["1", "2"]);
    assert!(first.iter().all(|work| work.attempts == 0));
    assert_eq!(payloads(&claim(&world, "push", 10, 20, 2).await), ["3"]);
    assert_eq!(payloads(&claim(&world, "webhook", 10, 20, 2).await), ["other"]);
    assert!(claim(&world, "nothing", 10, 20, 2).await.is_empty());
}

pub async fn work_is_not_taken_before_it_is_due(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    enqueue(&world, &[("push", "later", 100), ("push", "now", 10)]).await;
    assert_eq!(payloads(&claim(&world, "push", 9, 200, 9).await), [""; 0]);
    assert_eq!(payloads(&claim(&world, "push", 10, 200, 9).await), ["now"]);
    assert_eq!(payloads(&claim(&world, "push", 99, 200, 9).await), [""; 0]);
    assert_eq!(payloads(&claim(&world, "push", 100, 200, 9).await), ["later"]);
}

pub async fn work_that_was_not_finished_in_time_is_taken_again(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    enqueue(&world, &[("push", "1", 0)]).await;
    let first = claim(&world, "push", 10, 20, 9).await;
    assert!(claim(&world, "push", 19, 30, 9).await.is_empty());
    let again = claim(&world, "push", 20, 30, 9).await;
    assert_eq!((again[0].id, again[0].attempts), (first[0].id, 1));
    assert_eq!(claim(&world, "push", 30, 40, 9).await[0].attempts, 2);
}

pub async fn finished_work_is_forgotten(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    enqueue(&world, &[("push", "1", 0), ("push", "2", 0)]).await;
    let work = claim(&world, "push", 10, 20, 9).await;
    world.store.finish_work(&[work[0].id]).await.unwrap();
    assert_eq!(payloads(&claim(&world, "push", 1_000, 2_000, 9).await), ["2"]);
    world.store.finish_work(&[work[0].id, work[1].id, 99_999]).await.unwrap();
    assert!(claim(&world, "push", 9_000, 9_999, 9).await.is_empty());
}

pub async fn work_that_is_looked_at_stays_in_its_order(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    enqueue(&world, &[("a", "1", 5), ("b", "other", 0), ("a", "2", 0), ("a", "3", 0)]).await;
    let look = async |after, limit| world.store.waiting_work("a", after, limit).await.unwrap();
    let first = look(0, 2).await;
    assert_eq!((payloads(&first), first[0].due_at), (vec!["1", "2"], UnixMillis(5)));
    assert_eq!(payloads(&look(first[1].id, 9).await), ["3"]);
    assert_eq!(payloads(&look(0, 9).await), ["1", "2", "3"]);
    world.store.finish_work(&[first[0].id]).await.unwrap();
    assert_eq!(payloads(&look(0, 9).await), ["2", "3"]);
}

pub async fn of_many_workers_one_gets_each_piece(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let pieces: Vec<String> = (0..40).map(|number| number.to_string()).collect();
    enqueue(&world, &pieces.iter().map(|piece| ("push", piece.as_str(), 0)).collect::<Vec<_>>()).await;
    let mut workers = JoinSet::new();
    for _ in 0..10 {
        let world = world.clone();
        workers.spawn(async move { claim(&world, "push", 10, 20, 5).await });
    }
    let taken: Vec<u64> = workers.join_all().await.into_iter().flatten().map(|work| work.id).collect();
    assert_eq!((taken.len(), taken.iter().collect::<HashSet<_>>().len()), (40, 40));
}
