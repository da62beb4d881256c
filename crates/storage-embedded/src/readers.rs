//! Reading connections: several, so that reads don't wait for each other.

use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use stepwell_storage::StoreError;
use tokio::sync::Semaphore;

/// Most reads at a time.
pub(crate) const READERS: usize = 4;

/// Connections that read. Every permit stands for an idle one.
pub(crate) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(connections: Vec<Connection>) -> Self {
        let permits = Arc::new(Semaphore::new(connections.len()));
        Self { idle: Arc::new(Mutex::new(connections)), permits }
    }

    /// Runs `read` on a thread that may block.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let closed = || StoreError::Unavailable("the store has been closed".to_owned());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| closed())?;
        let idle = Arc::clone(&self.idle);
        let run = move || {
            let mut connection = idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            let value = read(&mut connection);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            // Only now is a connection idle again, also where the caller has gone.
            drop(permit);
            Some(value)
        };
        let joined = tokio::task::spawn_blocking(run).await;
        let value = joined.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        value.ok_or_else(closed)?.map_err(|error| crate::writer::refused(&error))
    }
}
