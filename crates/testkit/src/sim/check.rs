//! The promises, looked at when everything has settled.

mod logs;
mod readers;
mod sends;
mod sights;

use super::{device::Device, replay::Replay, world::World};
use parlance_core::id::ConversationId;
use std::{collections::BTreeMap, sync::Arc};

/// Every log there is, played again.
type Logs = BTreeMap<ConversationId, Replay>;

/// Checks everything and writes down what does not hold.
pub(super) async fn everything(world: &World, devices: &[Arc<Device>]) {
    let logs = replay_all(world).await;
    for (id, log) in &logs {
        logs::check(world, *id, log);
    }
    sends::check(world, &logs);
    sights::check(world, &logs);
    for device in devices {
        readers::check(world, device, &logs).await;
    }
    readers::check_blocks(world, devices).await;
}

async fn replay_all(world: &World) -> Logs {
    let store = world.store();
    let mut logs = Logs::new();
    for id in world.disk.conversations() {
        if let Some(log) = Replay::of(&store, id).await {
            logs.insert(id, log);
        }
    }
    logs
}
