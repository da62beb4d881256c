//! Queues of which a claim's answer was lost: the store may hold claims of theirs that this node
//! doesn't know of, until it has put them back.

use bytes::Bytes;
use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The queues, each by its own: putting back the claims of one says nothing about another.
#[derive(Default)]
pub(crate) struct LostClaims(Mutex<HashSet<Bytes>>);

/// A call whose answer is not there yet. Dropping it, as when whoever waited has gone, means that
/// the answer is lost.
pub(crate) struct Unanswered<'a> {
    lost: &'a LostClaims,
    /// None once the answer is there.
    queue: Option<Bytes>,
}

impl LostClaims {
    fn queues(&self) -> MutexGuard<'_, HashSet<Bytes>> {
        // The set is whole between any two statements.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be held while a claim is under way.
    pub(crate) fn unanswered(&self, queue: &Bytes) -> Unanswered<'_> {
        Unanswered { lost: self, queue: Some(queue.clone()) }
    }

    /// Whether answers of this queue were lost; they stay so unless what is given is answered.
    pub(crate) fn take(&self, queue: &Bytes) -> Option<Unanswered<'_>> {
        self.queues().remove(queue).then(|| self.unanswered(queue))
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
            self.lost.queues().insert(queue);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_stays_lost_until_its_own_claims_are_put_back() {
        let lost = LostClaims::default();
        let [one, other] = [Bytes::from_static(b"one"), Bytes::from_static(b"other")];
        lost.unanswered(&one).answered();
        assert!(lost.take(&one).is_none(), "the answer came");
        drop(lost.unanswered(&one));
        assert!(lost.take(&other).is_none(), "another queue");
        drop(lost.take(&one));
        let taken = lost.take(&one);
        assert!(taken.is_some(), "putting back failed the first time");
        if let Some(unanswered) = taken {
            unanswered.answered();
        }
        assert!(lost.take(&one).is_none());
    }
}
