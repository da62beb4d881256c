//! The actor of an owned partition: the only writer of its executions.
//!
//! It takes what waits into a turn, decides one after the other, writes the turn's commits in one
//! round trip, and only then answers. While it is idle it costs nothing but its memory: it sleeps
//! until it is told something or its earliest timer comes.

mod decide;
mod gather;
mod resolve;
mod settle;

use crate::calls::Calls;
use crate::clock::StoreClock;
use crate::codec::{OutboxItem, read_outbox};
use crate::decider::Decider;
use crate::metrics::Metrics;
use crate::relay::{OUTBOX_PAGE, Relay};
use crate::request::SubmitError;
use crate::slot::{Message, Slot};
use crate::timers::Timers;
use crate::work::{Turn, Work};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use stepwell_storage::{Store, StoreError};
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio::time::Instant;

/// Works of one turn, at most.
const MAX_TURN: usize = 256;

/// How long work that failed for a reason that may pass is left alone.
const PAUSE: Duration = Duration::from_millis(500);
/// How often a partition says that its timers wait.
const REMINDER: Duration = Duration::from_secs(30);

/// What all partitions of a node share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<StoreClock>,
    pub(crate) relay: Arc<Relay>,
    pub(crate) calls: Arc<Calls>,
    pub(crate) decider: Arc<Decider>,
    pub(crate) metrics: Metrics,
    /// How long an unknown outcome is looked into.
    pub(crate) patience: Duration,
}

/// See the module.
pub(crate) struct Actor {
    shared: Arc<Shared>,
    slot: Arc<Slot>,
    told: mpsc::Receiver<Message>,
    timers: Timers,
    /// Works to be decided anew.
    again: Vec<Work>,
    /// Works that are to be written alone, since the store refused a write that they were in.
    alone: VecDeque<Work>,
    /// Whether the trigger stream may have entries.
    triggers_wait: bool,
    /// Whether the store may hold more than the actor knows of: its timers and its outbox.
    behind: bool,
    /// Whether another node has the partition.
    fenced: bool,
    /// Whether a write may still be on its way, so that only another lease knows what there is.
    unsettled: bool,
    /// When it was last logged that timers wait.
    warned: Option<Instant>,
}

impl Actor {
    pub(crate) fn new(shared: Arc<Shared>, slot: Arc<Slot>, told: mpsc::Receiver<Message>) -> Self {
        Self {
            shared,
            slot,
            told,
            timers: Timers::default(),
            again: Vec::new(),
            alone: VecDeque::new(),
            triggers_wait: true,
            behind: true,
            fenced: false,
            unsettled: false,
            warned: None,
        }
    }

    fn partition(&self) -> u32 {
        self.slot.lease.partition
    }

    /// Runs until it is stopped and has answered all that it took, or until it is fenced or does
    /// not know what was written.
    /// Answers whether the lease is still the actor's.
    pub(crate) async fn run(mut self) -> bool {
        while let Some(works) = self.gather().await {
            self.turn(works).await;
            // A store in memory keeps nobody waiting: nothing else would end this loop's hold of
            // its thread, on which those may wait who were just answered.
            yield_now().await;
            if self.fenced || self.unsettled {
                break;
            }
        }
        self.told.close();
        let rest = std::mem::take(&mut self.again).into_iter().chain(self.alone.drain(..));
        rest.for_each(|work| work.reply(Err(SubmitError::NotOwner)));
        while let Some(message) = self.told.recv().await {
            if let Message::Work(work) = message {
                work.reply(Err(SubmitError::NotOwner));
            }
        }
        self.shared.relay.forget_partition(self.partition());
        !self.fenced
    }

    async fn turn(&mut self, works: Vec<Work>) {
        let Turn { commits, steps, .. } = self.decide(works).await;
        if commits.is_empty() {
            return self.settle(steps, Vec::new());
        }
        let began = Instant::now();
        let count = commits.len();
        self.slot.cache().begin_writes(commits.iter().map(|commit| commit.key.clone()));
        let outcomes = self.shared.store.commit(self.slot.lease, commits).await;
        self.shared.metrics.write_seconds.record(began.elapsed().as_secs_f64(), &[]);
        match outcomes {
            Ok(outcomes) => self.settle(steps, outcomes),
            Err(StoreError::Unknown(why)) => {
                self.shared.metrics.committed(count, "unknown");
                self.resolve(steps, &why).await;
            }
            Err(StoreError::Unavailable(why)) => {
                self.shared.metrics.committed(count, "unavailable");
                for step in steps {
                    self.fail(step.work, SubmitError::Unavailable(why.clone()));
                }
            }
            Err(StoreError::Invalid(why)) => {
                self.shared.metrics.committed(count, "invalid");
                self.refused_whole(steps, count, &why);
            }
        }
        self.slot.cache().end_writes();
    }

    /// Reads what the store holds for this partition besides executions.
    async fn catch_up(&mut self) -> Result<(), StoreError> {
        let (partition, store) = (self.partition(), Arc::clone(&self.shared.store));
        let earliest = store.timers(partition, Timers::WINDOW).await?;
        self.timers = Timers::read(earliest, self.shared.clock.now_ms());
        let relay = &self.shared.relay;
        relay.forget_partition(partition);
        let mut after = None;
        loop {
            let page = store.outbox(partition, after, OUTBOX_PAGE).await?;
            after = page.last().map(|last| (last.key.clone(), last.id));
            let full = page.len() == OUTBOX_PAGE;
            for entry in page {
                match read_outbox(&entry) {
                    Ok(OutboxItem::Call(call)) => self.shared.calls.made(partition, *call),
                    Ok(OutboxItem::Queue(queue, task)) => relay.found(partition, queue, task).await,
                    Err(error) => tracing::error!(partition, %error, "an entry is passed over"),
                }
            }
            if !full {
                break;
            }
        }
        self.triggers_wait = true;
        self.behind = false;
        Ok(())
    }

    /// The work can't be done now. A caller is told; a timer comes again; the trigger stream
    /// still has its entry.
    fn fail(&mut self, work: Work, error: SubmitError) {
        if let crate::work::Source::Timer = work.source {
            // A store that is down puts off every timer, again and again.
            if self.warned.is_none_or(|warned| warned.elapsed() > REMINDER) {
                self.warned = Some(Instant::now());
                tracing::warn!(partition = self.partition(), arn = %work.arn, %error, "timers wait");
            }
            self.put_off(&work.key);
        }
        work.reply(Err(error));
    }

    /// Looks at a record's timer again in a while.
    fn put_off(&mut self, key: &bytes::Bytes) {
        let pause = i64::try_from(PAUSE.as_millis()).unwrap_or_default();
        self.set_timer(key, Some(self.shared.clock.now_ms() + pause));
    }

    fn set_timer(&mut self, key: &bytes::Bytes, due_ms: Option<i64>) {
        self.timers.set(key, due_ms, self.shared.clock.now_ms());
    }
}
