//! Executions: partitions of records, written under a lease.

use crate::{Commit, Fence, Lease, Outcome, Record, StoreError};
use async_trait::async_trait;
use bytes::Bytes;

/// An effect that was committed and is still to be performed outside the partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The record that wrote it.
    pub key: Bytes,
    /// Its number in that record.
    pub id: u64,
    /// What to do.
    pub body: Bytes,
}

/// Where a page of a list starts, and how long it may be.
#[derive(Clone, Debug, Default)]
pub struct ListPage {
    /// Only entries of this status.
    pub status: Option<u8>,
    /// Only entries that sort after this sort time and key.
    pub after: Option<(i64, Bytes)>,
    /// Most entries to give.
    pub limit: usize,
}

/// An entry of a list: its sort time in milliseconds since 1970, its record's key, and what the
/// list shows.
pub type Listed = (i64, Bytes, Bytes);

/// Partitions of records with histories, timers, an outbox, a trigger stream and listings.
///
/// Every method may fail with [`StoreError::Unavailable`]; only writes with
/// [`StoreError::Unknown`]; a partition number beyond the store's count is
/// [`StoreError::Invalid`]. Times are milliseconds since 1970 on the store's own clock.
#[async_trait]
pub trait PartitionStore: Send + Sync {
    /// How many partitions the store was created with.
    fn partitions(&self) -> u32;

    /// The store's clock.
    async fn now_ms(&self) -> Result<i64, StoreError>;

    /// Takes the partition where no lease of it is alive.
    async fn acquire(
        &self,
        partition: u32,
        node: &str,
        fence: Fence,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError>;

    /// Gives each lease that is still the newest of its partition another `ttl_ms` from now;
    /// false for the others.
    async fn renew(&self, leases: &[Lease], ttl_ms: i64) -> Result<Vec<bool>, StoreError>;

    /// Ends a lease: it can write no more, and another node may acquire at once.
    async fn release(&self, lease: Lease) -> Result<(), StoreError>;

    /// The node that holds a live lease of the partition.
    async fn owner(&self, partition: u32) -> Result<Option<String>, StoreError>;

    /// [`owner`](Self::owner) of every partition, by number.
    async fn owners(&self) -> Result<Vec<Option<String>>, StoreError>;

    /// Applies the commits in order, each by itself, under the lease. Where one of a record is
    /// refused, the later ones of that record find another version and are refused too.
    async fn commit(&self, lease: Lease, commits: Vec<Commit>) -> Result<Vec<Outcome>, StoreError>;

    /// The record of `key`.
    async fn load(&self, partition: u32, key: &[u8]) -> Result<Option<Record>, StoreError>;

    /// At most `limit` batches of the record's history from number `from`, which counts from 0.
    async fn history(
        &self,
        partition: u32,
        key: &[u8],
        from: u64,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError>;

    /// The earliest timers of the partition and their records, at most `limit`.
    async fn timers(&self, partition: u32, limit: usize) -> Result<Vec<(i64, Bytes)>, StoreError>;

    /// Outbox entries after `after` (record and number), in a fixed order, at most `limit`.
    async fn outbox(
        &self,
        partition: u32,
        after: Option<(Bytes, u64)>,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError>;

    /// Adds to the partition's trigger stream; once for each id, until it is consumed.
    async fn append_trigger(&self, partition: u32, id: u128, body: Bytes)
    -> Result<(), StoreError>;

    /// The oldest triggers that no commit has consumed, at most `limit`.
    async fn triggers(
        &self,
        partition: u32,
        limit: usize,
    ) -> Result<Vec<(u128, Bytes)>, StoreError>;

    /// Whether triggers wait, for each of the partitions: cheap enough to ask every second for
    /// all that a node owns.
    async fn has_triggers(&self, partitions: &[u32]) -> Result<Vec<bool>, StoreError>;

    /// Closes or opens an index to commits that name it as their gate.
    async fn set_gate(&self, partition: u32, index: &[u8], gate: Gate) -> Result<(), StoreError>;

    /// [`set_gate`](Self::set_gate) on every partition. After an error some may be set and
    /// others not: set it again.
    async fn set_gates(&self, index: &[u8], gate: Gate) -> Result<(), StoreError>;

    /// How many records are open under the counter, which is an index or a group.
    async fn open_count(&self, partition: u32, counter: &[u8]) -> Result<u64, StoreError>;

    /// [`open_count`](Self::open_count) summed over all partitions, each at its own moment.
    async fn open_total(&self, counter: &[u8]) -> Result<u64, StoreError>;

    /// Entries of the index with their sort times and keys, newest first, by key where equal.
    async fn list(
        &self,
        partition: u32,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError>;

    /// [`list`](Self::list) merged over all partitions.
    async fn list_all(&self, index: &[u8], page: &ListPage) -> Result<Vec<Listed>, StoreError>;
}

/// Whether an index takes commits that name it as their gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It does.
    Open,
    /// Such commits are refused.
    Closed,
}
