use super::StoreError;
use async_trait::async_trait;
use parlance_core::id::UnixMillis;

/// Work that was made durable together with the events it follows from (the outbox pattern).
#[async_trait]
pub trait WorkQueue: Send + Sync {
    /// Takes due work of a queue for a while, oldest first. What is not finished until `until`
    /// can be taken again: at least once, never forgotten.
    async fn claim_work(
        &self,
        queue: &str,
        now: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Work>, StoreError>;

    /// Looks at the work of a queue behind a piece of it, oldest first, and leaves it there: for queues that
    /// one worker alone looks after, in order.
    async fn waiting_work(&self, queue: &str, after: u64, limit: usize) -> Result<Vec<Work>, StoreError>;

    /// Forgets finished work.
    async fn finish_work(&self, ids: &[u64]) -> Result<(), StoreError>;
}

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The store's number for it.
    pub id: u64,
    /// What the worker needs to know.
    pub payload: String,
    /// How often it was taken before.
    pub attempts: u32,
    /// When it was due, or is due again.
    pub due_at: UnixMillis,
}
