//! The relay of the outbox: pending tasks to their queues, at least once.
//!
//! Queues are hints and may vanish; what is pending stands in the partitions. Invariant: while a
//! partition of this node has pending tasks for a queue, either the queue is known to have had
//! them under the generation that [`Queue::known`] names, or it is suspect and the next watch
//! pushes them again from the outbox.

use crate::codec::{OutboxEffect, OutboxItem, read_outbox};
use crate::direct::{Direct, Overdue};
use crate::plan::{Retired, Why};
use bytes::Bytes;
use futures::future::join_all;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use stepwell_storage::{Generation, QueueTask, Store, StoreError};
use tokio::sync::mpsc;

/// Entries of an outbox that are read at once.
pub(crate) const OUTBOX_PAGE: usize = 512;
const CHANNEL: usize = 4_096;
const BATCH: usize = 1_024;

/// Something to tell a queue.
#[derive(Debug)]
enum Tell {
    Pending(QueueTask),
    Forget(Bytes),
}

/// A queue with pending tasks.
#[derive(Debug, Default)]
struct Queue {
    /// How many are pending, by partition.
    pending: HashMap<u32, u64>,
    known: Known,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Known {
    /// Nothing was pushed yet.
    #[default]
    New,
    /// All that is pending was pushed, or is about to be, under this generation.
    Under(Generation),
    /// Tasks may be missing in the queue.
    Suspect,
}

/// Of one node, shared by its partitions.
pub(crate) struct Relay {
    store: Arc<dyn Store>,
    queues: Mutex<BTreeMap<Bytes, Queue>>,
    pub(crate) direct: Direct,
    tell: mpsc::Sender<(Bytes, Tell)>,
}

impl Relay {
    /// A relay, and the task that is to run as long as the node lives.
    pub(crate) fn new(store: Arc<dyn Store>) -> (Arc<Self>, impl Future<Output = ()>) {
        let (tell, told) = mpsc::channel(CHANNEL);
        let relay =
            Arc::new(Self { store, queues: Mutex::default(), direct: Direct::default(), tell });
        (Arc::clone(&relay), relay.run(told))
    }

    fn queues(&self) -> MutexGuard<'_, BTreeMap<Bytes, Queue>> {
        // No statement under the lock leaves the table half changed.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A commit made a task pending.
    pub(crate) fn queued(&self, partition: u32, effect: OutboxEffect) {
        self.count(partition, &effect.queue);
        if !self.direct.hold(partition, &effect) {
            self.push((effect.queue, effect.task));
        }
    }

    /// A pending task is for its queue.
    pub(crate) fn push(&self, (queue, task): Overdue) {
        if self.tell.try_send((queue.clone(), Tell::Pending(task))).is_err() {
            self.suspect(&queue);
        }
    }

    /// A pending task that was found in the store; waits for room.
    pub(crate) async fn found(&self, partition: u32, queue: Bytes, task: QueueTask) {
        self.count(partition, &queue);
        if self.tell.send((queue.clone(), Tell::Pending(task))).await.is_err() {
            self.suspect(&queue);
        }
    }

    /// A commit took note that a task needs its queue no more.
    pub(crate) fn retired(&self, partition: u32, retired: Retired) {
        let Retired { queue, id, why, .. } = retired;
        let forget = match why {
            Why::StartedGiven => return self.direct.started(partition, &queue, &id),
            Why::Ended if !self.direct.ended(&id) => return,
            Why::Ended => false,
            Why::Started => {
                self.direct.ended(&id);
                false
            }
            Why::Withdrawn => !self.direct.withdrawn(&queue, &id),
        };
        self.discount(partition, &queue);
        if forget {
            // Whoever claims it instead finds that there is nothing to do.
            drop(self.tell.try_send((queue, Tell::Forget(id))));
        }
    }

    /// The entry of a task that was delivered is retired.
    pub(crate) fn delivered(&self, partition: u32, queue: &Bytes, id: &Bytes) {
        if self.direct.ended(id) {
            self.discount(partition, queue);
        }
    }

    fn discount(&self, partition: u32, queue: &Bytes) {
        let mut queues = self.queues();
        if let Some(known) = queues.get_mut(queue) {
            known.take(partition, 1);
            if known.pending.is_empty() {
                queues.remove(queue);
            }
        }
    }

    /// The partition is no longer this node's, or is about to be read anew.
    pub(crate) fn forget_partition(&self, partition: u32) {
        self.direct.forget_partition(partition);
        self.queues().retain(|_, queue| {
            queue.take(partition, u64::MAX);
            !queue.pending.is_empty()
        });
    }

    fn count(&self, partition: u32, queue: &Bytes) {
        let mut queues = self.queues();
        *queues.entry(queue.clone()).or_default().pending.entry(partition).or_default() += 1;
    }

    fn suspect(&self, queue: &Bytes) {
        if let Some(queue) = self.queues().get_mut(queue) {
            queue.known = Known::Suspect;
        }
    }

    async fn run(self: Arc<Self>, mut told: mpsc::Receiver<(Bytes, Tell)>) {
        let mut batch = Vec::new();
        while told.recv_many(&mut batch, BATCH).await > 0 {
            let mut by_queue: BTreeMap<Bytes, (Vec<QueueTask>, Vec<Bytes>)> = BTreeMap::new();
            for (queue, tell) in batch.drain(..) {
                let (tasks, forget) = by_queue.entry(queue).or_default();
                match tell {
                    Tell::Pending(task) => tasks.push(task),
                    Tell::Forget(id) => forget.push(id),
                }
            }
            let tell = by_queue.into_iter().map(|(queue, (tasks, forget))| {
                let relay = &self;
                async move { relay.tell_queue(&queue, &tasks, &forget).await }
            });
            join_all(tell).await;
        }
    }

    async fn tell_queue(&self, queue: &Bytes, tasks: &[QueueTask], forget: &[Bytes]) {
        if !tasks.is_empty() {
            let pushed = self.store.queue_push(queue, tasks).await;
            if let Err(error) = &pushed {
                tracing::warn!(%error, "tasks could not be queued, they will be pushed again");
            }
            self.learn(queue, pushed.ok());
        }
        if !forget.is_empty()
            && let Err(error) = self.store.queue_finish(queue, forget).await
        {
            tracing::debug!(%error, "ended tasks stay in their queue until they are claimed");
        }
    }

    /// Takes note of the generation that tasks were pushed under.
    fn learn(&self, queue: &Bytes, pushed: Option<Generation>) {
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(queue) else { return };
        queue.known = match (queue.known, pushed) {
            (Known::New, Some(generation)) => Known::Under(generation),
            (Known::Under(known), Some(generation)) if known == generation => queue.known,
            _ => Known::Suspect,
        };
    }

    /// Looks whether the queues still have what is pending, and pushes it again where they may
    /// not. One read while all is well.
    pub(crate) async fn watch(&self) -> Result<(), StoreError> {
        let names: Vec<Bytes> = self.queues().keys().cloned().collect();
        if names.is_empty() {
            return Ok(());
        }
        let generations = self.store.queue_generations(&names).await?;
        let mut lost = BTreeSet::new();
        {
            let queues = self.queues();
            for (name, generation) in names.into_iter().zip(generations) {
                let known = queues.get(&name).map(|queue| queue.known);
                let sound = match known {
                    None | Some(Known::New) => true,
                    Some(Known::Suspect) => false,
                    Some(Known::Under(known)) => generation == Some(known),
                };
                if !sound {
                    lost.insert(name);
                }
            }
        }
        if lost.is_empty() { Ok(()) } else { self.push_again(lost).await }
    }

    async fn push_again(&self, lost: BTreeSet<Bytes>) -> Result<(), StoreError> {
        tracing::info!(queues = lost.len(), "pushing pending tasks again");
        let mut partitions = BTreeSet::new();
        for queue in &lost {
            if let Some(queue) = self.queues().get_mut(queue) {
                partitions.extend(queue.pending.keys());
                queue.known = Known::New;
            }
        }
        let pushed: Result<(), StoreError> = async {
            for partition in partitions {
                self.push_outbox(partition, &lost).await?;
            }
            Ok(())
        }
        .await;
        if pushed.is_err() {
            lost.iter().for_each(|queue| self.suspect(queue));
        }
        pushed
    }

    async fn push_outbox(&self, partition: u32, lost: &BTreeSet<Bytes>) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = self.store.outbox(partition, after, OUTBOX_PAGE).await?;
            let mut by_queue: BTreeMap<Bytes, Vec<QueueTask>> = BTreeMap::new();
            for entry in &page {
                match read_outbox(entry) {
                    Ok(OutboxItem::Queue(queue, task)) if lost.contains(&queue) => {
                        by_queue.entry(queue).or_default().push(task);
                    }
                    Ok(_) => {}
                    Err(error) => tracing::error!(partition, %error, "an entry is passed over"),
                }
            }
            for (queue, tasks) in by_queue {
                let pushed = self.store.queue_push(&queue, &tasks).await?;
                self.learn(&queue, Some(pushed));
            }
            match page.last() {
                Some(last) if page.len() == OUTBOX_PAGE => {
                    after = Some((last.key.clone(), last.id))
                }
                _ => return Ok(()),
            }
        }
    }
}

impl Queue {
    fn take(&mut self, partition: u32, count: u64) {
        if let Some(pending) = self.pending.get_mut(&partition) {
            *pending = pending.saturating_sub(count);
            if *pending == 0 {
                self.pending.remove(&partition);
            }
        }
    }
}
