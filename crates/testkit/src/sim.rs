//! Plays one seed from beginning to end and checks the promises.

mod cast;
mod check;
mod device;
mod journal;
mod model;
mod nemesis;
mod reader;
mod replay;
mod wakes;
mod world;
mod writer;

use crate::{
    chance::Chance,
    faults::{Mistake, Rates},
    pace::{self, Lane},
};
use journal::Journal;
use std::{fmt, sync::Arc};
use tokio::{task::JoinSet, time::Instant};
use world::World;

/// What came of one seed.
#[derive(Clone, Debug)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// What happened, one line each, with the simulated time.
    pub trace: Vec<String>,
    /// Two runs with the same hash did the same.
    pub trace_hash: u64,
    /// Promises that were not kept; none is what everybody hopes for.
    pub violations: Vec<String>,
    /// How many things were accepted.
    pub accepted: u64,
    /// How many events reached a device.
    pub delivered: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {}: {} accepted, {} delivered, {} violations, trace {:016x}",
            self.seed,
            self.accepted,
            self.delivered,
            self.violations.len(),
            self.trace_hash
        )?;
        self.violations.iter().try_for_each(|violation| write!(f, "\n  {violation}"))
    }
}

/// Plays a seed.
pub fn run(seed: u64) -> Report {
    play(seed, None)
}

/// Plays a seed with a mistake planted.
pub fn run_with(seed: u64, mistake: Mistake) -> Report {
    play(seed, Some(mistake))
}

fn play(seed: u64, mistake: Option<Mistake>) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("invariant: a runtime without input and output can always be made");
    runtime.block_on(async {
        let start = Instant::now();
        Lane::new(world::LANE_DIRECTOR, start).run(direct(seed, mistake, start)).await
    })
}

/// How long everything may take to settle once there are no more faults.
const SETTLE_TICKS: u64 = 3_000 / pace::TICK_MS;

async fn direct(seed: u64, mistake: Option<Mistake>, start: Instant) -> Report {
    let chance = Chance::new(seed);
    let rates = Rates::draw(&chance);
    let journal = Arc::new(Journal::default());
    let world = Arc::new(World::new(&chance, rates, mistake, Arc::clone(&journal), start));
    let mut helpers = JoinSet::new();
    world.open(&mut helpers).await;
    let devices = cast::enter(&world, &chance).await;
    world.faults.set(true);

    let mut readers = JoinSet::new();
    let mut writers = JoinSet::new();
    for (number, device) in devices.iter().enumerate() {
        let lane = world::LANE_DEVICES + 2 * number as u64;
        let reading = reader::run(Arc::clone(&world), Arc::clone(device), chance.fork());
        readers.spawn(Lane::new(lane, start).run(reading));
        let writing = writer::run(Arc::clone(&world), Arc::clone(device), chance.fork());
        writers.spawn(Lane::new(lane + 1, start).run(writing));
    }
    let nemesis = nemesis::run(Arc::clone(&world), chance.fork());
    writers.spawn(Lane::new(world::LANE_NEMESIS, start).run(nemesis));
    while let Some(ended) = writers.join_next().await {
        if ended.is_err() {
            journal.violation("a writer panicked".into());
        }
    }
    world.faults.set(false);
    pace::pause(SETTLE_TICKS).await;
    check::everything(&world, &devices).await;
    readers.abort_all();
    world.close();
    journal.report(seed)
}
