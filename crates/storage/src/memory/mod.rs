//! The reference: everything in memory, one lock, no durability.

mod claims;
mod control;
mod listings;
mod nodes;
mod one_process;
mod partition;
mod queue;
mod queues;
mod signal;
mod stores;

use crate::{
    Commit, Fence, Gate, Lease, ListPage, Listed, OutboxEntry, Outcome, PartitionStore, Record,
    StoreError,
};
use async_trait::async_trait;
use bytes::Bytes;
pub use claims::ClaimLog;
use control::Control;
pub use nodes::MemoryNodes;
pub use one_process::OneProcess;
use partition::Partition;
pub use queues::MemoryQueues;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Gives the store's time in milliseconds since 1970. Tests turn it by hand.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A store in memory, judged by the clock that it was given.
pub struct MemoryStore {
    partitions: u32,
    clock: Clock,
    state: Mutex<BTreeMap<u32, Partition>>,
    control: Mutex<Control>,
    nodes: MemoryNodes,
    queues: MemoryQueues,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new(partitions: u32, clock: Clock) -> Self {
        Self {
            partitions,
            clock,
            state: Mutex::default(),
            control: Mutex::default(),
            nodes: MemoryNodes::default(),
            queues: MemoryQueues::default(),
        }
    }

    fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(
        &self,
        partition: u32,
        act: impl FnOnce(&mut Partition, i64) -> T,
    ) -> Result<T, StoreError> {
        StoreError::check_partition(partition, self.partitions)?;
        // No step of a change panics between two writes, so a poisoned lock holds a whole state.
        let mut state: MutexGuard<'_, _> =
            self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(act(state.entry(partition).or_default(), (self.clock)()))
    }

    fn each<T>(&self, act: impl Fn(&mut Partition, i64) -> T) -> Result<Vec<T>, StoreError> {
        (0..self.partitions).map(|partition| self.with(partition, &act)).collect()
    }
}

#[async_trait]
impl PartitionStore for MemoryStore {
    fn partitions(&self) -> u32 {
        self.partitions
    }

    async fn now_ms(&self) -> Result<i64, StoreError> {
        Ok((self.clock)())
    }

    async fn acquire(
        &self,
        partition: u32,
        node: &str,
        fence: Fence,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        self.with(partition, |state, now| {
            let epoch = state.acquire(node, fence, now, ttl_ms)?;
            Some(Lease { partition, epoch, fence })
        })
    }

    async fn renew(&self, leases: &[Lease], ttl_ms: i64) -> Result<Vec<bool>, StoreError> {
        let renew = |lease: &Lease| {
            self.with(lease.partition, |state, now| state.renew(*lease, now.saturating_add(ttl_ms)))
        };
        leases.iter().map(renew).collect()
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.with(lease.partition, |state, _| state.release(lease))
    }

    async fn owner(&self, partition: u32) -> Result<Option<String>, StoreError> {
        self.with(partition, |state, now| state.owner(now))
    }

    async fn owners(&self) -> Result<Vec<Option<String>>, StoreError> {
        self.each(|state, now| state.owner(now))
    }

    async fn commit(&self, lease: Lease, commits: Vec<Commit>) -> Result<Vec<Outcome>, StoreError> {
        self.with(lease.partition, |state, now| {
            commits.into_iter().map(|commit| state.commit(lease, commit, now)).collect()
        })
    }

    async fn load(&self, partition: u32, key: &[u8]) -> Result<Option<Record>, StoreError> {
        self.with(partition, |state, _| state.load(key))
    }

    async fn history(
        &self,
        partition: u32,
        key: &[u8],
        from: u64,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError> {
        self.with(partition, |state, _| state.history(key, from, limit))
    }

    async fn timers(&self, partition: u32, limit: usize) -> Result<Vec<(i64, Bytes)>, StoreError> {
        self.with(partition, |state, _| state.timers.iter().take(limit).cloned().collect())
    }

    async fn outbox(
        &self,
        partition: u32,
        after: Option<(Bytes, u64)>,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.with(partition, |state, _| state.outbox(after, limit))
    }

    async fn append_trigger(
        &self,
        partition: u32,
        id: u128,
        body: Bytes,
    ) -> Result<(), StoreError> {
        self.with(partition, |state, _| state.append_trigger(id, body))
    }

    async fn triggers(
        &self,
        partition: u32,
        limit: usize,
    ) -> Result<Vec<(u128, Bytes)>, StoreError> {
        self.with(partition, |state, _| state.triggers.iter().take(limit).cloned().collect())
    }

    async fn set_gate(&self, partition: u32, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        self.with(partition, |state, _| state.set_gate(index, gate))
    }

    async fn has_triggers(&self, partitions: &[u32]) -> Result<Vec<bool>, StoreError> {
        let waits = |partition: &u32| self.with(*partition, |state, _| !state.triggers.is_empty());
        partitions.iter().map(waits).collect()
    }

    async fn set_gates(&self, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        self.each(|state, _| state.set_gate(index, gate)).map(drop)
    }

    async fn open_count(&self, partition: u32, counter: &[u8]) -> Result<u64, StoreError> {
        self.with(partition, |state, _| state.listings.open_count(counter))
    }

    async fn open_total(&self, counter: &[u8]) -> Result<u64, StoreError> {
        Ok(self.each(|state, _| state.listings.open_count(counter))?.iter().sum())
    }

    async fn list(
        &self,
        partition: u32,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError> {
        self.with(partition, |state, _| state.listings.list(index, page))
    }

    async fn list_all(&self, index: &[u8], page: &ListPage) -> Result<Vec<Listed>, StoreError> {
        let mut listed = self.each(|state, _| state.listings.list(index, page))?.concat();
        listed.sort_by(|(a_ms, a_key, _), (b_ms, b_key, _)| (b_ms, a_key).cmp(&(a_ms, b_key)));
        listed.truncate(page.limit);
        Ok(listed)
    }
}
