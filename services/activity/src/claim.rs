//! A claimed task, which is either handed over or put back.

use crate::delivery_id::DeliveryId;
use crate::entry::Entry;
use crate::settler::{Settlement, Settler};
use bytes::Bytes;
use stepwell_api::internal::StartedTask;

/// A task that this node has claimed from a queue. Dropping it puts the task back; so whatever
/// path a task gets lost on, it is not lost.
pub(crate) struct Claim {
    pub(crate) queue: Bytes,
    pub(crate) entry: Box<Entry>,
    /// The delivery that the owner may have recorded.
    delivery: Option<DeliveryId>,
    settler: Option<Settler>,
}

impl Claim {
    pub(crate) fn new(queue: Bytes, entry: Entry, settler: Settler) -> Self {
        Self { queue, entry: Box::new(entry), delivery: None, settler: Some(settler) }
    }

    /// From here on the owner may have recorded the delivery.
    pub(crate) fn delivered_by(&mut self, delivery: DeliveryId) {
        self.delivery = Some(delivery);
    }

    /// Puts the entry back as it was, where it is still there.
    pub(crate) fn give_back(mut self) {
        if let Some(settler) = self.settler.take() {
            settler.settle(&self.queue, Settlement::GiveBack(self.entry.id.clone()));
        }
    }

    /// Forgets the entry: it was handed over, or there is nothing to do any more.
    pub(crate) fn finish(mut self) {
        if let Some(settler) = self.settler.take() {
            settler.settle(&self.queue, Settlement::Finish(self.entry.id.clone()));
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let Some(settler) = self.settler.take() else { return };
        let id = self.entry.id.clone();
        let settlement = match self.delivery {
            None => Settlement::GiveBack(id),
            Some(failed) => Settlement::Replace(id, self.entry.again(failed)),
        };
        settler.settle(&self.queue, settlement);
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
