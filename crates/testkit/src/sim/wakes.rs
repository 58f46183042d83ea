//! The mistake of telling devices what wakes carry.

use super::{device::Device, reader, world::World};
use parlance_core::id::ConversationId;
use parlance_hub::ports::Bus;
use std::sync::Arc;

/// Follows by the wakes alone: what they carry is passed on to whoever is in the conversation.
pub(super) async fn follow(world: &Arc<World>, device: &Arc<Device>) -> String {
    let mut wakes = world.bus.subscribe();
    while let Some(wake) = wakes.recv().await {
        let Some(event) = wake.event else { continue };
        let is_own = event.conversation == ConversationId::account(device.caller.who);
        let is_in = device.model.lock().conversations.contains_key(&event.conversation);
        if is_own || is_in {
            reader::saw(world, device, &event);
            let complaint = device.model.lock().told(&event);
            if let Some(complaint) = complaint {
                world.journal.violation(format!("{}: {complaint}", device.name));
            }
        }
    }
    "the bus ended".into()
}
