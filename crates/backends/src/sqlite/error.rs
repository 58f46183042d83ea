use parlance_hub::ports::StoreError;
use rusqlite::{Error, ErrorCode};
use std::path::PathBuf;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("{0} is in use by another Parlance process")]
    InUse(PathBuf),
    /// A newer Parlance has changed it so that this one cannot use it.
    #[error(
        "this database was written by a newer Parlance: its schema is {found}, which takes a program that \
         knows at least {compatible_from}, and this one knows up to {known}; start the newer program, or \
         restore a backup from before the update"
    )]
    Newer {
        /// The schema version of the file.
        found: u32,
        /// The oldest version whose programs can use it.
        compatible_from: u32,
        /// The newest one that this program knows.
        known: u32,
    },
    /// An older Parlance wrote it, and only looking at it was asked for.
    #[error("this database has the schema {found} and this program works on {known}; start the server once")]
    Older {
        /// The schema version of the file.
        found: u32,
        /// The one that is needed.
        known: u32,
    },
    /// An older Parlance wrote it last, and the log from which its rows have to be folded anew is not in
    /// order.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// It is a database, but another program's.
    #[error("{0} is not a Parlance database")]
    NotParlance(PathBuf),
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("the database cannot be opened: {0}")]
    Sqlite(#[from] Error),
}

/// Whether what is on disk can no longer be relied on to become what it should be. Everything
/// that could come from a full, failing or vanished disk counts: after a failed sync the kernel
/// may have dropped the very pages that a second try would report as written.
pub(super) fn is_fatal(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull
                | ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::FileLockingProtocolFailed
        )
    )
}

/// What a caller is told of an error that did not end the store.
pub(super) fn to_store_error(error: &Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OperationInterrupted) => {
            StoreError::Unavailable(error.to_string())
        }
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::OutOfMemory) => {
            StoreError::Unavailable(error.to_string())
        }
        _ => StoreError::Damaged(error.to_string()),
    }
}
