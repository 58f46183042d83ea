//! Leaky buckets: so many at once, then one per so many milliseconds.

use crate::id::UnixMillis;

/// The size and refill of a named bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// Milliseconds until one more is allowed.
    pub refill_ms: u64,
}

/// One bucket's fill, as the moment at which it will be empty again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    empty_at: UnixMillis,
}

impl Bucket {
    /// Takes one, or says how many milliseconds to wait.
    ///
    /// # Errors
    /// The time to wait, at least 1.
    pub fn take(&mut self, rate: Rate, now: UnixMillis) -> Result<(), u64> {
        self.peek(rate, now)?;
        self.empty_at = self.empty_at.max(now).plus_ms(rate.refill_ms);
        Ok(())
    }

    /// Whether one could be taken, or how many milliseconds to wait.
    ///
    /// A bucket is never more than full: what a clock that was wrong put in does not outlast a
    /// refill once the clock is right again.
    ///
    /// # Errors
    /// The time to wait, at least 1.
    pub fn peek(&mut self, rate: Rate, now: UnixMillis) -> Result<(), u64> {
        let full_ms = rate.refill_ms.saturating_mul(u64::from(rate.burst));
        self.empty_at = self.empty_at.min(now.plus_ms(full_ms));
        let after = self.empty_at.max(now).plus_ms(rate.refill_ms);
        match after.ms_since(now).saturating_sub(full_ms) {
            0 => Ok(()),
            over_ms => Err(over_ms),
        }
    }

    /// Whether nothing is in it any more, so that it can be forgotten.
    pub fn is_empty(&self, now: UnixMillis) -> bool {
        self.empty_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, refill_ms: 1_000 };

    #[test]
    fn a_burst_passes_and_then_one_per_refill() {
        let mut bucket = Bucket::default();
        let t = UnixMillis(10_000);
        assert!((0..3).all(|_| bucket.take(RATE, t).is_ok()));
        assert_eq!(bucket.take(RATE, t), Err(1_000));
        assert_eq!(bucket.take(RATE, t.plus_ms(400)), Err(600));
        assert_eq!(bucket.take(RATE, t.plus_ms(1_000)), Ok(()));
        assert_eq!(bucket.take(RATE, t.plus_ms(1_000)), Err(1_000));
    }

    #[test]
    fn a_clock_that_jumps_back_does_not_open_the_bucket() {
        let mut bucket = Bucket::default();
        assert!((0..3).all(|_| bucket.take(RATE, UnixMillis(10_000)).is_ok()));
        assert!(bucket.take(RATE, UnixMillis(5_000)).is_err());
        assert!(!bucket.is_empty(UnixMillis(5_000)) && bucket.is_empty(UnixMillis(8_000)));
    }

    #[test]
    fn a_clock_that_was_a_year_ahead_locks_nobody_out_for_a_year() {
        let mut bucket = Bucket::default();
        let (ahead, right) = (UnixMillis(40_000_000_000), UnixMillis(10_000));
        assert!((0..3).all(|_| bucket.take(RATE, ahead).is_ok()));
        assert_eq!(bucket.take(RATE, right), Err(1_000));
        assert_eq!(bucket.take(RATE, right.plus_ms(1_000)), Ok(()));
    }

    #[test]
    fn looking_takes_nothing() {
        let mut bucket = Bucket::default();
        let t = UnixMillis(10_000);
        assert!((0..9).all(|_| bucket.peek(RATE, t).is_ok()));
        assert!((0..3).all(|_| bucket.take(RATE, t).is_ok()));
        assert_eq!(bucket.peek(RATE, t), Err(1_000));
    }
}
