//! Queues of which a claim's answer was lost: the store may hold claims of theirs that this node
//! doesn't know of, until it has put them back. The claim itself may have been late: so they are
//! put back again and again, until it must have arrived.

use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a call may be on its way after its caller gave it up.
const ON_ITS_WAY: Duration = Duration::from_secs(30);

/// The queues, each by its own with the time of its last loss: putting back the claims of one says
/// nothing about another.
#[derive(Default)]
pub(crate) struct LostClaims(Mutex<BTreeMap<Bytes, Instant>>);

/// A call whose answer is not there yet. Dropping it, as when whoever waited has gone, means that
/// the answer is lost.
pub(crate) struct Unanswered<'a> {
    lost: &'a LostClaims,
    /// None once the answer is there.
    queue: Option<Bytes>,
}

impl LostClaims {
    fn queues(&self) -> MutexGuard<'_, BTreeMap<Bytes, Instant>> {
        // The map is whole between any two statements.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be held while a claim is under way.
    pub(crate) fn unanswered(&self, queue: &Bytes) -> Unanswered<'_> {
        Unanswered { lost: self, queue: Some(queue.clone()) }
    }

    /// The queues of which answers were lost.
    pub(crate) fn all(&self) -> Vec<Bytes> {
        self.queues().keys().cloned().collect()
    }

    /// Whether answers of this queue were lost.
    pub(crate) fn contains(&self, queue: &Bytes) -> bool {
        self.queues().contains_key(queue)
    }

    /// All claims of the queue that were there at `began` have been put back.
    pub(crate) fn put_back(&self, queue: &Bytes, began: Instant) {
        let mut queues = self.queues();
        if queues.get(queue).is_some_and(|lost| began.duration_since(*lost) > ON_ITS_WAY) {
            queues.remove(queue);
        }
    }
}

impl Unanswered<'_> {
    /// The answer is there.
    pub(crate) fn answered(mut self) {
        self.queue = None;
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            self.lost.queues().insert(queue, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_queue_stays_lost_until_its_own_claims_are_surely_put_back() {
        let lost = LostClaims::default();
        let [one, other] = [Bytes::from_static(b"one"), Bytes::from_static(b"other")];
        lost.unanswered(&one).answered();
        assert!(!lost.contains(&one), "the answer came");
        drop(lost.unanswered(&one));
        assert!(lost.contains(&one) && !lost.contains(&other), "another queue");
        lost.put_back(&one, Instant::now());
        assert!(lost.contains(&one), "the claim may come after it");
        tokio::time::advance(ON_ITS_WAY + Duration::from_millis(1)).await;
        lost.put_back(&other, Instant::now());
        assert!(lost.contains(&one), "another queue");
        lost.put_back(&one, Instant::now());
        assert!(!lost.contains(&one));
    }
}
