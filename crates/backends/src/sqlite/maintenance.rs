//! What operators do with a store: back it up, restore it, check it, fold it anew.

mod backup;
mod rebuild;
mod restore;
mod seal;
mod verify;

pub use backup::back_up;
pub use rebuild::rebuild;
pub use restore::{Restored, restore};
pub use verify::{Verified, verify};

use super::OpenError;
use std::path::{Path, PathBuf};

/// Why something could not be done with a store. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    /// The store or the backup cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What would be written is there already.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// What should be read is not there.
    #[error("{0} does not exist")]
    Missing(PathBuf),
    /// SQLite refused.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// What is stored cannot be understood.
    #[error("the database is damaged: {0}")]
    Damaged(String),
}

/// How far a long piece of work has come: what is done, and of how much.
pub type Progress<'a> = dyn FnMut(u64, u64) + 'a;

fn check_exists(path: &Path) -> Result<(), MaintenanceError> {
    if path.exists() { Ok(()) } else { Err(MaintenanceError::Missing(path.to_owned())) }
}

fn check_is_free(path: &Path) -> Result<(), MaintenanceError> {
    if path.exists() { Err(MaintenanceError::Exists(path.to_owned())) } else { Ok(()) }
}

fn at<T>(path: &Path, outcome: std::io::Result<T>) -> Result<T, MaintenanceError> {
    outcome.map_err(|source| OpenError::Io { path: path.to_owned(), source }.into())
}

/// Makes sure that names in the directory of a file are on disk.
fn sync_directory(path: &Path) -> Result<(), MaintenanceError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    at(parent, std::fs::File::open(parent).and_then(|directory| directory.sync_all()))
}
