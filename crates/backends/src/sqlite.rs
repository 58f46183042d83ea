//! The embedded store: SQLite with a group commit of its own.

mod append;
mod archive;
mod checkpoint;
mod codec;
mod directory;
mod error;
mod event_log;
mod heads;
mod job;
pub mod maintenance;
mod names;
mod nodes;
mod open;
mod overview;
mod pool;
mod project;
mod push;
mod refold;
mod remotes;
mod reports;
mod schedule;
mod schema;
mod search;
mod stopwatch;
mod views;
mod work;
mod writer;

pub use error::OpenError;
pub use overview::{ConversationOverview, Totals};
pub use schema::{MigrationKind, PendingMigration, pending_migrations};

use job::FnJob;
use parlance_hub::ports::StoreError;
use rusqlite::Connection;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::{oneshot, watch};

/// Bounds of a store.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Most writes that wait at once; 8,192.
    pub queue_jobs_max: usize,
    /// How long a write waits for a place in the queue before it is refused; 5 s.
    pub queue_wait: Duration,
    /// How long the writer waits at most for more to come before it commits, under load; 2 ms.
    pub linger_max: Duration,
    /// How many reads go on at once; 4.
    pub readers: usize,
    /// How long a search waits until the index knows everything said before it; 2 s.
    pub search_wait_max: Duration,
    /// How large the write-ahead log may become before writers wait for a checkpoint; 64 MiB.
    pub wal_bytes_max: u64,
    /// How large the database may become; without bound when absent. A store that reaches it
    /// stops like one whose disk is full.
    pub database_bytes_max: Option<u64>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            queue_jobs_max: 8_192,
            queue_wait: Duration::from_secs(5),
            linger_max: Duration::from_millis(2),
            readers: 4,
            search_wait_max: Duration::from_secs(2),
            wal_bytes_max: 64 << 20,
            database_bytes_max: None,
        }
    }
}

/// A store in a file.
#[derive(Debug)]
pub struct SqliteStore {
    // In the order in which they have to end.
    writer: writer::Writer,
    search: search::SearchIndex,
    readers: pool::Pool,
    _checkpointer: checkpoint::Checkpointer,
    shared: Arc<writer::Shared>,
    life: u32,
    _lock: open::Lock,
}

impl SqliteStore {
    /// Opens the store at this path, makes it when there is none, and brings it to the newest
    /// schema. Blocks until that is done.
    ///
    /// # Errors
    /// [`OpenError`], in words for the person who started the program.
    pub fn open(path: impl Into<PathBuf>, options: SqliteOptions) -> Result<Self, OpenError> {
        let path = path.into();
        let lock = open::Lock::take(&path)?;
        let mut connection = open::writer(&path)?;
        schema::migrate(&mut connection, &path)?;
        bound(&connection, &options)?;
        let (life, newest) = standing(&connection)?;
        let shared = writer::Shared::new(newest);
        let readers = pool::Pool::open(&path, options.readers)?;
        let search = search::SearchIndex::open(&path, life, &shared, &options)?;
        let checkpointer = checkpoint::Checkpointer::start(&path, options.wal_bytes_max, shared.clone())?;
        let limits = writer::QueueLimits {
            jobs_max: options.queue_jobs_max,
            wait: options.queue_wait,
            linger_max: options.linger_max,
        };
        let writer = writer::Writer::start(connection, limits, shared.clone())
            .map_err(|source| OpenError::Io { path, source })?;
        Ok(Self { writer, search, readers, _checkpointer: checkpointer, shared, life, _lock: lock })
    }

    /// Becomes `true` when a durable write has failed. Every write is refused from then on, and the
    /// process has to end: what is on disk is read anew at the next start.
    pub fn failed(&self) -> watch::Receiver<bool> {
        self.shared.failed.subscribe()
    }

    /// How many transactions were committed since the store was opened.
    pub fn transactions(&self) -> u64 {
        self.shared.transactions()
    }

    /// Writes something else than events, in the same transactions.
    async fn write<T: Send + 'static>(
        &self,
        write: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.writer.submit(Box::new(FnJob::new(write, reply))).await?;
        answer.await.unwrap_or_else(|_| Err(writer::stopped()))
    }
}

fn bound(connection: &Connection, options: &SqliteOptions) -> rusqlite::Result<()> {
    let Some(bytes) = options.database_bytes_max else { return Ok(()) };
    let page_bytes: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    connection.pragma_update(None, "max_page_count", (bytes as i64 / page_bytes).max(1))
}

fn standing(connection: &Connection) -> rusqlite::Result<(u32, u64)> {
    connection.query_row("SELECT life, (SELECT coalesce(max(offset), 0) FROM events) FROM store", [], |row| {
        Ok((row.get(0)?, codec::number(row, 1)?))
    })
}
