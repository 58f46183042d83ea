use parlance_core::id::{EventId, UnixMillis};
use uuid::Uuid;

/// Tells the time. Tests and the simulation bring their own.
pub trait Clock: Send + Sync {
    /// Now, by the wall clock.
    fn now(&self) -> UnixMillis;
}

/// Gives unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);

    /// A fresh time-ordered id (UUIDv7).
    ///
    /// # Source
    /// RFC 9562 section 5.7.
    fn uuid_v7(&self, now: UnixMillis) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        uuid::Builder::from_unix_timestamp_millis(now.0, &random).into_uuid()
    }

    /// A fresh event id.
    fn event_id(&self, now: UnixMillis) -> EventId {
        EventId(self.uuid_v7(now))
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place where the hub reads the machine's clock")]
    fn now(&self) -> UnixMillis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        UnixMillis(since.map_or(0, |elapsed| elapsed.as_millis() as u64))
    }
}

/// The machine's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}
