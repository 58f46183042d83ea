use parlance_core::{
    event::Event,
    id::{ConversationId, Seq},
};
use std::sync::Arc;

/// "This conversation reached this place." A hint, never the truth: wakes may be lost, doubled,
/// late or reordered, and nothing but time is lost by it.
#[derive(Clone, Debug)]
pub struct Wake {
    /// The conversation.
    pub conversation: ConversationId,
    /// A place it has reached.
    pub seq: Seq,
    /// The event at that place, to save a read.
    pub event: Option<Arc<Event>>,
}

/// Carries wakes between the writers and the followers of all nodes.
pub trait Bus: Send + Sync {
    /// Tells everybody. May drop the wake when too much is waiting.
    fn publish(&self, wake: Wake);

    /// Wakes published from now on. Called once per node.
    fn subscribe(&self) -> tokio::sync::mpsc::Receiver<Wake>;
}
