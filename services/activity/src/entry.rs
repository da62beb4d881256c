//! Queue entries: a task, and the deliveries of it that failed.
//!
//! The owner queues a task under its nonce. A task that comes back after a delivery which may
//! have been recorded is queued under the nonce followed by the ids of those deliveries, newest
//! last: so that whoever takes it can name the one that the owner knows, and so that nothing is
//! lost between putting the new entry and forgetting the old one.

use crate::delivery_id::DeliveryId;
use bytes::Bytes;
use prost::Message as _;
use stepwell_api::internal::TaskRef;
use stepwell_storage::QueueTask;

/// Bytes of a nonce.
const NONCE: usize = 16;
/// How many failed deliveries an entry remembers; the oldest are forgotten first.
const MEMORY: usize = 16;

/// An entry as it was claimed.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: Bytes,
    pub(crate) task: TaskRef,
    /// Deliveries that failed, newest last.
    pub(crate) failed: Vec<DeliveryId>,
}

impl Entry {
    /// A task as its owner queues it.
    pub(crate) fn of(task: TaskRef) -> Self {
        Self { id: task.nonce.clone(), task, failed: Vec::new() }
    }

    /// What a queue gave; none where this is no entry of ours.
    pub(crate) fn read(queued: &QueueTask) -> Option<Self> {
        let failed = queued.id.get(NONCE..)?;
        let failed: Option<Vec<_>> =
            failed.chunks(DeliveryId::BYTES).map(DeliveryId::read).collect();
        let task = TaskRef::decode(queued.body.clone()).ok()?;
        Some(Self { id: queued.id.clone(), task, failed: failed? })
    }

    /// The entry that takes the place of this one after another failed delivery.
    pub(crate) fn again(&self, failed: DeliveryId) -> QueueTask {
        let known = self.failed.iter().filter(|known| **known != failed);
        let mut all: Vec<_> = known.copied().chain([failed]).collect();
        all.drain(..all.len().saturating_sub(MEMORY));
        let mut id = self.id.get(..NONCE).unwrap_or_default().to_vec();
        all.iter().for_each(|delivery| id.extend(delivery.bytes()));
        QueueTask { id: id.into(), body: self.task.encode_to_vec().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery_id::NodeTag;

    #[test]
    fn failed_deliveries_are_remembered_up_to_a_bound() {
        let nonce = Bytes::from_static(&[7; NONCE]);
        let task = TaskRef { nonce: nonce.clone(), attempt: 3, ..TaskRef::default() };
        let queued = QueueTask { id: nonce, body: task.encode_to_vec().into() };
        let mut entry = Entry::read(&queued).unwrap();
        assert_eq!((&entry.task, entry.failed.len()), (&task, 0));
        let mut deliveries = Vec::new();
        for number in 0..=MEMORY as u64 {
            deliveries.push(DeliveryId::new(NodeTag::of("n"), number));
            entry = Entry::read(&entry.again(deliveries[deliveries.len() - 1])).unwrap();
        }
        assert_eq!((&entry.task, &entry.failed[..]), (&task, &deliveries[1..]));
        assert_eq!(entry.again(deliveries[MEMORY]).id, entry.id, "named once");
    }

    #[test]
    fn what_is_no_entry_is_told_apart() {
        for (id, body) in [(&[1; 15][..], &b""[..]), (&[1; 17], b""), (&[1; 16], b"\xff")] {
            let queued = QueueTask { id: Bytes::copy_from_slice(id), body: Bytes::from(body) };
            assert!(Entry::read(&queued).is_none(), "{id:?}");
        }
    }
}
