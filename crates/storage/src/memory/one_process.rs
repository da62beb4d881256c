//! Nodes and queues of a store that serves one process: in memory, since nodes mean nothing after
//! the process, and owners push again what waits when they see another generation of a queue. What
//! was claimed is told to the store's [`ClaimLog`](crate::ClaimLog).

use super::queue::Queue;
use super::{MemoryNodes, MemoryQueues};
use crate::{
    Generation, NodeRecord, NodeStore, QueueStore, QueueTag, QueueTask, StoreError, Wake,
    WakeCursor,
};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::HashMap;

/// A store of one process at a time: it gets its nodes and queues from memory.
pub trait OneProcess: Send + Sync {
    /// Its node records.
    fn nodes(&self) -> &MemoryNodes;

    /// Its task queues.
    fn queues(&self) -> &MemoryQueues;

    /// The store's clock, in milliseconds since 1970.
    fn process_now_ms(&self) -> i64;
}

#[async_trait]
impl<T: OneProcess + ?Sized> NodeStore for T {
    async fn node_renew(&self, node: &NodeRecord, ttl_ms: i64) -> Result<(), StoreError> {
        self.nodes().renew(node, self.process_now_ms().saturating_add(ttl_ms));
        Ok(())
    }

    async fn node_remove(&self, id: &str) -> Result<(), StoreError> {
        self.nodes().remove(id);
        Ok(())
    }

    async fn nodes_live(&self, role: &str) -> Result<Vec<NodeRecord>, StoreError> {
        Ok(self.nodes().live(role, self.process_now_ms()))
    }
}

#[async_trait]
impl<T: OneProcess + ?Sized> QueueStore for T {
    async fn queue_push(
        &self,
        queue: &[u8],
        tasks: &[QueueTask],
    ) -> Result<Generation, StoreError> {
        let (generation, added) = {
            let mut queues = self.queues().locked();
            let queue = made(&mut queues, queue);
            (queue.generation, queue.push(tasks))
        };
        if added {
            self.queues().wake(queue);
        }
        Ok(generation)
    }

    async fn queue_claim(
        &self,
        queue: &[u8],
        node: &str,
        limit: usize,
    ) -> Result<Vec<QueueTask>, StoreError> {
        let mut queues = self.queues().locked();
        let tasks = queues.get_mut(queue).map_or_else(Vec::new, |queue| queue.claim(node, limit));
        if !tasks.is_empty() {
            self.queues().claims.claimed(queue, &tasks);
        }
        Ok(tasks)
    }

    async fn queue_finish(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        let mut queues = self.queues().locked();
        if let Some(found) = queues.get_mut(queue) {
            found.finish(ids);
            self.queues().claims.finished(queue, ids);
        }
        Ok(())
    }

    async fn queue_replace(
        &self,
        queue: &[u8],
        replaced: &[(Bytes, QueueTask)],
    ) -> Result<(), StoreError> {
        let added = {
            let mut queues = self.queues().locked();
            let found = made(&mut queues, queue);
            let mut added = false;
            for (id, task) in replaced {
                added |= found.push(std::slice::from_ref(task));
                found.keep(&task.id);
                found.finish(std::slice::from_ref(id));
            }
            self.queues().claims.replaced(queue, replaced);
            added
        };
        if added {
            self.queues().wake(queue);
        }
        Ok(())
    }

    async fn queue_give_back(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        let given = self.queues().locked().get_mut(queue).map_or(0, |queue| queue.give_back(ids));
        if given > 0 {
            self.queues().wake(queue);
        }
        Ok(())
    }

    async fn queue_generations(
        &self,
        queues: &[Bytes],
    ) -> Result<Vec<Option<Generation>>, StoreError> {
        let known = self.queues().locked();
        Ok(queues.iter().map(|queue| Some(known.get(queue)?.generation)).collect())
    }

    async fn queue_reclaim(&self, queue: &[u8], live_nodes: &[String]) -> Result<u64, StoreError> {
        let given =
            self.queues().locked().get_mut(queue).map_or(0, |queue| queue.reclaim(live_nodes));
        if given > 0 {
            self.queues().wake(queue);
        }
        Ok(given)
    }

    async fn queue_drop(&self, queue: &[u8]) -> Result<(), StoreError> {
        let dropped = {
            let mut queues = self.queues().locked();
            let dropped = queues.remove(queue).is_some();
            if dropped {
                self.queues().claims.dropped(queue);
            }
            dropped
        };
        if dropped {
            self.queues().wake(queue);
        }
        Ok(())
    }

    async fn queue_wake(&self, tag: QueueTag, after: WakeCursor) -> Result<Wake, StoreError> {
        Ok(self.queues().signal(tag).wait(after).await)
    }
}

/// The queue, made where it is missing.
fn made<'a>(queues: &'a mut HashMap<Bytes, Queue>, name: &[u8]) -> &'a mut Queue {
    let name = Bytes::copy_from_slice(name);
    queues.entry(name).or_insert_with(|| Queue::new(rand::random()))
}
