//! Tells queues what became of claimed tasks, off the way of whoever waits; owners hear of those
//! that they gave (`returns.rs`).
//!
//! One task a node, so that what is settled at once goes in one call a queue. A settlement that
//! the store did not take is tried again; if the node dies before, the claims are reclaimed by
//! others.

use crate::returns::Returns;
use bytes::Bytes;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use stepwell_service_kit::{Drain, Peer};
use stepwell_storage::{QueueTask, Store, StoreError};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// How many settlements are taken at once.
const BATCH: usize = 256;
/// How long to wait before a refused settlement is tried again.
const PAUSE: Duration = Duration::from_millis(250);
/// How long draining waits for tasks that are on their way.
const DRAINING: Duration = Duration::from_secs(20);

/// What becomes of a claimed entry.
#[derive(Clone, Debug)]
pub(crate) enum Settlement {
    /// It is done.
    Finish(Bytes),
    /// It waits again, as it was.
    GiveBack(Bytes),
    /// Another entry takes its place.
    Replace(Bytes, QueueTask),
}

/// The right to settle one claim. The node drains only when all are used.
pub(crate) struct Settler {
    settled: UnboundedSender<Settled>,
    open: TaskTrackerToken,
}

/// What became of a claim.
pub(crate) struct Settled {
    pub(crate) queue: Bytes,
    /// Who gave it; none where it is of the queue.
    pub(crate) giver: Option<Arc<Peer>>,
    pub(crate) settlement: Settlement,
    /// Dropped when whoever has to knows of it.
    pub(crate) open: TaskTrackerToken,
}

impl Settler {
    pub(crate) fn settle(self, queue: &Bytes, giver: Option<&Arc<Peer>>, settlement: Settlement) {
        let (queue, giver) = (queue.clone(), giver.cloned());
        let settled = Settled { queue, giver, settlement, open: self.open };
        // Without a receiver the node has drained; what it still claims is reclaimed by others.
        let _ = self.settled.send(settled);
    }
}

/// Gives a settler for each claim.
#[derive(Clone)]
pub(crate) struct Settlers {
    settled: UnboundedSender<Settled>,
    open: TaskTracker,
}

impl Settlers {
    /// Starts settling, until draining has begun and every claim is settled.
    pub(crate) fn start(store: Arc<dyn Store>, drain: &Drain) -> Self {
        let (settled, receiver) = unbounded_channel();
        let open = TaskTracker::new();
        let settlers = Self { settled, open: open.clone() };
        let meter = opentelemetry::global::meter("stepwell");
        let returned = meter
            .u64_counter("stepwell.activity.settled")
            .with_description("Claimed tasks by what became of them")
            .build();
        let begun = drain.begun();
        let returns = Returns::start(Arc::clone(&store), drain);
        drain.spawn(async move {
            let drained = async {
                begun.await;
                open.close();
                // Claims that outlive this are reclaimed once the node's record is gone.
                let _ = timeout(DRAINING, open.wait()).await;
            };
            tokio::select! {
                biased;
                () = settle(&*store, receiver, &returns, &returned) => {}
                () = drained => {}
            }
        });
        settlers
    }

    pub(crate) fn settler(&self) -> Settler {
        Settler { settled: self.settled.clone(), open: self.open.token() }
    }
}

async fn settle(
    store: &dyn Store,
    mut receiver: UnboundedReceiver<Settled>,
    returns: &Returns,
    counter: &Counter<u64>,
) {
    let mut batch = Vec::new();
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let mut queues: BTreeMap<Bytes, Vec<Settlement>> = BTreeMap::new();
        let mut open = Vec::with_capacity(batch.len());
        for settled in batch.drain(..) {
            let kind = match settled.settlement {
                Settlement::Finish(_) => "finished",
                Settlement::GiveBack(_) => "given_back",
                Settlement::Replace(..) => "replaced",
            };
            counter.add(1, &[KeyValue::new("outcome", kind)]);
            if settled.giver.is_some() {
                returns.tell(settled);
                continue;
            }
            queues.entry(settled.queue).or_default().push(settled.settlement);
            open.push(settled.open);
        }
        for (queue, settlements) in queues {
            while let Err(error) = settle_queue(store, &queue, &settlements).await {
                tracing::warn!(%error, "a queue could not be told what became of its tasks");
                sleep(PAUSE).await;
            }
        }
    }
}

/// May be repeated as a whole.
async fn settle_queue(
    store: &dyn Store,
    queue: &[u8],
    settlements: &[Settlement],
) -> Result<(), StoreError> {
    let (mut finished, mut given_back, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
    for settlement in settlements {
        match settlement {
            Settlement::Finish(id) => finished.push(id.clone()),
            Settlement::GiveBack(id) => given_back.push(id.clone()),
            Settlement::Replace(id, by) => replaced.push((id.clone(), by.clone())),
        }
    }
    if !replaced.is_empty() {
        store.queue_replace(queue, &replaced).await?;
    }
    if !finished.is_empty() {
        store.queue_finish(queue, &finished).await?;
    }
    if !given_back.is_empty() {
        store.queue_give_back(queue, &given_back).await?;
    }
    Ok(())
}
