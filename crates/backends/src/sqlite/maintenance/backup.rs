use super::{MaintenanceError, Progress, at, check_exists, check_is_free, seal, sync_directory};
use crate::sqlite::{open, schema};
use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};
use std::path::Path;

/// Pages that are copied at once.
const STEP_PAGES: i32 = 1_024;

/// Copies a store, running or not, into one new file: everything up to one moment, without the
/// search index, with a checksum at its end. Progress counts pages.
///
/// # Errors
/// [`MaintenanceError`]; the file at `to` is there only when all of it is on disk.
pub fn back_up(store: &Path, to: &Path, progress: &mut Progress<'_>) -> Result<(), MaintenanceError> {
    check_exists(store)?;
    check_is_free(to)?;
    let partial = open::beside(to, ".partial");
    if partial.exists() {
        at(&partial, std::fs::remove_file(&partial))?;
    }
    copy(store, &partial, progress)?;
    seal::seal(&partial)?;
    at(to, std::fs::rename(&partial, to))?;
    sync_directory(to)
}

/// Copies a database as it is at one moment into a file that nobody else uses.
pub(super) fn copy(from: &Path, to: &Path, progress: &mut Progress<'_>) -> Result<(), MaintenanceError> {
    let source = open::reader(from)?;
    schema::version(&source, from)?;
    // One read transaction around all steps: what is written meanwhile stays outside.
    let moment = source.unchecked_transaction()?;
    moment.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let mut target = Connection::open(to)?;
    copy_pages(&moment, &mut target, progress)?;
    // The copy says of itself that it has a write-ahead log. A single file has none.
    target.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL")?;
    drop(target);
    at(to, std::fs::File::open(to).and_then(|file| file.sync_all()))
}

fn copy_pages(
    source: &Connection,
    target: &mut Connection,
    progress: &mut Progress<'_>,
) -> rusqlite::Result<()> {
    let backup = Backup::new(source, target)?;
    loop {
        let step = backup.step(STEP_PAGES)?;
        let (total, left) = (backup.progress().pagecount, backup.progress().remaining);
        progress((total - left).max(0) as u64, total.max(0) as u64);
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            // Only a copy in the making can be busy: the source is read in one transaction.
            _ => std::thread::yield_now(),
        }
    }
}
