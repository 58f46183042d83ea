use super::{
    SqliteStore,
    codec::{n, number},
};
use async_trait::async_trait;
use parlance_core::id::UnixMillis;
use parlance_hub::ports::{StoreError, Work, WorkQueue};
use rusqlite::{Connection, Result, Row, params};

#[async_trait]
impl WorkQueue for SqliteStore {
    async fn claim_work(
        &self,
        queue: &str,
        now: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> Result<Vec<Work>, StoreError> {
        let queue = queue.to_owned();
        let asked = queue.clone();
        // Workers ask often and mostly find nothing, which must not cost a transaction.
        if !self.readers.read(move |connection| is_any_due(connection, &asked, now)).await? {
            return Ok(Vec::new());
        }
        self.write(move |connection| claim(connection, &queue, now, until, limit)).await
    }

    async fn waiting_work(&self, queue: &str, after: u64, limit: usize) -> Result<Vec<Work>, StoreError> {
        let queue = queue.to_owned();
        self.readers.read(move |connection| waiting(connection, &queue, after, limit)).await
    }

    async fn finish_work(&self, ids: &[u64]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids = ids.to_vec();
        self.write(move |connection| {
            let mut delete = connection.prepare_cached("DELETE FROM work WHERE id = ?1")?;
            ids.iter().try_for_each(|id| delete.execute([n(*id)]).map(drop))
        })
        .await
    }
}

fn is_any_due(connection: &Connection, queue: &str, now: UnixMillis) -> Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM work WHERE queue = ?1 AND due_at <= ?2)")?
        .query_row(params![queue, n(now.0)], |row| row.get(0))
}

fn from_row(row: &Row<'_>) -> Result<Work> {
    Ok(Work {
        id: number(row, 0)?,
        payload: row.get(1)?,
        attempts: row.get(2)?,
        due_at: UnixMillis(number(row, 3)?),
    })
}

fn waiting(connection: &Connection, queue: &str, after: u64, limit: usize) -> Result<Vec<Work>> {
    connection
        .prepare_cached(
            "SELECT id, payload, attempts, due_at FROM work WHERE queue = ?1 AND id > ?2
             ORDER BY id LIMIT ?3",
        )?
        .query_map(params![queue, n(after), limit as i64], from_row)?
        .collect()
}

fn claim(
    connection: &Connection,
    queue: &str,
    now: UnixMillis,
    until: UnixMillis,
    limit: usize,
) -> Result<Vec<Work>> {
    let due = connection
        .prepare_cached(
            "SELECT id, payload, attempts, due_at FROM work WHERE queue = ?1 AND due_at <= ?2
             ORDER BY due_at, id LIMIT ?3",
        )?
        .query_map(params![queue, n(now.0), limit as i64], from_row)?
        .collect::<Result<Vec<_>>>()?;
    let mut take =
        connection.prepare_cached("UPDATE work SET due_at = ?2, attempts = attempts + 1 WHERE id = ?1")?;
    for work in &due {
        take.execute([n(work.id), n(until.0)])?;
    }
    Ok(due)
}
