//! A store with a disk that takes time, fails, and forgets what was not committed in a crash.
//!
//! Each node has a [`SimStore`] of its own over one [`MemoryStore`], which stands for what is on
//! disk. An append first waits in the node's queue; everything that waits is committed at once
//! after a while. A crash drops the queue. The answer may be lost after the commit, so that
//! nobody knows whether it happened.

mod commit;
mod forward;
mod log;
mod renumber;

use crate::{
    chance::Chance,
    faults::{Faults, Mistake},
    pace,
};
use commit::Queue;
use parking_lot::Mutex;
use parlance_core::id::{ConversationId, Seq};
use parlance_hub::{memory::MemoryStore, ports::StoreError};
use renumber::Numbers;
use std::{collections::BTreeMap, sync::Arc};

/// What is on disk, shared by all nodes.
#[derive(Debug, Default)]
pub struct Disk {
    /// The tables.
    pub memory: MemoryStore,
    heads: Mutex<BTreeMap<ConversationId, Seq>>,
    numbers: Numbers,
    queued: Mutex<u64>,
}

impl Disk {
    /// Every conversation something was committed in, account logs included.
    pub fn conversations(&self) -> Vec<ConversationId> {
        self.heads.lock().keys().copied().collect()
    }

    /// The newest committed place of a conversation.
    pub fn head(&self, conversation: ConversationId) -> Seq {
        self.heads.lock().get(&conversation).copied().unwrap_or_default()
    }
}

/// The store as one node sees it, from its start to its crash.
#[derive(Debug)]
pub struct SimStore {
    disk: Arc<Disk>,
    faults: Arc<Faults>,
    chance: Chance,
    mistake: Option<Mistake>,
    queue: Queue,
    /// The lane of this node's fan-out.
    fanout: u64,
}

impl SimStore {
    /// The store of a node that starts; `fanout` is the lane of its fan-out.
    pub fn new(
        disk: Arc<Disk>,
        faults: Arc<Faults>,
        chance: Chance,
        mistake: Option<Mistake>,
        fanout: u64,
    ) -> Self {
        Self { disk, faults, chance, mistake, queue: Queue::default(), fanout }
    }

    fn makes(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }

    /// The time a read takes before it looks, and whether it fails.
    async fn before_read(&self) -> Result<(), StoreError> {
        let Some(rates) = self.faults.now() else { return Ok(()) };
        if self.chance.happens(rates.slow_read) {
            pace::pause(self.chance.below(3)).await;
        }
        if self.chance.happens(rates.failed_read) {
            return Err(StoreError::Unavailable("simulated".into()));
        }
        Ok(())
    }

    /// The time an answer takes on its way back.
    async fn after_read(&self) {
        if let Some(rates) = self.faults.now()
            && self.chance.happens(rates.slow_read / 2)
        {
            pace::pause(self.chance.below(3)).await;
        }
    }
}
