//! Task queues in memory.

use super::queue::Queue;
use super::signal::Signal;
use crate::{ClaimLog, QUEUE_TAGS, QueueTag, QueueTask};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Task queues of a store that serves one process.
pub struct MemoryQueues {
    queues: Mutex<HashMap<Bytes, Queue>>,
    signals: [Signal; QUEUE_TAGS as usize],
    pub(super) claims: Arc<dyn ClaimLog>,
}

impl Default for MemoryQueues {
    fn default() -> Self {
        Self::new(Arc::new(()), [])
    }
}

impl MemoryQueues {
    /// Queues that tell `claims` of their claimed tasks. Those that an earlier process left, each
    /// with its queue, wait again: its nodes are gone.
    pub fn new(
        claims: Arc<dyn ClaimLog>,
        left: impl IntoIterator<Item = (Bytes, QueueTask)>,
    ) -> Self {
        let mut queues = HashMap::new();
        for (name, task) in left {
            let queue = queues.entry(name).or_insert_with(|| Queue::new(rand::random()));
            queue.push(&[task]);
        }
        let signals = std::array::from_fn(|_| Signal::default());
        Self { queues: Mutex::new(queues), signals, claims }
    }

    /// What the failover of a store may do to a queue: the tasks that were never claimed are lost,
    /// and the generation with them.
    pub fn lose_hints(&self, queue: &[u8]) {
        if let Some(queue) = self.locked().get_mut(queue) {
            queue.lose_hints(rand::random());
        }
    }

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
