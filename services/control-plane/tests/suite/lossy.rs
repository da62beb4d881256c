//! A store whose answers to writes of control records can be lost.

use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use stepwell_storage::*;
use tonic::async_trait;

/// What becomes of a write that is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It took effect.
    Answer,
    /// It never arrived.
    Request,
}

pub(crate) struct Lossy {
    store: Arc<MemoryStore>,
    /// What becomes of the next writes.
    pub(crate) losses: Mutex<VecDeque<Lost>>,
}

impl Lossy {
    pub(crate) fn new(store: Arc<MemoryStore>) -> Self {
        Self { store, losses: Mutex::default() }
    }
}

/// Passes calls of a port on, besides those that are written out.
macro_rules! pass {
    ($port:ident $($call:ident($($name:ident: $type:ty),*) -> $answer:ty;)* ; $($own:tt)*) => {
        #[async_trait]
        impl $port for Lossy {
            $($own)*

            $(async fn $call(&self, $($name: $type),*) -> Result<$answer, StoreError> {
                self.store.$call($($name),*).await
            })*
        }
    };
}

pass! {
    ControlStore
    control_get(group: &[u8], key: &[u8]) -> Option<(u64, Bytes)>;
    control_list(group: &[u8], prefix: &[u8], after: Option<&[u8]>, limit: usize)
        -> Vec<(Bytes, u64, Bytes)>;
    control_count(group: &[u8], prefix: &[u8]) -> u64;
    ;
    async fn control_write(
        &self,
        group: &[u8],
        writes: Vec<ControlWrite>,
    ) -> Result<ControlOutcome, StoreError> {
        let lost = self.losses.lock().unwrap().pop_front();
        if lost != Some(Lost::Request) {
            let outcome = self.store.control_write(group, writes).await;
            if lost.is_none() {
                return outcome;
            }
        }
        Err(StoreError::Unknown("the connection broke".into()))
    }
}

pass! {
    NodeStore
    node_renew(node: &NodeRecord, ttl_ms: i64) -> ();
    node_remove(id: &str) -> ();
    nodes_live(role: &str) -> Vec<NodeRecord>;
    ;
}

pass! {
    QueueStore
    queue_push(queue: &[u8], tasks: &[QueueTask]) -> Generation;
    queue_claim(queue: &[u8], node: &str, limit: usize) -> Vec<QueueTask>;
    queue_finish(queue: &[u8], ids: &[Bytes]) -> ();
    queue_give_back(queue: &[u8], ids: &[Bytes]) -> ();
    queue_generations(queues: &[Bytes]) -> Vec<Option<Generation>>;
    queue_reclaim(queue: &[u8], live_nodes: &[String]) -> u64;
    queue_drop(queue: &[u8]) -> ();
    queue_wake(tag: QueueTag, after: WakeCursor) -> Wake;
    ;
}

pass! {
    PartitionStore
    now_ms() -> i64;
    acquire(partition: u32, node: &str, fence: Fence, ttl_ms: i64) -> Option<Lease>;
    renew(leases: &[Lease], ttl_ms: i64) -> Vec<bool>;
    release(lease: Lease) -> ();
    owner(partition: u32) -> Option<String>;
    owners() -> Vec<Option<String>>;
    commit(lease: Lease, commits: Vec<Commit>) -> Vec<Outcome>;
    load(partition: u32, key: &[u8]) -> Option<Record>;
    history(partition: u32, key: &[u8], from: u64, limit: usize) -> Vec<Bytes>;
    timers(partition: u32, limit: usize) -> Vec<(i64, Bytes)>;
    outbox(partition: u32, after: Option<(Bytes, u64)>, limit: usize) -> Vec<OutboxEntry>;
    append_trigger(partition: u32, id: u128, body: Bytes) -> ();
    triggers(partition: u32, limit: usize) -> Vec<(u128, Bytes)>;
    has_triggers(partitions: &[u32]) -> Vec<bool>;
    set_gate(partition: u32, index: &[u8], gate: Gate) -> ();
    set_gates(index: &[u8], gate: Gate) -> ();
    open_count(partition: u32, counter: &[u8]) -> u64;
    open_total(counter: &[u8]) -> u64;
    list(partition: u32, index: &[u8], page: &ListPage) -> Vec<Listed>;
    list_all(index: &[u8], page: &ListPage) -> Vec<Listed>;
    ;
    fn partitions(&self) -> u32 {
        self.store.partitions()
    }
}
