//! A store whose answers can be lost, and whose calls are counted.

use async_trait::async_trait;
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use stepwell_storage::*;
use tokio::sync::Semaphore;

/// What becomes of a write of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It takes effect, and the answer is lost.
    AnswerLost,
    /// It never arrives, and nobody knows.
    RequestLost,
    /// It is refused at once.
    Refused,
}

/// One node's way to the store.
pub(crate) struct Way<S: ?Sized> {
    /// What becomes of the next writes.
    faults: Mutex<VecDeque<Option<Fault>>>,
    /// Whether the store can't be reached at all.
    pub(crate) cut: AtomicBool,
    /// Each write takes one; none left makes it wait.
    pub(crate) writes: Semaphore,
    /// Each write that took effect takes one before its answer comes.
    pub(crate) answers: Semaphore,
    pub(crate) calls: Mutex<BTreeMap<&'static str, usize>>,
    pub(crate) store: Arc<S>,
}

impl<S: Store + ?Sized> Way<S> {
    pub(crate) fn new(store: Arc<S>) -> Arc<Self> {
        Arc::new(Self {
            faults: Mutex::default(),
            cut: AtomicBool::new(false),
            writes: Semaphore::new(1_000_000),
            answers: Semaphore::new(1_000_000),
            calls: Mutex::default(),
            store,
        })
    }

    /// After those that were told before, the next write has this fault; or none.
    pub(crate) fn next(&self, fault: impl Into<Option<Fault>>) {
        self.faults.lock().unwrap().push_back(fault.into());
    }

    fn count(&self, call: &'static str) {
        *self.calls.lock().unwrap().entry(call).or_default() += 1;
    }

    pub(crate) fn calls(&self) -> BTreeMap<&'static str, usize> {
        self.calls.lock().unwrap().clone()
    }

    fn pass(&self, call: &'static str) -> Result<&S, StoreError> {
        self.count(call);
        if self.cut.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("the way is cut".into()));
        }
        Ok(&self.store)
    }
}

#[async_trait]
impl<S: Store + ?Sized> PartitionStore for Way<S> {
    fn partitions(&self) -> u32 {
        self.store.partitions()
    }

    async fn now_ms(&self) -> Result<i64, StoreError> {
        self.pass("now_ms")?.now_ms().await
    }

    async fn acquire(
        &self,
        partition: u32,
        node: &str,
        fence: Fence,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        self.pass("acquire")?.acquire(partition, node, fence, ttl_ms).await
    }

    async fn renew(&self, leases: &[Lease], ttl_ms: i64) -> Result<Vec<bool>, StoreError> {
        self.pass("renew")?.renew(leases, ttl_ms).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.pass("release")?.release(lease).await
    }

    async fn owner(&self, partition: u32) -> Result<Option<String>, StoreError> {
        self.pass("owner")?.owner(partition).await
    }

    async fn owners(&self) -> Result<Vec<Option<String>>, StoreError> {
        self.pass("owners")?.owners().await
    }

    async fn commit(&self, lease: Lease, commits: Vec<Commit>) -> Result<Vec<Outcome>, StoreError> {
        // What is on its way arrives, whatever becomes of the way.
        let store = self.pass("commit asked")?;
        self.writes.acquire().await.unwrap().forget();
        self.count("commit");
        let fault = self.faults.lock().unwrap().pop_front().flatten();
        match fault {
            None => {
                let outcomes = store.commit(lease, commits).await;
                self.answers.acquire().await.unwrap().forget();
                outcomes
            }
            Some(Fault::Refused) => Err(StoreError::Unavailable("not now".into())),
            Some(Fault::RequestLost) => Err(StoreError::Unknown("the request was lost".into())),
            Some(Fault::AnswerLost) => {
                store.commit(lease, commits).await?;
                Err(StoreError::Unknown("the answer was lost".into()))
            }
        }
    }

    async fn load(&self, partition: u32, key: &[u8]) -> Result<Option<Record>, StoreError> {
        self.pass("load")?.load(partition, key).await
    }

    async fn history(
        &self,
        partition: u32,
        key: &[u8],
        from: u64,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError> {
        self.pass("history")?.history(partition, key, from, limit).await
    }

    async fn timers(&self, partition: u32, limit: usize) -> Result<Vec<(i64, Bytes)>, StoreError> {
        self.pass("timers")?.timers(partition, limit).await
    }

    async fn outbox(
        &self,
        partition: u32,
        after: Option<(Bytes, u64)>,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.pass("outbox")?.outbox(partition, after, limit).await
    }

    async fn append_trigger(
        &self,
        partition: u32,
        id: u128,
        body: Bytes,
    ) -> Result<(), StoreError> {
        self.pass("append_trigger")?.append_trigger(partition, id, body).await
    }

    async fn triggers(
        &self,
        partition: u32,
        limit: usize,
    ) -> Result<Vec<(u128, Bytes)>, StoreError> {
        self.pass("triggers")?.triggers(partition, limit).await
    }

    async fn has_triggers(&self, partitions: &[u32]) -> Result<Vec<bool>, StoreError> {
        self.pass("has_triggers")?.has_triggers(partitions).await
    }

    async fn set_gate(&self, partition: u32, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        self.pass("set_gate")?.set_gate(partition, index, gate).await
    }

    async fn set_gates(&self, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        self.pass("set_gates")?.set_gates(index, gate).await
    }

    async fn open_count(&self, partition: u32, counter: &[u8]) -> Result<u64, StoreError> {
        self.pass("open_count")?.open_count(partition, counter).await
    }

    async fn open_total(&self, counter: &[u8]) -> Result<u64, StoreError> {
        self.pass("open_total")?.open_total(counter).await
    }

    async fn list(
        &self,
        partition: u32,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError> {
        self.pass("list")?.list(partition, index, page).await
    }

    async fn list_all(&self, index: &[u8], page: &ListPage) -> Result<Vec<Listed>, StoreError> {
        self.pass("list_all")?.list_all(index, page).await
    }
}

#[async_trait]
impl<S: Store + ?Sized> ControlStore for Way<S> {
    async fn control_get(
        &self,
        group: &[u8],
        key: &[u8],
    ) -> Result<Option<(u64, Bytes)>, StoreError> {
        self.pass("control_get")?.control_get(group, key).await
    }

    async fn control_write(
        &self,
        group: &[u8],
        writes: Vec<ControlWrite>,
    ) -> Result<ControlOutcome, StoreError> {
        self.pass("control_write")?.control_write(group, writes).await
    }

    async fn control_list(
        &self,
        group: &[u8],
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Bytes, u64, Bytes)>, StoreError> {
        self.pass("control_list")?.control_list(group, prefix, after, limit).await
    }

    async fn control_count(&self, group: &[u8], prefix: &[u8]) -> Result<u64, StoreError> {
        self.pass("control_count")?.control_count(group, prefix).await
    }
}

#[async_trait]
impl<S: Store + ?Sized> NodeStore for Way<S> {
    async fn node_renew(&self, node: &NodeRecord, ttl_ms: i64) -> Result<(), StoreError> {
        self.pass("node_renew")?.node_renew(node, ttl_ms).await
    }

    async fn node_remove(&self, id: &str) -> Result<(), StoreError> {
        self.pass("node_remove")?.node_remove(id).await
    }

    async fn nodes_live(&self, role: &str) -> Result<Vec<NodeRecord>, StoreError> {
        self.pass("nodes_live")?.nodes_live(role).await
    }
}

#[async_trait]
impl<S: Store + ?Sized> QueueStore for Way<S> {
    async fn queue_push(
        &self,
        queue: &[u8],
        tasks: &[QueueTask],
    ) -> Result<Generation, StoreError> {
        self.pass("queue_push")?.queue_push(queue, tasks).await
    }

    async fn queue_claim(
        &self,
        queue: &[u8],
        node: &str,
        limit: usize,
    ) -> Result<Vec<QueueTask>, StoreError> {
        self.pass("queue_claim")?.queue_claim(queue, node, limit).await
    }

    async fn queue_finish(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        self.pass("queue_finish")?.queue_finish(queue, ids).await
    }

    async fn queue_give_back(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError> {
        self.pass("queue_give_back")?.queue_give_back(queue, ids).await
    }

    async fn queue_generations(
        &self,
        queues: &[Bytes],
    ) -> Result<Vec<Option<Generation>>, StoreError> {
        self.pass("queue_generations")?.queue_generations(queues).await
    }

    async fn queue_reclaim(&self, queue: &[u8], live_nodes: &[String]) -> Result<u64, StoreError> {
        self.pass("queue_reclaim")?.queue_reclaim(queue, live_nodes).await
    }

    async fn queue_drop(&self, queue: &[u8]) -> Result<(), StoreError> {
        self.pass("queue_drop")?.queue_drop(queue).await
    }

    async fn queue_wake(&self, tag: QueueTag, after: WakeCursor) -> Result<Wake, StoreError> {
        self.pass("queue_wake")?.queue_wake(tag, after).await
    }
}
