use super::{MaintenanceError, Progress, at, backup::copy, check_exists, seal, sync_directory};
use crate::sqlite::{open, schema};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// What a restore has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The number of the life that begins.
    pub life: u32,
    /// Where the store that stood there before is now.
    pub replaced: Option<PathBuf>,
}

/// Puts a backup in the place of a store that nobody has open, and begins a new life: positions in
/// logs that the backup does not know fit nothing any more, so clients start over instead of
/// missing events. What stood there before is kept beside it. Progress counts pages.
///
/// # Errors
/// [`MaintenanceError`]; the store is as it was then.
pub fn restore(
    backup: &Path,
    store: &Path,
    progress: &mut Progress<'_>,
) -> Result<Restored, MaintenanceError> {
    check_exists(backup)?;
    if let Some(damage) = seal::find_damage(backup)? {
        return Err(MaintenanceError::Damaged(damage));
    }
    let _lock = open::Lock::take(store)?;
    let partial = open::beside(store, ".restoring");
    if partial.exists() {
        at(&partial, std::fs::remove_file(&partial))?;
    }
    copy(backup, &partial, progress)?;
    let life = begin_life(&partial, store)?;
    let replaced = if store.exists() { Some(keep(store, life)?) } else { None };
    crate::sqlite::search::discard(store)?;
    at(store, std::fs::rename(&partial, store))?;
    sync_directory(store)?;
    Ok(Restored { life, replaced })
}

/// Brings the copy to the newest schema, and its life and epochs beyond those of the backup and of
/// the store that it replaces.
fn begin_life(copy: &Path, store: &Path) -> Result<u32, MaintenanceError> {
    let mut connection = Connection::open(copy)?;
    check_pages(&connection)?;
    schema::migrate(&mut connection, copy)?;
    let replaced = attach_replaced(&connection, store)?;
    let transaction = connection.transaction()?;
    if replaced {
        transaction.execute_batch(
            "UPDATE store SET life = max(life, (SELECT life FROM replaced.store));
             UPDATE conversations SET epoch = max(conversations.epoch, old.epoch)
                 FROM replaced.conversations AS old WHERE old.id = conversations.id;",
        )?;
    }
    transaction
        .execute_batch("UPDATE store SET life = life + 1; UPDATE conversations SET epoch = epoch + 1;")?;
    let life = transaction.query_row("SELECT life FROM store", [], |row| row.get(0))?;
    transaction.commit()?;
    if replaced {
        connection.execute_batch("DETACH replaced")?;
    }
    connection.close().map_err(|(_, error)| error)?;
    at(copy, std::fs::File::open(copy).and_then(|file| file.sync_all()))?;
    Ok(life)
}

fn check_pages(connection: &Connection) -> Result<(), MaintenanceError> {
    let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(MaintenanceError::Damaged(said)) }
}

/// Looks at the store that is replaced, if it can still be read: perhaps that is why a backup is
/// restored. Its write-ahead log is emptied on the way, so that none is left beside the backup.
fn attach_replaced(connection: &Connection, store: &Path) -> rusqlite::Result<bool> {
    let is_readable = store.exists()
        && open::writer(store).is_ok_and(|old| {
            schema::version(&old, store).is_ok_and(|version| version > 0)
                && old.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).is_ok()
        });
    if is_readable {
        connection.execute("ATTACH ?1 AS replaced", [store.to_string_lossy()])?;
    }
    Ok(is_readable)
}

/// Gives the old store a second name, under which it stays when the first one is taken over. A
/// log that could not be emptied goes with it.
fn keep(store: &Path, life: u32) -> Result<PathBuf, MaintenanceError> {
    let kept = open::beside(store, &format!(".before-life-{life}"));
    at(&kept, std::fs::hard_link(store, &kept))?;
    for suffix in ["-wal", "-shm"] {
        let log = open::beside(store, suffix);
        if log.exists() {
            at(&log, std::fs::rename(&log, open::beside(&kept, suffix)))?;
        }
    }
    Ok(kept)
}
