//! Waiting in simulated time, so that no two tasks ever go on at the same moment.
//!
//! Which of two tasks that wake at the same moment runs first may depend on the order of a hash
//! map. Each task therefore has a lane: a millisecond of its own in every tick. It goes on only
//! then, and a seed always plays the same way. Lanes have the odd milliseconds; the even ones
//! belong to the tasks with timers of their own ([`Lane::with_timers`]).

use std::time::Duration;
use tokio::time::Instant;

/// How many lanes there are.
pub const LANES: u64 = 24;
/// How long a tick is, in milliseconds.
pub const TICK_MS: u64 = 2 * LANES;

/// The lane of a task.
#[derive(Clone, Copy, Debug)]
pub struct Lane {
    number: u64,
    /// The millisecond of a tick at which the task goes on.
    moment: u64,
    start: Instant,
}

tokio::task_local! {
    static LANE: Lane;
}

impl Lane {
    /// A lane of a run that began at `start`.
    pub fn new(number: u64, start: Instant) -> Self {
        assert!(number < LANES, "invariant: a run has at most {LANES} tasks");
        Self { number, moment: 2 * number + 1, start }
    }

    /// The lane of a task that sets timers itself. Whole half seconds after one of its moments, none
    /// of the other tasks goes on.
    pub fn with_timers(number: u64, start: Instant) -> Self {
        Self { moment: 2 * number, ..Self::new(number, start) }
    }

    /// Runs a task in this lane.
    pub async fn run<T>(self, task: impl Future<Output = T>) -> T {
        LANE.scope(self, task).await
    }

    /// The number.
    pub fn number(self) -> u64 {
        self.number
    }
}

/// The lane of the running task.
///
/// # Panics
/// Outside of [`Lane::run`].
pub fn lane() -> Lane {
    LANE.with(|lane| *lane)
}

/// Milliseconds since the run began.
pub fn elapsed_ms() -> u64 {
    lane().start.elapsed().as_millis() as u64
}

/// Waits until this task's moment, at least so many ticks from now.
pub async fn pause(ticks: u64) {
    let lane = lane();
    let now = elapsed_ms();
    let tick = now / TICK_MS + ticks;
    let moment = tick * TICK_MS + lane.moment;
    let moment = if moment <= now { moment + TICK_MS } else { moment };
    tokio::time::sleep_until(lane.start + Duration::from_millis(moment)).await;
}
