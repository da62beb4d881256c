//! What this process knows of the leases it acquired: in which life of the server, and the highest
//! epoch that it saw.
//!
//! A server that failed over, or came back from its disk, may have lost what it acknowledged:
//! then an owner's caches are ahead of it, and it may hand out an epoch a second time. So a lease
//! counts only in the life in which it was acquired, and the next is asked for above all epochs
//! that were seen.

use std::sync::{Mutex, MutexGuard, PoisonError};
use stepwell_storage::Lease;

/// Of all partitions.
#[derive(Debug)]
pub(crate) struct Leases(Mutex<Vec<Known>>);

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    highest: u64,
    /// The last lease, and the life of the server in which it was acquired.
    last: Option<(Lease, u128)>,
}

impl Leases {
    pub(crate) fn new(partitions: u32) -> Self {
        Self(Mutex::new(vec![Known::default(); partitions as usize]))
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Known>> {
        // No statement under the lock leaves the table half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn acquired(&self, lease: Lease, incarnation: u128) {
        if let Some(known) = self.locked().get_mut(lease.partition as usize) {
            known.highest = known.highest.max(lease.epoch);
            known.last = Some((lease, incarnation));
        }
    }

    /// The highest epoch that was seen.
    pub(crate) fn highest(&self, partition: u32) -> u64 {
        self.locked().get(partition as usize).map_or(0, |known| known.highest)
    }

    /// In which life of the server the lease was acquired; none where this process did not.
    pub(crate) fn incarnation(&self, lease: Lease) -> Option<u128> {
        let (last, incarnation) = self.locked().get(lease.partition as usize)?.last?;
        (last == lease).then_some(incarnation)
    }

    /// In which life of the server the partition's last lease was acquired here.
    pub(crate) fn last_incarnation(&self, partition: u32) -> Option<u128> {
        let (_, incarnation) = self.locked().get(partition as usize)?.last?;
        Some(incarnation)
    }
}
