//! What was removed from the store, kept to be read: each run in a partition of its own.

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use stepwell_storage::{Commit, Expect, MemoryStore, PartitionStore as _, Record, StoreError};

/// See the module.
pub(crate) struct Attic {
    pub(crate) store: MemoryStore,
    next: AtomicU32,
}

impl Attic {
    pub(crate) fn new() -> Self {
        Self { store: MemoryStore::new(u32::MAX, Arc::new(|| 0)), next: AtomicU32::new(0) }
    }

    /// Keeps a record and its history, and says in which partition.
    pub(crate) async fn keep(
        &self,
        key: &Bytes,
        record: Record,
        history: Vec<Bytes>,
    ) -> Result<u32, StoreError> {
        let partition = self.next.fetch_add(1, Ordering::Relaxed);
        let lease = self.store.acquire(partition, "attic", 1, i64::MAX).await?;
        let lease = lease.ok_or_else(|| StoreError::Invalid("the attic has a tenant".into()))?;
        let mut first = Commit::new(record.commit, key.clone(), Expect::Absent);
        first.parts = record.parts.into_iter().map(|(at, part)| (at, Some(part))).collect();
        let mut commits = vec![first];
        for (version, batch) in (1..).zip(history) {
            let mut next = Commit::new(record.commit, key.clone(), Expect::Version(version));
            next.batch = Some(batch);
            commits.push(next);
        }
        self.store.commit(lease, commits).await?;
        Ok(partition)
    }
}
