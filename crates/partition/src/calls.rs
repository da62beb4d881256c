//! What a node's partitions have to call other executions about.
//!
//! Invariant: a call that the outbox of an owned partition holds is in the channel, being made, or
//! of a partition whose outbox is about to be looked through.

use crate::nested::Call;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use tokio::sync::mpsc;

/// Calls that wait to be taken; further ones are read from the outbox later.
const CHANNEL: usize = 4_096;

/// A call, and the partition whose outbox holds it.
pub(crate) type Told = (u32, Call);

/// Of one node, shared by its partitions.
pub(crate) struct Calls {
    tell: mpsc::Sender<Told>,
    told: Mutex<Option<mpsc::Receiver<Told>>>,
    /// Partitions with calls that found no room.
    missed: Mutex<BTreeSet<u32>>,
}

impl Default for Calls {
    fn default() -> Self {
        let (tell, told) = mpsc::channel(CHANNEL);
        Self { tell, told: Mutex::new(Some(told)), missed: Mutex::default() }
    }
}

impl Calls {
    /// A call is in the outbox. The same may be told again.
    pub(crate) fn made(&self, partition: u32, call: Call) {
        if self.tell.try_send((partition, call)).is_err() {
            self.miss(partition);
        }
    }

    /// The outbox of the partition is to be looked through.
    pub(crate) fn miss(&self, partition: u32) {
        self.missed.lock().unwrap_or_else(PoisonError::into_inner).insert(partition);
    }

    /// The partitions whose outbox is to be looked through, which are no longer noted.
    pub(crate) fn take_missed(&self) -> BTreeSet<u32> {
        std::mem::take(&mut *self.missed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The calls to make; none where somebody makes them already.
    pub(crate) fn take(&self) -> Option<mpsc::Receiver<Told>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
