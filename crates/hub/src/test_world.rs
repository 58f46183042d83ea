//! A hub on a store in memory, with a clock that tests move.

use crate::{
    Hub, HubSettings, Registration, World,
    identity::{IdentitySettings, PasswordCost},
    limits::LimitSettings,
    memory::{LocalBus, MemoryStore},
    ports::{Clock, SystemEntropy},
};
use parlance_core::{conversation::Bounds, id::UnixMillis};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A clock that stands still until it is moved.
pub(crate) struct ManualClock(AtomicU64);

impl ManualClock {
    pub(crate) fn at(ms: u64) -> Self {
        Self(AtomicU64::new(ms))
    }

    pub(crate) fn advance(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub(crate) fn set(&self, ms: u64) {
        self.0.store(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.0.load(Ordering::SeqCst))
    }
}

/// A hub and what tests move or look at.
pub(crate) struct TestWorld {
    pub(crate) hub: Arc<Hub>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) world: World,
}

/// Settings with cheap passwords.
pub(crate) fn settings(registration: Registration) -> HubSettings {
    HubSettings {
        domain: "example.org".into(),
        registration,
        bounds: Bounds::default(),
        identity: IdentitySettings { password_cost: PasswordCost::LEAST, ..IdentitySettings::default() },
        limits: LimitSettings::default(),
    }
}

impl TestWorld {
    pub(crate) async fn new(settings: HubSettings) -> Self {
        let clock = Arc::new(ManualClock::at(1_700_000_000_000));
        let world = World {
            store: Arc::new(MemoryStore::new()),
            bus: Arc::new(LocalBus::new(64)),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(SystemEntropy),
        };
        let hub = Arc::new(Hub::new(world.clone(), settings).await.unwrap());
        Self { hub, clock, world }
    }

    /// The same server after a restart, or another node beside it.
    pub(crate) async fn another_hub(&self, settings: HubSettings) -> Arc<Hub> {
        Arc::new(Hub::new(self.world.clone(), settings).await.unwrap())
    }
}
