use super::StoreError;
use async_trait::async_trait;
use parlance_core::id::{DeviceId, PrincipalId, UnixMillis};

/// How often a notification is tried again before its registration ends.
pub const PUSH_TRIES_MAX: u32 = 16;
/// After how long a notification that nobody answered for is tried again at first.
const RETRY_FIRST_MS: u64 = 60_000;
/// How often that time doubles.
const RETRY_DOUBLINGS_MAX: u32 = 8;

/// Where devices that are away are notified. A registration ends with its device.
#[async_trait]
pub trait Pushes: Send + Sync {
    /// Keeps a registration in place of the one with the same key. `false` when its device is gone, or as many
    /// are kept as `new` allows.
    async fn enable_push(&self, new: NewPush) -> Result<bool, StoreError>;

    /// Ends somebody's registrations with a service: that with a node, or all.
    async fn disable_pushes(
        &self,
        owner: PrincipalId,
        service: &str,
        node: Option<&str>,
    ) -> Result<(), StoreError>;

    /// The devices that have registrations, each once: those of somebody, or of everybody.
    async fn push_devices(
        &self,
        owner: Option<PrincipalId>,
    ) -> Result<Vec<(PrincipalId, DeviceId)>, StoreError>;

    /// Asks for a notification for each registration of these devices. One waits, however often it is asked for.
    async fn ask_pushes(&self, devices: &[DeviceId]) -> Result<(), StoreError>;

    /// Takes notifications that wait for services of a server, each until it is to be tried again
    /// ([`retry_at`]).
    async fn claim_pushes(
        &self,
        server: &str,
        now: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Push>, StoreError>;

    /// Notes what became of a notification that was taken.
    async fn settle_push(&self, key: &PushKey, settled: PushSettled) -> Result<(), StoreError>;

    /// How many notifications wait.
    async fn count_waiting_pushes(&self) -> Result<u64, StoreError>;
}

/// What names a registration: whose it is, and the service with its node.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PushKey {
    /// Whose.
    pub owner: PrincipalId,
    /// The service, as the protocol addresses it.
    pub service: String,
    /// The node at the service; may be empty.
    pub node: String,
}

/// A registration to keep.
#[derive(Clone, Debug)]
pub struct NewPush {
    /// What names it.
    pub key: PushKey,
    /// The device that is notified.
    pub device: DeviceId,
    /// The domain of the server that the service is at.
    pub server: String,
    /// What the protocol gives back to the service with each notification.
    pub options: String,
    /// Most registrations of the device.
    pub device_max: usize,
    /// Most registrations of its owner.
    pub owner_max: usize,
}

/// A notification that is to be told now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The registration.
    pub key: PushKey,
    /// Its device.
    pub device: DeviceId,
    /// What the service gets back.
    pub options: String,
    /// How often one was asked for, for [`PushSettled::Done`].
    pub asked: u64,
    /// How often it was taken in vain before.
    pub tries: u32,
}

/// What became of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushSettled {
    /// The service has it, or it is not needed any more. Another one waits if one was asked for since.
    Done {
        /// [`Push::asked`].
        asked: u64,
    },
    /// The registration is over.
    Ended,
}

/// When a notification that is taken now is tried again unless it is settled: each time later.
pub fn retry_at(now: UnixMillis, tries: u32) -> UnixMillis {
    now.plus_ms(RETRY_FIRST_MS << tries.min(RETRY_DOUBLINGS_MAX))
}
