use crate::{
    HubError,
    identity::{Identity, IdentitySettings},
    limits::{LimitSettings, Limits},
    live::{Connections, Presences, PushDevices, Rooms, Routes},
    people::People,
    ports::{Bus, Clock, Entropy, Store},
    usecase::{DeliveredQueue, Turns},
};
use moka::sync::Cache;
use parlance_core::{
    conversation::{Asking, Bounds},
    event::Offset,
    id::{ConversationId, DeviceId, DomainId, PrincipalId, UnixMillis},
};
use smol_str::SmolStr;
use std::sync::Arc;

/// The use cases of one server. Cheap to share behind an `Arc`.
pub struct Hub {
    pub(crate) world: World,
    pub(crate) settings: HubSettings,
    pub(crate) domain: DomainId,
    /// Where the store stood before the first connection of this node.
    pub(crate) begun: Offset,
    pub(crate) identity: Identity,
    pub(crate) limits: Limits,
    pub(crate) rooms: Rooms,
    pub(crate) people: People,
    pub(crate) connections: Connections,
    pub(crate) presences: Presences,
    pub(crate) routes: Routes,
    pub(crate) push_devices: PushDevices,
    pub(crate) delivered: DeliveredQueue,
    pub(crate) turns: Turns,
    pub(crate) names: Cache<ConversationId, SmolStr>,
    pub(crate) blocked: Cache<(PrincipalId, PrincipalId), bool>,
    /// Who has said something in a direct conversation.
    pub(crate) answered: Cache<(PrincipalId, ConversationId), ()>,
}

/// The outside world, as the hub sees it.
#[derive(Clone)]
pub struct World {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// What carries wakes.
    pub bus: Arc<dyn Bus>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// Plain values from the settings of the server.
#[derive(Clone, Debug)]
pub struct HubSettings {
    /// The name of the domain.
    pub domain: String,
    /// How accounts are made.
    pub registration: Registration,
    /// Bounds of the rules.
    pub bounds: Bounds,
    /// Passwords, tokens and devices.
    pub identity: IdentitySettings,
    /// How often things may happen.
    pub limits: LimitSettings,
}

/// How accounts are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// By administrators only.
    Closed,
    /// With an invitation.
    Invite,
    /// By anybody.
    Open,
}

/// Who calls a use case, and with which device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub who: PrincipalId,
    /// With which device.
    pub device: DeviceId,
}

/// Most rooms kept in memory.
const ROOMS_MAX: u64 = 20_000;
/// Most people kept in memory.
const PEOPLE_MAX: u64 = 100_000;

impl Hub {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn new(world: World, settings: HubSettings) -> Result<Self, HubError> {
        let domain = world.store.ensure_domain(&settings.domain).await?;
        let begun = world.store.mark().await?.offset;
        let push_devices = PushDevices::new(world.store.push_devices(None).await?);
        Ok(Self {
            identity: Identity::new(settings.identity.clone(), Arc::clone(&world.entropy)),
            limits: Limits::new(settings.limits.clone(), Arc::clone(&world.clock)),
            world,
            settings,
            domain,
            begun,
            rooms: Rooms::new(ROOMS_MAX),
            people: People::new(PEOPLE_MAX),
            connections: Connections::default(),
            presences: Presences::default(),
            routes: Routes::default(),
            push_devices,
            delivered: DeliveredQueue::default(),
            turns: Turns::default(),
            names: Cache::new(ROOMS_MAX),
            blocked: Cache::new(PEOPLE_MAX),
            answered: Cache::new(PEOPLE_MAX),
        })
    }

    /// The plain settings.
    pub fn settings(&self) -> &HubSettings {
        &self.settings
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.world.clock
    }

    /// How often things may happen, and who was told to wait.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What time it is.
    pub fn now(&self) -> UnixMillis {
        self.world.clock.now()
    }

    pub(crate) fn asking(&self, caller: Caller) -> Asking {
        Asking { who: caller.who, now: self.now() }
    }
}
