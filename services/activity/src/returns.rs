//! Tells owners what became of the tasks that they gave.
//!
//! An owner that does not hear of it looks after the task all the same: it gives what is not started
//! to the queue, and what this node has to others when this node is gone. So telling is given up
//! after a few tries.

use crate::settler::{Settled, Settlement};
use bytes::Bytes;
use futures::future::join_all;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::internal::SettleTasksRequest;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_service_kit::{Drain, Peer};
use stepwell_storage::{QueueTask, Store};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};

/// How many are taken at once.
const BATCH: usize = 256;
/// How long others may join the first: most tasks end before their owner has to know.
const GATHER: Duration = Duration::from_millis(5);
/// How long one call may take.
const TRY: Duration = Duration::from_secs(2);
/// The pauses between tries.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(500)];
/// The pause before a queue is told again that could not be.
const PAUSE: Duration = Duration::from_millis(250);

/// The way of settlements to the owners.
pub(crate) struct Returns(UnboundedSender<Settled>);

/// What one owner, and its queues, are to know.
struct Of {
    owner: Arc<Peer>,
    request: SettleTasksRequest,
    /// Failed deliveries, which the queues have to know before.
    failed: BTreeMap<Bytes, Vec<(Bytes, QueueTask)>>,
}

impl Returns {
    /// Starts telling.
    pub(crate) fn start(store: Arc<dyn Store>, drain: &Drain) -> Self {
        let (settled, receiver) = unbounded_channel();
        drain.spawn(run(store, receiver));
        Self(settled)
    }

    /// What became of a task that was given.
    pub(crate) fn tell(&self, settled: Settled) {
        // The receiver lives as long as this.
        let _ = self.0.send(settled);
    }
}

async fn run(store: Arc<dyn Store>, mut receiver: UnboundedReceiver<Settled>) {
    let mut batch = Vec::new();
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        if batch.len() < BATCH {
            sleep(GATHER).await;
            while batch.len() < BATCH
                && let Ok(settled) = receiver.try_recv()
            {
                batch.push(settled);
            }
        }
        let (mut owners, mut open): (BTreeMap<String, Of>, Vec<_>) = Default::default();
        for Settled { queue, giver, settlement, open: token } in batch.drain(..) {
            let Some(owner) = giver else { continue };
            let of = owners.entry(owner.id.clone()).or_insert_with(|| Of {
                owner,
                request: SettleTasksRequest::default(),
                failed: BTreeMap::new(),
            });
            open.push(token);
            match settlement {
                Settlement::Finish(id) => of.request.done.push(id),
                Settlement::GiveBack(id) => of.request.given_back.push(id),
                Settlement::Replace(id, by) => {
                    of.request.queued.push(id.clone());
                    of.failed.entry(queue).or_default().push((id, by));
                }
            }
        }
        join_all(owners.into_values().map(|of| of.tell(&*store))).await;
    }
}

impl Of {
    async fn tell(self, store: &dyn Store) {
        let Self { owner, request, failed } = self;
        for (queue, replaced) in failed {
            // Not pushed: no owner knows what failed, so it must be as safe as a claim.
            while let Err(error) = store.queue_replace(&queue, &replaced).await {
                tracing::warn!(%error, "failed deliveries could not be queued");
                sleep(PAUSE).await;
            }
        }
        let mut client = PartitionServiceClient::new(owner.transport.clone());
        let mut pauses = PAUSES.into_iter();
        loop {
            let told = timeout(TRY, client.settle_tasks(request.clone())).await;
            let Some(pause) = pauses.next().filter(|_| !matches!(told, Ok(Ok(_)))) else { return };
            sleep(pause).await;
        }
    }
}
