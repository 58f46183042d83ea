use super::OpenError;
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

/// Keeps other processes out for as long as it lives: heads are kept in memory, so two writers
/// would hand out the same places.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock of the database at this path.
    pub(super) fn take(database: &Path) -> Result<Self, OpenError> {
        let path = beside(database, ".lock");
        let at_path = |source| OpenError::Io { path: path.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(at_path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(database.to_owned())),
            Err(TryLockError::Error(source)) => Err(at_path(source)),
        }
    }
}

impl Drop for Lock {
    /// Closing alone frees the lock only when no program that is just being started has the file
    /// still open: a fork keeps everything until its `exec`.
    fn drop(&mut self) {
        // What cannot be unlocked is freed when the last one closes it.
        let _ = self.0.unlock();
    }
}

/// A file next to another one, with more at the end of its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Longest wait for another connection of ours, which is only ever the checkpointer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection that writes. Nothing is acknowledged before it is on disk (`synchronous=FULL`),
/// what is deleted is overwritten (`secure_delete`), and checkpoints are made elsewhere.
pub(super) fn writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON;
         PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
    )?;
    keep_prepared(&connection)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048;")?;
    keep_prepared(&connection)?;
    Ok(connection)
}

/// Statements stay prepared. Without the stability guarantee SQLite would prepare one again whenever a
/// value that is bound could change its plan, which cost a tenth of a sign-in.
fn keep_prepared(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn a_program_that_is_being_started_does_not_keep_the_lock() {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("parlance.db");
        let lock = Lock::take(&database).unwrap();
        let what_a_fork_has = lock.0.try_clone().unwrap();
        assert!(matches!(Lock::take(&database), Err(OpenError::InUse(_))));
        drop(lock);
        Lock::take(&database).unwrap();
        drop(what_a_fork_has);
    }

    #[test]
    fn a_statement_is_prepared_once_whatever_is_bound() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("parlance.db");
        let writer = writer(&path).unwrap();
        writer.execute_batch("CREATE TABLE t (a, b); CREATE INDEX t_a ON t (a)").unwrap();
        for connection in [&writer, &reader(&path).unwrap()] {
            let mut read = connection.prepare("SELECT b FROM t WHERE a > ?1 LIMIT ?2").unwrap();
            for number in 0..10 {
                read.query_row([number, number], |_| Ok(())).unwrap_err();
            }
            assert_eq!(read.get_status(StatementStatus::RePrepare), 0);
        }
    }
}
