//! The store in memory keeps every promise of the ports.

use parlance_hub::memory::MemoryStore;

async fn make() -> (MemoryStore, ()) {
    (MemoryStore::new(), ())
}

parlance_hub::conformance!(make);
