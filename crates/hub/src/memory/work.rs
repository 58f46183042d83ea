use super::{MemoryStore, Tables};
use crate::ports::{NewWork, StoreError, Work, WorkQueue};
use async_trait::async_trait;
use parlance_core::id::UnixMillis;

/// Work that is not finished.
#[derive(Debug)]
pub(super) struct Row {
    work: NewWork,
    /// Not before: when it is due, or when the lease of whoever took it ends.
    free_at: UnixMillis,
    attempts: u32,
}

#[async_trait]
impl WorkQueue for MemoryStore {
    async fn claim_work(
        &self,
        queue: &str,
        now: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Work>, StoreError> {
        let mut tables = self.tables();
        let due = tables.work.iter_mut().filter(|(_, row)| row.work.queue == queue && row.free_at <= now);
        Ok(due.take(limit).map(|(id, row)| row.claim(*id, until)).collect())
    }

    async fn waiting_work(&self, queue: &str, after: u64, limit: usize) -> Result<Vec<Work>, StoreError> {
        let tables = self.tables();
        let waiting = tables.work.range(after + 1..).filter(|(_, row)| row.work.queue == queue);
        Ok(waiting.take(limit).map(|(id, row)| row.seen(*id)).collect())
    }

    async fn finish_work(&self, ids: &[u64]) -> Result<(), StoreError> {
        self.tables().work.retain(|id, _| !ids.contains(id));
        Ok(())
    }
}

impl Tables {
    pub(super) fn add_work(&mut self, work: NewWork) {
        self.work_made += 1;
        let row = Row { free_at: work.due_at, work, attempts: 0 };
        self.work.insert(self.work_made, row);
    }
}

impl Row {
    fn seen(&self, id: u64) -> Work {
        Work { id, payload: self.work.payload.clone(), attempts: self.attempts, due_at: self.free_at }
    }

    fn claim(&mut self, id: u64, until: UnixMillis) -> Work {
        let claimed = self.seen(id);
        self.free_at = until;
        self.attempts += 1;
        claimed
    }
}
