mod call;
mod manage;
mod speak;

use super::{device::Device, world::World};
use crate::{chance::Chance, pace};
use parlance_core::{
    event::Content,
    id::{ConversationId, EventId, Seq},
};
use std::sync::Arc;

/// Most things one device does in a run.
const DEEDS_MAX: u64 = 12;

/// Does things with a device, one after the other.
pub(super) async fn run(world: Arc<World>, device: Arc<Device>, chance: Chance) {
    let writer = Writer { world, device, chance };
    for _ in 0..3 + writer.chance.below(DEEDS_MAX) {
        pace::pause(writer.chance.below(12)).await;
        writer.act().await;
    }
}

struct Writer {
    world: Arc<World>,
    device: Arc<Device>,
    chance: Chance,
}

impl Writer {
    async fn act(&self) {
        match self.chance.below(100) {
            0..45 => self.post().await,
            45..57 => self.touch_message().await,
            57..65 => self.mark_read().await,
            65..67 => self.mark_unread().await,
            67..71 => self.keep_draft().await,
            71..86 => self.manage().await,
            86..88 => self.change_settings().await,
            88..91 => self.set_contact().await,
            91..94 => self.open().await,
            _ => self.peek().await,
        }
    }

    /// A conversation to do something in: mostly one the device knows, sometimes any there is.
    fn conversation(&self) -> Option<ConversationId> {
        if self.chance.happens(80) {
            return self.chance.pick(&self.world.disk.conversations()).copied();
        }
        let known: Vec<_> = self.device.model.lock().conversations.keys().copied().collect();
        self.chance.pick(&known).copied()
    }

    /// A message the device knows.
    fn message(&self, conversation: ConversationId) -> Option<(Seq, EventId)> {
        let model = self.device.model.lock();
        let known = model.conversations.get(&conversation)?;
        let messages: Vec<_> = known
            .events
            .values()
            .filter(|event| matches!(event.content, Content::Message(_) | Content::Deleted))
            .map(|event| (event.seq, event.id))
            .collect();
        self.chance.pick(&messages).copied()
    }

    fn note(&self, line: &str) {
        self.world.journal.note(format!("{} {line}", self.device.name));
    }
}
