use crate::error::StoreError;
use rusqlite::Connection;
use std::path::Path;

/// One step per version; a file of version n gets every step after the n-th.
const STEPS: &[&str] = &["
    CREATE TABLE account (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE person (address TEXT PRIMARY KEY, display_name TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE conversation (
        conversation TEXT PRIMARY KEY, changed_at TEXT NOT NULL, body TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE event (
        conversation TEXT NOT NULL, seq INTEGER NOT NULL,
        event_id TEXT NOT NULL, target TEXT, body TEXT NOT NULL,
        PRIMARY KEY (conversation, seq)
    ) WITHOUT ROWID;
    CREATE INDEX event_by_id ON event (event_id);
    CREATE INDEX event_by_target ON event (target) WHERE target IS NOT NULL;
    CREATE TABLE outbox (
        place INTEGER PRIMARY KEY AUTOINCREMENT, client_ref TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL, action TEXT NOT NULL, state TEXT NOT NULL, delays INTEGER NOT NULL
    );
    CREATE TABLE unsaid (
        conversation TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (conversation, kind)
    ) WITHOUT ROWID;
"];

/// Makes the file and its folder, readable by their owner only.
pub(super) fn prepare_file(path: &Path) -> Result<(), StoreError> {
    let fault = |source| StoreError::File { path: path.display().to_string(), source };
    if let Some(folder) = path.parent() {
        make_private_folder(folder).map_err(fault)?;
    }
    open_private(path).map(drop).map_err(fault)
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn open_private(path: &Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn open_private(path: &Path) -> std::io::Result<std::fs::File> {
    std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Brings the tables up to date.
///
/// Deleted content is overwritten on disk, and a commit is on disk when it returns.
pub(super) fn migrate(database: &Connection) -> Result<(), StoreError> {
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;",
    )?;
    let version: i64 = database.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let done = usize::try_from(version).unwrap_or(0);
    if done > STEPS.len() {
        return Err(StoreError::TooNew(version));
    }
    for (index, step) in STEPS.iter().enumerate().skip(done) {
        database.execute_batch(&format!("BEGIN; {step} PRAGMA user_version = {}; COMMIT;", index + 1))?;
    }
    Ok(())
}
