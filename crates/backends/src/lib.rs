//! The ports of the hub made real.
//!
//! [`sqlite`] is the embedded store: one file with everything that must not be lost, one file
//! with the search index, which can be made again. It implements every port of
//! `parlance_hub::ports`, so that one value can be handed to the hub:
//!
//! ```
//! # let directory = tempfile::tempdir().unwrap();
//! use parlance_backends::sqlite::{SqliteOptions, SqliteStore};
//! let store = SqliteStore::open(directory.path().join("parlance.db"), SqliteOptions::default()).unwrap();
//! assert!(!*store.failed().borrow());
//! ```
//!
//! No rules live here: what may happen is decided before, what is seen is folded by the functions
//! in `project`, which look at the event and nothing else.

pub mod sqlite;
