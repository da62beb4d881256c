//! A process's way to the store, on which calls are delayed, refused, lost and doubled.

use super::Audit;
use crate::faults::{Fate, Faults};
use crate::link::{Condition, Link};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use stepwell_storage::*;
use tokio::time::sleep;

/// See the module.
pub(crate) struct Way {
    audit: Arc<Audit>,
    link: Arc<Link>,
    faults: Arc<Faults>,
}

impl Way {
    pub(crate) fn new(audit: Arc<Audit>, link: Arc<Link>, faults: Arc<Faults>) -> Self {
        Self { audit, link, faults }
    }

    async fn read<T>(
        &self,
        effect: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.link.runs().await;
        self.faults.travel().await;
        if self.link.condition() == Condition::Cut {
            sleep(Duration::from_millis(100)).await;
            return Err(StoreError::Unavailable("the way is cut".into()));
        }
        if self.faults.refuses() {
            return Err(StoreError::Unavailable("not now".into()));
        }
        self.link.runs().await;
        let answer = effect.await;
        self.faults.travel().await;
        self.link.runs().await;
        answer
    }

    async fn write<T: Send + 'static>(
        &self,
        effect: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.link.runs().await;
        self.faults.travel().await;
        let fate = match self.link.condition() {
            Condition::Cut if self.faults.coin() => Fate::RequestLost,
            Condition::Cut => Fate::Refused,
            _ => self.faults.of_write(),
        };
        self.link.runs().await;
        tracing::debug!(
            id = self.link.id,
            ?fate,
            call = std::any::type_name_of_val(&effect),
            "writes"
        );
        let answer = match fate {
            Fate::Done => effect.await,
            Fate::Refused => return Err(StoreError::Unavailable("not now".into())),
            Fate::RequestLost => Err(StoreError::Unknown("the request was lost".into())),
            Fate::AnswerLost => {
                drop(effect.await);
                Err(StoreError::Unknown("the answer was lost".into()))
            }
            Fate::Late(after) => {
                tokio::spawn(async move {
                    sleep(after).await;
                    drop(effect.await);
                });
                Err(StoreError::Unknown("the answer did not come".into()))
            }
        };
        self.faults.travel().await;
        self.link.runs().await;
        answer
    }

    /// Has what a message does happen a second time, now and then.
    fn again<T>(&self, effect: impl Future<Output = Result<T, StoreError>> + Send + 'static) {
        if let Some(after) = self.faults.again() {
            tokio::spawn(async move {
                sleep(after).await;
                drop(effect.await);
            });
        }
    }
}

#[async_trait]
impl PartitionStore for Way {
    fn partitions(&self) -> u32 {
        self.audit.memory.partitions()
    }

    async fn now_ms(&self) -> Result<i64, StoreError> {
        Ok(self.read(self.audit.memory.now_ms()).await? + self.link.skew_ms)
    }

    async fn acquire(
        &self,
        partition: u32,
        node: &str,
        fence: Fence,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        let (audit, node) = (Arc::clone(&self.audit), node.to_owned());
        self.write(async move { audit.acquire(partition, &node, fence, ttl_ms).await }).await
    }

    async fn renew(&self, leases: &[Lease], ttl_ms: i64) -> Result<Vec<bool>, StoreError> {
        let (audit, leases) = (Arc::clone(&self.audit), leases.to_vec());
        self.write(async move { audit.memory.renew(&leases, ttl_ms).await }).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let audit = Arc::clone(&self.audit);
        self.write(async move { audit.release(lease).await }).await
    }

    async fn owner(&self, partition: u32) -> Result<Option<String>, StoreError> {
        self.read(self.audit.memory.owner(partition)).await
    }

    async fn owners(&self) -> Result<Vec<Option<String>>, StoreError> {
        self.read(self.audit.memory.owners()).await
    }

    async fn commit(&self, lease: Lease, commits: Vec<Commit>) -> Result<Vec<Outcome>, StoreError> {
        let audit = Arc::clone(&self.audit);
        let mut outcomes = self.write(async move { audit.commit(lease, commits).await }).await?;
        for outcome in &mut outcomes {
            if let Outcome::Committed { now_ms } = outcome {
                *now_ms += self.link.skew_ms;
            }
        }
        Ok(outcomes)
    }

    async fn load(&self, partition: u32, key: &[u8]) -> Result<Option<Record>, StoreError> {
        self.read(self.audit.memory.load(partition, key)).await
    }

    async fn history(
        &self,
        partition: u32,
        key: &[u8],
        from: u64,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError> {
        self.read(self.audit.memory.history(partition, key, from, limit)).await
    }

    async fn timers(&self, partition: u32, limit: usize) -> Result<Vec<(i64, Bytes)>, StoreError> {
        self.read(self.audit.memory.timers(partition, limit)).await
    }

    async fn outbox(
        &self,
        partition: u32,
        after: Option<(Bytes, u64)>,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.read(self.audit.memory.outbox(partition, after, limit)).await
    }

    async fn append_trigger(
        &self,
        partition: u32,
        id: u128,
        body: Bytes,
    ) -> Result<(), StoreError> {
        let append = || {
            let (audit, body) = (Arc::clone(&self.audit), body.clone());
            async move { audit.append_trigger(partition, id, body).await }
        };
        self.again(append());
        self.write(append()).await
    }

    async fn triggers(
        &self,
        partition: u32,
        limit: usize,
    ) -> Result<Vec<(u128, Bytes)>, StoreError> {
        self.read(self.audit.memory.triggers(partition, limit)).await
    }

    async fn has_triggers(&self, partitions: &[u32]) -> Result<Vec<bool>, StoreError> {
        self.read(self.audit.memory.has_triggers(partitions)).await
    }

    async fn set_gate(&self, partition: u32, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        self.read(self.audit.memory.set_gate(partition, index, gate)).await
    }

    async fn set_gates(&self, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        self.read(self.audit.memory.set_gates(index, gate)).await
    }

    async fn open_count(&self, partition: u32, counter: &[u8]) -> Result<u64, StoreError> {
        self.read(self.audit.memory.open_count(partition, counter)).await
    }

    async fn open_total(&self, counter: &[u8]) -> Result<u64, StoreError> {
        self.read(self.audit.memory.open_total(counter)).await
    }

    async fn list(
        &self,
        partition: u32,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError> {
        self.read(self.audit.memory.list(partition, index, page)).await
    }

    async fn list_all(&self, index: &[u8], page: &ListPage) -> Result<Vec<Listed>, StoreError> {
        self.read(self.audit.memory.list_all(index, page)).await
    }
}

#[async_trait]
impl ControlStore for Way {
    async fn control_get(
        &self,
        group: &[u8],
        key: &[u8],
    ) -> Result<Option<(u64, Bytes)>, StoreError> {
        self.read(self.audit.memory.control_get(group, key)).await
    }

    async fn control_write(
        &self,
        group: &[u8],
        writes: Vec<ControlWrite>,
    ) -> Result<ControlOutcome, StoreError> {
        let (audit, group) = (Arc::clone(&self.audit), group.to_vec());
        self.write(async move { audit.memory.control_write(&group, writes).await }).await
    }

    async fn control_list(
        &self,
        group: &[u8],
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Bytes, u64, Bytes)>, StoreError> {
        self.read(self.audit.memory.control_list(group, prefix, after, limit)).await
    }

    async fn control_count(&self, group: &[u8], prefix: &[u8]) -> Result<u64, StoreError> {
        self.read(self.audit.memory.control_count(group, prefix)).await
    }
}

#[async_trait]
impl NodeStore for Way {
    async fn node_renew(&self, node: &NodeRecord, ttl_ms: i64) -> Result<(), StoreError> {
        let (audit, node) = (Arc::clone(&self.audit), node.clone());
        self.write(async move { audit.memory.node_renew(&node, ttl_ms).await }).await
    }

    async fn node_remove(&self, id: &str) -> Result<(), StoreError> {
        let (audit, id) = (Arc::clone(&self.audit), id.to_owned());
        self.write(async move { audit.memory.node_remove(&id).await }).await
    }

    async fn nodes_live(&self, role: &str) -> Result<Vec<NodeRecord>, StoreError> {
        self.read(self.audit.memory.nodes_live(role)).await
    }
}

#[async_trait]
impl QueueStore for Way {
    async fn queue_push(
        &self,
        queue: &[u8],
        tasks: &[QueueTask],
    ) -> Result<Generation, StoreError> {
        let push = || {
            let audit = Arc::clone(&self.audit);
            let (queue, tasks) = (queue.to_vec(), tasks.to_vec());
            async move { audit.memory.queue_push(&queue, &tasks).await }
        };
        self.again(push());
        self.write(push()).await
    }

    async fn queue_claim(
        &self,
        queue: &[u8],
        node: &str,
        limit: usize,
    ) -> Result<Vec<QueueTask>, StoreError> {
        let audit = Arc::clone(&self.audit);
        let (queue, node) = (queue.to_vec(), node.to_owned());
        self.write(async move { audit.memory.queue_claim(&queue, &node, limit).await }).await
    }

    async fn queue_finish(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        let audit = Arc::clone(&self.audit);
        let (queue, ids) = (queue.to_vec(), ids.to_vec());
        self.write(async move { audit.memory.queue_finish(&queue, &ids).await }).await
    }

    async fn queue_replace(
        &self,
        queue: &[u8],
        replaced: &[(Bytes, QueueTask)],
    ) -> Result<(), StoreError> {
        let audit = Arc::clone(&self.audit);
        let (queue, replaced) = (queue.to_vec(), replaced.to_vec());
        self.write(async move { audit.memory.queue_replace(&queue, &replaced).await }).await
    }

    async fn queue_give_back(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        let audit = Arc::clone(&self.audit);
        let (queue, ids) = (queue.to_vec(), ids.to_vec());
        self.write(async move { audit.memory.queue_give_back(&queue, &ids).await }).await
    }

    async fn queue_generations(
        &self,
        queues: &[Bytes],
    ) -> Result<Vec<Option<Generation>>, StoreError> {
        self.read(self.audit.memory.queue_generations(queues)).await
    }

    async fn queue_reclaim(&self, queue: &[u8], live_nodes: &[String]) -> Result<u64, StoreError> {
        let audit = Arc::clone(&self.audit);
        let (queue, live) = (queue.to_vec(), live_nodes.to_vec());
        self.write(async move { audit.memory.queue_reclaim(&queue, &live).await }).await
    }

    async fn queue_drop(&self, queue: &[u8]) -> Result<(), StoreError> {
        let audit = Arc::clone(&self.audit);
        let queue = queue.to_vec();
        self.write(async move { audit.memory.queue_drop(&queue).await }).await
    }

    async fn queue_wake(&self, tag: QueueTag, after: WakeCursor) -> Result<Wake, StoreError> {
        self.read(self.audit.memory.queue_wake(tag, after)).await
    }
}
