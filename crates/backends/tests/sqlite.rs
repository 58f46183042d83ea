//! The embedded store keeps every promise of the ports.

use parlance_backends::sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

async fn make() -> (SqliteStore, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("parlance.db"), SqliteOptions::default()).unwrap();
    (store, directory)
}

parlance_hub::conformance!(make);
