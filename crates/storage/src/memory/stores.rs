//! The ports beside partitions, each handed to its part of the reference.

use super::MemoryStore;
use crate::{
    ControlOutcome, ControlStore, ControlWrite, Generation, NodeRecord, NodeStore, QueueStore,
    QueueTag, QueueTask, StoreError, Wake, WakeCursor,
};
use async_trait::async_trait;
use bytes::Bytes;

#[async_trait]
impl ControlStore for MemoryStore {
    async fn control_get(
        &self,
        group: &[u8],
        key: &[u8],
    ) -> Result<Option<(u64, Bytes)>, StoreError> {
        Ok(self.control().get(group, key))
    }

    async fn control_write(
        &self,
        group: &[u8],
        writes: Vec<ControlWrite>,
    ) -> Result<ControlOutcome, StoreError> {
        ControlWrite::check(&writes)?;
        Ok(self.control().write(group, writes))
    }

    async fn control_list(
        &self,
        group: &[u8],
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Bytes, u64, Bytes)>, StoreError> {
        Ok(self.control().list(group, prefix, after).take(limit).collect())
    }

    async fn control_count(&self, group: &[u8], prefix: &[u8]) -> Result<u64, StoreError> {
        Ok(self.control().list(group, prefix, None).count() as u64)
    }
}

#[async_trait]
impl NodeStore for MemoryStore {
    async fn node_renew(&self, node: &NodeRecord, ttl_ms: i64) -> Result<(), StoreError> {
        self.nodes.renew(node, (self.clock)().saturating_add(ttl_ms));
        Ok(())
    }

    async fn node_remove(&self, id: &str) -> Result<(), StoreError> {
        self.nodes.remove(id);
        Ok(())
    }

    async fn nodes_live(&self, role: &str) -> Result<Vec<NodeRecord>, StoreError> {
        Ok(self.nodes.live(role, (self.clock)()))
    }
}

#[async_trait]
impl QueueStore for MemoryStore {
    async fn queue_push(
        &self,
        queue: &[u8],
        tasks: &[QueueTask],
    ) -> Result<Generation, StoreError> {
        self.queues.queue_push(queue, tasks).await
    }

    async fn queue_claim(
        &self,
        queue: &[u8],
        node: &str,
        limit: usize,
    ) -> Result<Vec<QueueTask>, StoreError> {
        self.queues.queue_claim(queue, node, limit).await
    }

    async fn queue_finish(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        self.queues.queue_finish(queue, ids).await
    }

    async fn queue_give_back(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        self.queues.queue_give_back(queue, ids).await
    }

    async fn queue_generations(
        &self,
        queues: &[Bytes],
    ) -> Result<Vec<Option<Generation>>, StoreError> {
        self.queues.queue_generations(queues).await
    }

    async fn queue_reclaim(&self, queue: &[u8], live_nodes: &[String]) -> Result<u64, StoreError> {
        self.queues.queue_reclaim(queue, live_nodes).await
    }

    async fn queue_drop(&self, queue: &[u8]) -> Result<(), StoreError> {
        self.queues.queue_drop(queue).await
    }

    async fn queue_wake(&self, tag: QueueTag, after: WakeCursor) -> Result<Wake, StoreError> {
        self.queues.queue_wake(tag, after).await
    }
}
