//! A wall clock that moves with simulated time and can be set wrong.

use parlance_core::id::UnixMillis;
use parlance_hub::ports::Clock;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::time::Instant;

/// The wall clock of one node.
#[derive(Debug)]
pub struct SimClock {
    start: Instant,
    wrong_by_ms: AtomicI64,
}

/// What the clock shows when the run begins.
const BEGINNING_MS: i64 = 1_800_000_000_000;

impl SimClock {
    /// A clock that is right, in a run that began at `start`.
    pub fn new(start: Instant) -> Self {
        Self { start, wrong_by_ms: AtomicI64::new(0) }
    }

    /// Sets the clock forward or back, from now on.
    pub fn step(&self, ms: i64) {
        self.wrong_by_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn now(&self) -> UnixMillis {
        let elapsed = self.start.elapsed().as_millis() as i64;
        UnixMillis((BEGINNING_MS + elapsed + self.wrong_by_ms.load(Ordering::Relaxed)) as u64)
    }
}
