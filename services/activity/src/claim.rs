//! A task that was claimed from a queue or given by an owner, and is either handed over or put back.

use crate::delivery_id::DeliveryId;
use crate::entry::Entry;
use crate::settler::{Settlement, Settler};
use bytes::Bytes;
use std::sync::Arc;
use stepwell_api::internal::{StartedTask, TaskRef};
use stepwell_service_kit::Peer;

/// A task that this node has, of a queue or by its owner. Dropping it puts the task back; so
/// whatever path a task gets lost on, it is not lost.
pub(crate) struct Claim {
    pub(crate) queue: Bytes,
    pub(crate) entry: Box<Entry>,
    /// The delivery that the owner may have recorded.
    delivery: Option<DeliveryId>,
    /// Who gave it; none where it was claimed from the queue.
    giver: Option<Arc<Peer>>,
    settler: Option<Settler>,
}

impl Claim {
    pub(crate) fn new(queue: Bytes, entry: Entry, settler: Settler) -> Self {
        let (entry, settler) = (Box::new(entry), Some(settler));
        Self { queue, entry, delivery: None, giver: None, settler }
    }

    /// A task that its owner gave past the queue.
    pub(crate) fn given(queue: Bytes, task: TaskRef, giver: Arc<Peer>, settler: Settler) -> Self {
        let mut claim = Self::new(queue, Entry::of(task), settler);
        claim.giver = Some(giver);
        claim
    }

    /// Who gave it; none where it was claimed from the queue.
    pub(crate) fn giver(&self) -> Option<&Arc<Peer>> {
        self.giver.as_ref()
    }

    /// From here on the owner may have recorded the delivery.
    pub(crate) fn delivered_by(&mut self, delivery: DeliveryId) {
        self.delivery = Some(delivery);
    }

    /// Puts the entry back as it was, where it is still there.
    pub(crate) fn give_back(mut self) {
        self.settle(Settlement::GiveBack(self.entry.id.clone()));
    }

    /// Forgets the entry: it was handed over, or there is nothing to do any more.
    pub(crate) fn finish(mut self) {
        self.settle(Settlement::Finish(self.entry.id.clone()));
    }

    fn settle(&mut self, settlement: Settlement) {
        if let Some(settler) = self.settler.take() {
            settler.settle(&self.queue, self.giver.as_ref(), settlement);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.settler.is_none() {
            return;
        }
        let id = self.entry.id.clone();
        let settlement = match self.delivery {
            None => Settlement::GiveBack(id),
            Some(failed) => Settlement::Replace(id, self.entry.again(failed)),
        };
        self.settle(settlement);
    }
}

/// A started task on its way to a worker. Dropping it means that the delivery failed.
pub(crate) struct Delivery {
    pub(crate) task: StartedTask,
    claim: Claim,
}

impl Delivery {
    pub(crate) fn new(task: StartedTask, claim: Claim) -> Self {
        Self { task, claim }
    }

    /// The worker has it, as far as this node can know.
    pub(crate) fn arrived(self) {
        self.claim.finish();
    }
}
