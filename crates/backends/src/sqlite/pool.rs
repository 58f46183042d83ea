//! Connections that only read.

use super::{error::to_store_error, open};
use parking_lot::Mutex;
use parlance_hub::ports::StoreError;
use rusqlite::{Connection, Result};
use std::{path::Path, sync::Arc};
use tokio::sync::Semaphore;

/// A few read-only connections; each read has one for itself and sees one moment of the store.
#[derive(Debug)]
pub(super) struct Pool {
    idle: Arc<Mutex<Vec<Connection>>>,
    places: Arc<Semaphore>,
}

impl Pool {
    pub(super) fn open(path: &Path, connections: usize) -> Result<Self> {
        let idle = (0..connections.max(1)).map(|_| open::reader(path)).collect::<Result<Vec<_>>>()?;
        Ok(Self { places: Arc::new(Semaphore::new(idle.len())), idle: Arc::new(Mutex::new(idle)) })
    }

    /// Reads on a thread that may wait for the disk.
    ///
    /// # Cancel safety
    /// A read whose caller went away still ends by itself.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let closed = || StoreError::Unavailable("the store is closing".into());
        let place = self.places.clone().acquire_owned().await.map_err(|_| closed())?;
        let idle = self.idle.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let _place = place;
            let lease = Lease::take(&idle)?;
            lease.connection().map(read)
        });
        match reading.await {
            Ok(Some(outcome)) => outcome.map_err(|error| to_store_error(&error)),
            Ok(None) | Err(_) => Err(closed()),
        }
    }
}

/// A connection that goes back to the others, also when the reader panics.
struct Lease<'a> {
    connection: Option<Connection>,
    idle: &'a Mutex<Vec<Connection>>,
}

impl<'a> Lease<'a> {
    fn take(idle: &'a Mutex<Vec<Connection>>) -> Option<Self> {
        let connection = idle.lock().pop()?;
        Some(Self { connection: Some(connection), idle })
    }

    fn connection(&self) -> Option<&Connection> {
        self.connection.as_ref()
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.idle.lock().extend(self.connection.take());
    }
}
