//! The only place that starts tasks and reads the clock.

use std::time::Duration;
use tokio::time::Instant;

/// Runs something beside everything else.
#[allow(
    clippy::disallowed_methods,
    reason = "each task ends with the last handle of its client or connection"
)]
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    drop(tokio::spawn(work));
}

/// Milliseconds since a start of one's own; never goes back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn now_ms(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).expect("invariant: no program runs that long")
    }

    /// The moment at which [`Clock::now_ms`] will be `at_ms`.
    pub(crate) fn instant(self, at_ms: u64) -> Instant {
        self.0 + Duration::from_millis(at_ms)
    }
}
