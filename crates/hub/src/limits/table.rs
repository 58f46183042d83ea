use super::key::Fingerprint;
use parlance_core::{
    bucket::{Bucket, Rate},
    id::UnixMillis,
};
use std::collections::HashMap;

/// Least time between two searches for buckets that can be forgotten.
pub(super) const SWEEP_MS: u64 = 1_000;

/// The buckets of one limit; never more than `keys_max`.
pub(super) struct Table {
    buckets: HashMap<Fingerprint, Bucket>,
    keys_max: usize,
    sweep_at: UnixMillis,
}

/// What a limit says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Go on.
    Passes,
    /// Too often.
    Waits { wait_ms: u64 },
    /// As many are remembered as may be, and this is somebody new.
    Full,
}

impl Table {
    pub(super) fn new(keys_max: usize) -> Self {
        Self { buckets: HashMap::new(), keys_max, sweep_at: UnixMillis::default() }
    }

    pub(super) fn take(&mut self, key: Fingerprint, rate: Rate, now: UnixMillis) -> Verdict {
        if !self.has_place_for(&key, rate, now) {
            return Verdict::Full;
        }
        verdict(self.buckets.entry(key).or_default().take(rate, now))
    }

    pub(super) fn peek(&mut self, key: Fingerprint, rate: Rate, now: UnixMillis) -> Verdict {
        if !self.has_place_for(&key, rate, now) {
            return Verdict::Full;
        }
        verdict(self.buckets.get_mut(&key).map_or(Ok(()), |bucket| bucket.peek(rate, now)))
    }

    fn has_place_for(&mut self, key: &Fingerprint, rate: Rate, now: UnixMillis) -> bool {
        let has_place = |buckets: &HashMap<_, _>| buckets.len() < self.keys_max || buckets.contains_key(key);
        if has_place(&self.buckets) {
            return true;
        }
        if self.sweep_at.ms_since(now) > SWEEP_MS || self.sweep_at <= now {
            self.sweep_at = now.plus_ms(SWEEP_MS);
            self.buckets.retain(|_, bucket| {
                let _ = bucket.peek(rate, now);
                !bucket.is_empty(now)
            });
            self.buckets.shrink_to(self.buckets.len() * 2);
        }
        self.buckets.len() < self.keys_max
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.buckets.len()
    }
}

fn verdict(taken: Result<(), u64>) -> Verdict {
    taken.map_or_else(|wait_ms| Verdict::Waits { wait_ms }, |()| Verdict::Passes)
}
