//! A partition that this node owns, as the rest of the node sees it.

use crate::cache::Cache;
use crate::work::Work;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use stepwell_storage::Lease;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// What a lease must still be good for where memory answers instead of the store.
pub(crate) const MARGIN: Duration = Duration::from_millis(500);

/// What a partition's actor is told.
#[derive(Debug)]
pub(crate) enum Message {
    Work(Box<Work>),
    /// The trigger stream has entries.
    ReadTriggers,
}

/// The handle of a partition's actor. It is made with a lease and goes with it.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) lease: Lease,
    pub(crate) tell: mpsc::Sender<Message>,
    /// Asks the actor to finish what it has and to end.
    pub(crate) stop: CancellationToken,
    cache: Mutex<Cache>,
    /// Until when no other node can have acquired the partition, by this node's own clock.
    valid_until: Mutex<Instant>,
}

impl Slot {
    pub(crate) fn new(
        lease: Lease,
        valid_until: Instant,
        cache: Cache,
        tell: mpsc::Sender<Message>,
    ) -> Self {
        Self {
            lease,
            tell,
            stop: CancellationToken::new(),
            cache: Mutex::new(cache),
            valid_until: Mutex::new(valid_until),
        }
    }

    /// The lease was renewed.
    pub(crate) fn extend(&self, valid_until: Instant) {
        *lock(&self.valid_until) = valid_until;
    }

    /// Whether what the cache holds is what the store holds.
    pub(crate) fn is_valid(&self) -> bool {
        Instant::now() + MARGIN < *lock(&self.valid_until)
    }

    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        lock(&self.cache)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What the locks guard is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
