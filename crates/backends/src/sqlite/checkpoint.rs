//! Moves what was committed from the write-ahead log into the database, beside the writer.

use super::{error::is_fatal, open, writer::Shared};
use rusqlite::{Connection, Result};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

/// How often the size of the log is looked at.
const PAUSE: Duration = Duration::from_millis(250);

/// So much of the log is worth moving while others write: each time has to wait for the disk, and who writes
/// meanwhile waits with it.
const WORTH_BYTES: u64 = 4 << 20;

/// How long a checkpoint waits for those who still read from the log.
const READERS_WAIT: Duration = Duration::from_millis(20);

/// The thread that makes checkpoints.
#[derive(Debug)]
pub(super) struct Checkpointer {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(super) fn start(
        path: &Path,
        wal_bytes_max: u64,
        shared: Arc<Shared>,
    ) -> Result<Self, super::OpenError> {
        let mut worker = Worker::new(path, wal_bytes_max, shared)?;
        let (stop, stopped) = channel::<()>();
        let run = move || {
            while stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = worker.turn() {
                    return worker.shared.fail(&error);
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("store-checkpoints".into())
            .spawn(run)
            .map_err(|source| super::OpenError::Io { path: path.to_owned(), source })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // Nothing depends on the last checkpoint: the log is read at the next start.
            let _ = thread.join();
        }
    }
}

struct Worker {
    connection: Connection,
    page_bytes: u32,
    wal: PathBuf,
    wal_bytes_max: u64,
    shared: Arc<Shared>,
    /// How many transactions there were at the last turn.
    seen: u64,
    /// Turns since something was last written.
    quiet: u32,
    /// Whether nothing was written since the log was last emptied.
    is_empty: bool,
    /// Turns until the log is tried to be emptied again.
    rest: u32,
}

/// Turns without a write that make a quiet moment.
const QUIET: u32 = 4;

/// Turns between two tries to empty a log that somebody still reads.
const REST: u32 = 20;

impl Worker {
    fn new(path: &Path, wal_bytes_max: u64, shared: Arc<Shared>) -> Result<Self, super::OpenError> {
        let connection = open::writer(path)?;
        // Writers wait while a checkpoint waits for readers.
        connection.busy_timeout(READERS_WAIT)?;
        let page_bytes = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let wal = open::beside(path, "-wal");
        Ok(Self {
            connection,
            page_bytes,
            wal,
            wal_bytes_max,
            shared,
            seen: 0,
            quiet: 0,
            is_empty: false,
            rest: 0,
        })
    }

    /// Under load: moves pages without disturbing anybody, and makes the writer wait only when the
    /// log has become too long. In a quiet moment: empties the log, so that nothing of what was
    /// deleted is left in it.
    ///
    /// # Errors
    /// Those after which the database file cannot be relied on.
    fn turn(&mut self) -> Result<()> {
        let now = self.shared.transactions();
        let is_still = now == self.seen;
        self.quiet = if is_still { self.quiet + 1 } else { 0 };
        self.is_empty &= is_still;
        self.seen = now;
        self.rest = self.rest.saturating_sub(1);
        let bytes = self.wal.metadata().map_or(0, |metadata| metadata.len());
        let is_quiet = self.quiet >= QUIET;
        let has_to_empty = bytes > self.wal_bytes_max || (is_quiet && !self.is_empty && bytes > 0);
        let outcome = if has_to_empty && self.rest == 0 {
            self.empty()
        } else if bytes > WORTH_BYTES && !self.is_empty {
            self.move_what_is_worth()
        } else {
            Ok(())
        };
        match outcome {
            Err(error) if is_fatal(&error) => Err(error),
            // Something was in the way; the next turn tries again.
            _ => Ok(()),
        }
    }

    fn move_what_is_worth(&self) -> Result<()> {
        if self.bytes_to_move()? > WORTH_BYTES { self.move_pages() } else { Ok(()) }
    }

    /// The size of the log's file does not tell: it stays when the log is begun anew.
    fn bytes_to_move(&self) -> Result<u64> {
        let pages: u32 = self.connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| {
            Ok(row.get::<_, u32>("log")?.saturating_sub(row.get("checkpointed")?))
        })?;
        Ok(u64::from(pages) * u64::from(self.page_bytes))
    }

    fn move_pages(&self) -> Result<()> {
        self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }

    /// Moves everything and empties the log, unless somebody still reads from it. Most is moved before
    /// writers have to wait.
    fn empty(&mut self) -> Result<()> {
        self.move_pages()?;
        let _turn = self.shared.turn.lock();
        let is_busy: bool =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        self.is_empty = !is_busy;
        self.rest = if is_busy { REST } else { 0 };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(connection: &Connection, bytes: u64) {
        connection.execute("INSERT INTO things VALUES (zeroblob(?1))", [bytes.cast_signed()]).unwrap();
    }

    #[test]
    fn only_much_is_moved_while_others_write_and_everything_in_a_quiet_moment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("things.db");
        let writer = open::writer(&path).unwrap();
        writer.execute_batch("CREATE TABLE things (thing BLOB)").unwrap();
        let mut worker = Worker::new(&path, u64::MAX, Shared::new(0)).unwrap();
        write(&writer, 2 * WORTH_BYTES);
        worker.move_what_is_worth().unwrap();
        assert_eq!(worker.bytes_to_move().unwrap(), 0);
        write(&writer, 1);
        worker.move_what_is_worth().unwrap();
        let rest = worker.bytes_to_move().unwrap();
        assert!(rest > 0 && rest < WORTH_BYTES, "{rest}");
        worker.empty().unwrap();
        assert_eq!(worker.wal.metadata().unwrap().len(), 0);
    }
}
