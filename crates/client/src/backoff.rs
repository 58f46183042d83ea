use std::time::Duration;

/// How long to wait between two tries: a random time up to a bound that doubles each time.
///
/// Full jitter keeps thousands of clients from coming back in step after a restart.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    max: Duration,
    tries: u32,
}

impl Backoff {
    pub(crate) fn new(first: Duration, max: Duration) -> Self {
        Self { first, max, tries: 0 }
    }

    /// Begins again with short waits.
    pub(crate) fn reset(&mut self) {
        self.tries = 0;
    }

    /// The next wait; at least `advice`, when the server gave one. `chance` is from 0 to 1.
    pub(crate) fn next(&mut self, advice: Option<Duration>, chance: f64) -> Duration {
        let bound = self.first.saturating_mul(1 << self.tries.min(16)).min(self.max);
        self.tries += 1;
        advice.unwrap_or_default() + bound.mul_f64(chance.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(500);
    const MAX: Duration = Duration::from_secs(30);

    #[test]
    fn the_bound_doubles_up_to_the_longest_wait_and_begins_again() {
        let mut backoff = Backoff::new(FIRST, MAX);
        let waits: Vec<u128> = (0..9).map(|_| backoff.next(None, 1.0).as_millis()).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
        backoff.reset();
        assert_eq!(backoff.next(None, 1.0), FIRST);
    }

    #[test]
    fn the_wait_is_anything_up_to_the_bound_but_never_shorter_than_advised() {
        let mut backoff = Backoff::new(FIRST, MAX);
        assert_eq!(backoff.next(None, 0.0), Duration::ZERO);
        assert_eq!(backoff.next(Some(MAX), 0.5), MAX + FIRST);
    }
}
