//! Leases: what fences writes is in the database, and who may acquire next is in memory, since a
//! lease means nothing after its process. So renewals cost no sync, and go on when the disk is full.

use crate::writer::Transaction;
use rusqlite::{Result, params};
use std::sync::{Mutex, MutexGuard, PoisonError};
use stepwell_storage::{Fence, Lease};

/// The newest lease of each partition that this process acquired and did not release.
///
/// A transaction that fails after [`acquire`] leaves a lease here that nobody has; it expires.
pub(crate) struct Leases(Mutex<Vec<Option<Held>>>);

struct Held {
    lease: Lease,
    node: String,
    until_ms: i64,
}

impl Leases {
    pub(crate) fn new(partitions: u32) -> Self {
        Self(Mutex::new((0..partitions).map(|_| None).collect()))
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Option<Held>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The node that holds a live lease of the partition.
    pub(crate) fn owner(&self, partition: u32, now_ms: i64) -> Option<String> {
        self.locked().get(partition as usize).and_then(|held| live(held, now_ms))
    }

    /// The same of every partition.
    pub(crate) fn owners(&self, now_ms: i64) -> Vec<Option<String>> {
        self.locked().iter().map(|held| live(held, now_ms)).collect()
    }

    /// See [`stepwell_storage::PartitionStore::renew`].
    pub(crate) fn renew(&self, leases: &[Lease], until_ms: i64) -> Vec<bool> {
        let mut all = self.locked();
        let mut renew = |lease: &Lease| {
            let held = all.get_mut(lease.partition as usize).and_then(Option::as_mut);
            let held = held.filter(|held| held.lease == *lease);
            held.map(|held| held.until_ms = until_ms).is_some()
        };
        leases.iter().map(&mut renew).collect()
    }

    /// Whether there is a live lease of the partition with another fence. One with this fence was
    /// acquired by a transaction that was taken back and is being made again.
    fn held_by_other(&self, partition: u32, fence: Fence, now_ms: i64) -> bool {
        let all = self.locked();
        let held = all.get(partition as usize).and_then(Option::as_ref);
        held.is_some_and(|held| held.until_ms > now_ms && held.lease.fence != fence)
    }

    fn set(&self, partition: u32, held: Option<Held>) {
        if let Some(place) = self.locked().get_mut(partition as usize) {
            *place = held;
        }
    }
}

fn live(held: &Option<Held>, now_ms: i64) -> Option<String> {
    held.as_ref().filter(|held| held.until_ms > now_ms).map(|held| held.node.clone())
}

pub(crate) fn acquire(
    transaction: &Transaction<'_>,
    leases: &Leases,
    partition: u32,
    node: &str,
    fence: Fence,
    ttl_ms: i64,
) -> Result<Option<Lease>> {
    let now_ms = transaction.now_ms;
    if leases.held_by_other(partition, fence, now_ms) {
        return Ok(None);
    }
    let epoch = transaction
        .connection
        .prepare_cached(
            "INSERT INTO lease VALUES (?1, 1, ?2)
             ON CONFLICT DO UPDATE SET epoch = epoch + 1, fence = ?2 RETURNING epoch",
        )?
        .query_row(params![partition, fence.to_be_bytes()], |row| row.get(0))?;
    let (lease, node) = (Lease { partition, epoch, fence }, node.to_owned());
    leases.set(partition, Some(Held { lease, node, until_ms: now_ms.saturating_add(ttl_ms) }));
    Ok(Some(lease))
}

pub(crate) fn release(transaction: &Transaction<'_>, leases: &Leases, lease: Lease) -> Result<()> {
    let released = transaction
        .connection
        .prepare_cached(
            "UPDATE lease SET fence = NULL WHERE partition = ?1 AND epoch = ?2 AND fence = ?3",
        )?
        .execute(params![lease.partition, lease.epoch, lease.fence.to_be_bytes()])?;
    if released == 1 {
        leases.set(lease.partition, None);
    }
    Ok(())
}
