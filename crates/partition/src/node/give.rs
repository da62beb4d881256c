//! Gives pending tasks to nodes that ask for them, and looks after what was given.

use super::{Node, PartitionNode};
use crate::direct::Delivered;
use crate::request::{Action, SubmitError};
use bytes::Bytes;
use prost::Message as _;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::internal::TaskRef;
use stepwell_ids::ExecutionArn;
use stepwell_storage::{QueueTask, StoreError};
use tokio::time::Instant;

/// How often it is looked after what is held and given.
const LOOK: Duration = Duration::from_millis(50);
/// How often it is looked whether the nodes live that have tasks.
const LOOK_AT_NODES: Duration = Duration::from_secs(2);
/// The role of the nodes that ask for tasks.
const DELIVERERS: &str = "activity";

impl PartitionNode {
    /// Gives the node `node` at most `limit` tasks that executions of this node have pending for
    /// the queue; waits a while for some. Whoever gets a task is to have it started, by
    /// [`Action::StartGiven`], and to [`settle`](Self::settle_tasks) it.
    ///
    /// # Errors
    /// The node gives none any more, since it is about to end.
    pub async fn take_tasks(
        &self,
        queue: &Bytes,
        node: &str,
        limit: usize,
    ) -> Result<Vec<QueueTask>, SubmitError> {
        let taken = self.0.shared.relay.direct.take(queue, node, limit).await;
        taken.map_err(|_| SubmitError::Unavailable("the node is about to end".to_owned()))
    }

    /// Has those who wait for tasks go away, and gives no more.
    pub fn stop_giving(&self) {
        self.0.shared.relay.direct.close();
    }

    /// Takes note of what became of tasks, by their ids: a worker has them, they are given back,
    /// or they were put into their queue. Those that are not known are passed over.
    pub fn settle_tasks(&self, done: &[Bytes], given_back: &[Bytes], queued: &[Bytes]) {
        let relay = &self.0.shared.relay;
        let back = relay.direct.settle(done, given_back, queued);
        back.into_iter().for_each(|task| relay.push(task));
    }
}

impl Node {
    /// Looks after what is held and given, until the node is stopped.
    pub(super) async fn look_after_given(node: Arc<Self>) {
        let relay = &node.shared.relay;
        let mut looked = Instant::now();
        loop {
            tokio::select! {
                biased;
                () = node.stop.cancelled() => return,
                () = relay.direct.busy() => {}
            }
            tokio::select! {
                biased;
                () = node.stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            relay.direct.overdue().into_iter().for_each(|task| relay.push(task));
            for delivered in relay.direct.delivered() {
                let retire = Self::retire_delivered(Arc::clone(&node), delivered);
                node.loops.spawn(retire);
            }
            if looked.elapsed() >= LOOK_AT_NODES {
                looked = Instant::now();
                if let Err(error) = node.take_from_the_dead().await {
                    tracing::warn!(%error, "the nodes that have tasks can't be looked up");
                }
            }
        }
    }

    /// Tasks of nodes that are gone are for the queues.
    async fn take_from_the_dead(&self) -> Result<(), StoreError> {
        let relay = &self.shared.relay;
        let mut nodes = relay.direct.slow_nodes();
        if nodes.is_empty() {
            return Ok(());
        }
        let live = self.store.nodes_live(DELIVERERS).await?;
        let live: BTreeSet<&str> = live.iter().map(|node| node.id.as_str()).collect();
        nodes.retain(|node| !live.contains(&**node));
        relay.direct.gone(&nodes).into_iter().for_each(|task| relay.push(task));
        Ok(())
    }

    /// A task that goes on after its delivery needs its entry no more. Where this fails, the entry
    /// goes with the task's end.
    async fn retire_delivered(node: Arc<Self>, delivered: Delivered) {
        let Delivered { partition, queue, id, body } = delivered;
        let Ok(task) = TaskRef::decode(body) else { return };
        let run_id = task.run_id.as_ref().try_into().map(u128::from_be_bytes);
        let (Ok(arn), Ok(run_id)) = (ExecutionArn::parse(&task.execution_arn), run_id) else {
            return;
        };
        let action = Action::Retire { run_id, entry: task.scheduled_event_id };
        let stop = node.stop.clone();
        let partitions = PartitionNode(node);
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            retired = partitions.submit(&arn, action) => if retired.is_ok() {
                partitions.0.shared.relay.delivered(partition, &queue, &id);
            }
        }
    }
}
