//! Task queues in memory.

use super::queue::Queue;
use super::signal::Signal;
use crate::{QUEUE_TAGS, QueueTag};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Task queues of a store that serves one process.
pub struct MemoryQueues {
    queues: Mutex<HashMap<Bytes, Queue>>,
    signals: [Signal; QUEUE_TAGS as usize],
}

impl Default for MemoryQueues {
    fn default() -> Self {
        Self { queues: Mutex::default(), signals: std::array::from_fn(|_| Signal::default()) }
    }
}

impl MemoryQueues {
    pub(super) fn locked(&self) -> MutexGuard<'_, HashMap<Bytes, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn signal(&self, tag: QueueTag) -> &Signal {
        // Tags are below the number of signals, by their type.
        &self.signals[usize::from(tag.number())]
    }

    pub(super) fn wake(&self, queue: &[u8]) {
        self.signal(QueueTag::of(queue)).give(Bytes::copy_from_slice(queue));
    }
}
