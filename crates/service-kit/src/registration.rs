//! A node's own record in the store: written before it serves, renewed while it lives, removed
//! when it drains, expired when it dies.

use crate::Role;
use std::sync::Arc;
use std::time::Duration;
use stepwell_storage::{NodeRecord, Store, StoreError};
use tokio::task::JoinHandle;

/// How long a record outlives its node's last renewal, in milliseconds.
pub const NODE_TTL_MS: i64 = 6_000;
const RENEW_EVERY: Duration = Duration::from_millis(1_500);

/// The renewal of a node's record, until [`Registration::end`].
#[derive(Debug)]
pub struct Registration {
    renewal: JoinHandle<()>,
    store: StoreHandle,
    id: String,
}

struct StoreHandle(Arc<dyn Store>);

impl std::fmt::Debug for StoreHandle {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Store")
    }
}

impl Registration {
    /// Writes the record of node `id` and keeps it alive.
    ///
    /// # Errors
    /// The first write fails. Later failures are logged, and the next renewal tries again.
    pub async fn begin(
        store: Arc<dyn Store>,
        role: Role,
        id: &str,
        address: &str,
    ) -> Result<Self, StoreError> {
        let record = NodeRecord {
            id: id.to_owned(),
            role: role.name().to_owned(),
            address: address.to_owned(),
            info: bytes::Bytes::new(),
        };
        store.node_renew(&record, NODE_TTL_MS).await?;
        let handle = StoreHandle(Arc::clone(&store));
        let id = record.id.clone();
        let renewal = tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEW_EVERY).await;
                if let Err(error) = store.node_renew(&record, NODE_TTL_MS).await {
                    tracing::warn!(%error, "the node record could not be renewed");
                }
            }
        });
        Ok(Self { renewal, store: handle, id })
    }

    /// Stops the renewal and removes the record, so that peers stop calling at once.
    pub async fn end(self) {
        self.renewal.abort();
        if let Err(error) = self.store.0.node_remove(&self.id).await {
            tracing::warn!(%error, "the node record could not be removed, it will expire");
        }
    }
}
