//! Task queues in memory: those of every store that serves one process. They are empty after a
//! restart, which their owners see by the generations.

use super::queue::Queue;
use super::signal::Signal;
use crate::{
    Generation, QUEUE_TAGS, QueueStore, QueueTag, QueueTask, StoreError, Wake, WakeCursor,
};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Task queues of one process.
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
    fn locked(&self) -> MutexGuard<'_, HashMap<Bytes, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signal(&self, tag: QueueTag) -> &Signal {
        // Tags are below the number of signals, by their type.
        &self.signals[usize::from(tag.number())]
    }

    fn wake(&self, queue: &[u8]) {
        self.signal(QueueTag::of(queue)).give(Bytes::copy_from_slice(queue));
    }
}

#[async_trait]
impl QueueStore for MemoryQueues {
    async fn queue_push(
        &self,
        queue: &[u8],
        tasks: &[QueueTask],
    ) -> Result<Generation, StoreError> {
        let (generation, added) = {
            let mut queues = self.locked();
            if !queues.contains_key(queue) {
                queues.insert(Bytes::copy_from_slice(queue), Queue::new(rand::random()));
            }
            queues.get_mut(queue).map_or((0, false), |q| (q.generation, q.push(tasks)))
        };
        if added {
            self.wake(queue);
        }
        Ok(generation)
    }

    async fn queue_claim(
        &self,
        queue: &[u8],
        node: &str,
        limit: usize,
    ) -> Result<Vec<QueueTask>, StoreError> {
        Ok(self.locked().get_mut(queue).map_or_else(Vec::new, |queue| queue.claim(node, limit)))
    }

    async fn queue_finish(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        if let Some(queue) = self.locked().get_mut(queue) {
            queue.finish(ids);
        }
        Ok(())
    }

    async fn queue_give_back(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        let given = self.locked().get_mut(queue).map_or(0, |queue| queue.give_back(ids));
        if given > 0 {
            self.wake(queue);
        }
        Ok(())
    }

    async fn queue_generations(
        &self,
        queues: &[Bytes],
    ) -> Result<Vec<Option<Generation>>, StoreError> {
        let known = self.locked();
        Ok(queues.iter().map(|queue| Some(known.get(queue)?.generation)).collect())
    }

    async fn queue_reclaim(&self, queue: &[u8], live_nodes: &[String]) -> Result<u64, StoreError> {
        let given = self.locked().get_mut(queue).map_or(0, |queue| queue.reclaim(live_nodes));
        if given > 0 {
            self.wake(queue);
        }
        Ok(given)
    }

    async fn queue_drop(&self, queue: &[u8]) -> Result<(), StoreError> {
        if self.locked().remove(queue).is_some() {
            self.wake(queue);
        }
        Ok(())
    }

    async fn queue_wake(&self, tag: QueueTag, after: WakeCursor) -> Result<Wake, StoreError> {
        Ok(self.signal(tag).wait(after).await)
    }
}
