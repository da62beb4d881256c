//! Which processes of the suite are alive, and where they answer.

use crate::StoreError;
use async_trait::async_trait;
use bytes::Bytes;

/// One process in one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRecord {
    /// Unique over all roles, chosen at random when the process starts.
    pub id: String,
    /// What it does, as its subcommand is called.
    pub role: String,
    /// Where its peers reach it.
    pub address: String,
    /// What its role wants its peers to know.
    pub info: Bytes,
}

/// Node records that live for as long as they are renewed.
///
/// Every method may fail with [`StoreError::Unavailable`] or, where it writes, with
/// [`StoreError::Unknown`]; all may be repeated.
#[async_trait]
pub trait NodeStore: Send + Sync {
    /// Writes the record, or replaces the one of the same id; it lives `ttl_ms` from now on the
    /// store's clock.
    async fn node_renew(&self, node: &NodeRecord, ttl_ms: i64) -> Result<(), StoreError>;

    /// Removes the record, where it is there.
    async fn node_remove(&self, id: &str) -> Result<(), StoreError>;

    /// The records of a role that are alive by the store's clock, ordered by id.
    async fn nodes_live(&self, role: &str) -> Result<Vec<NodeRecord>, StoreError>;
}
