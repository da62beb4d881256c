//! Pending tasks on the short way to nodes that ask for them, past the store's queues.
//!
//! A node with waiting pollers asks the owners of executions. What a commit makes pending for a
//! queue that is asked for is *held* for a moment, and *given* to who asks, to be started and
//! delivered. Nothing in the store says who has it: so its outbox entry stays, also beyond the
//! commit of its start, until it was delivered or its attempt has ended.
//!
//! Invariant: what is held or given here has its entry in the outbox, where the next owner finds
//! it; and it is put into its queue where nobody asks for it in time, where its start does not
//! follow soon, where the node that has it is gone, or where that gave it back.

use crate::codec::OutboxEffect;
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use stepwell_storage::QueueTask;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// How long who asks waits for a task.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a queue counts as asked for after the last one was answered.
const ASKED: Duration = Duration::from_secs(1);
/// How long a task is held at least before its queue gets it.
const HOLD: Duration = Duration::from_millis(100);
/// Most tasks that are held for a queue.
const MOST_HELD: usize = 1_024;
/// How soon a given task is started where all goes well.
const START: Duration = Duration::from_millis(1_500);
/// How long the entry of a delivered task may wait to be retired by the task's end.
const RETIRE: Duration = Duration::from_millis(250);
/// How long a started task may be undelivered before it is looked whether its node lives.
const DELIVER: Duration = Duration::from_secs(3);

/// Nothing is given any more.
#[derive(Debug)]
pub(crate) struct Closed;

/// Of one node, shared by its partitions.
#[derive(Default)]
pub(crate) struct Direct {
    state: Mutex<State>,
    /// Something is held or given.
    busy: Notify,
    /// Nothing is given any more.
    closed: CancellationToken,
}

#[derive(Default)]
struct State {
    desks: BTreeMap<Bytes, Desk>,
    /// By id.
    given: BTreeMap<Bytes, Given>,
}

/// Where the tasks of a queue are asked for.
struct Desk {
    asking: usize,
    /// When somebody asked last.
    asked: Instant,
    held: VecDeque<Held>,
    signal: Arc<Notify>,
}

struct Held {
    since: Instant,
    partition: u32,
    task: QueueTask,
}

/// A task that somebody asked for.
struct Given {
    partition: u32,
    queue: Bytes,
    body: Bytes,
    since: Instant,
    /// Whether its start is committed, and its entry kept.
    started: bool,
    with: With,
}

#[derive(Debug, PartialEq, Eq)]
enum With {
    /// The node with this id.
    Node(Arc<str>),
    Queue,
    /// A worker, since then.
    Worker(Instant),
}

/// A task that was delivered and goes on.
pub(crate) struct Delivered {
    pub(crate) partition: u32,
    pub(crate) queue: Bytes,
    pub(crate) id: Bytes,
    pub(crate) body: Bytes,
}

/// A task that its queue is to get.
pub(crate) type Overdue = (Bytes, QueueTask);

impl Direct {
    fn state(&self) -> MutexGuard<'_, State> {
        // No statement under the lock leaves the tables half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds a task that a commit made pending; whether somebody asks for such.
    pub(crate) fn hold(&self, partition: u32, effect: &OutboxEffect) -> bool {
        let now = Instant::now();
        let mut state = self.state();
        let Some(desk) = state.desks.get_mut(&effect.queue) else { return false };
        let full = desk.held.len() >= MOST_HELD;
        if full || !desk.is_asked(now) || self.closed.is_cancelled() {
            return false;
        }
        desk.held.push_back(Held { since: now, partition, task: effect.task.clone() });
        desk.signal.notify_one();
        drop(state);
        self.busy.notify_one();
        true
    }

    /// Gives at most `limit` tasks of the queue to the node, as soon as there are some; none where
    /// none come for a while.
    ///
    /// # Errors
    /// It was [closed](Self::close).
    pub(crate) async fn take(
        &self,
        queue: &Bytes,
        node: &str,
        limit: usize,
    ) -> Result<Vec<QueueTask>, Closed> {
        let open = self.closed.run_until_cancelled(self.take_open(queue, node, limit));
        open.await.ok_or(Closed)
    }

    /// Nothing is given any more: what is held goes to the queues in time.
    pub(crate) fn close(&self) {
        self.closed.cancel();
    }

    async fn take_open(&self, queue: &Bytes, node: &str, limit: usize) -> Vec<QueueTask> {
        let give_up = Instant::now() + PATIENCE;
        let asking = Asking::begin(self, queue);
        let node: Arc<str> = node.into();
        loop {
            let tasks = self.give(queue, &node, limit);
            if !tasks.is_empty() || timeout_at(give_up, asking.signal.notified()).await.is_err() {
                return tasks;
            }
        }
    }

    fn give(&self, queue: &Bytes, node: &Arc<str>, limit: usize) -> Vec<QueueTask> {
        let now = Instant::now();
        let mut state = self.state();
        let State { desks, given } = &mut *state;
        let Some(desk) = desks.get_mut(queue) else { return Vec::new() };
        let some = limit.min(desk.held.len());
        let give = |held: Held| {
            let Held { partition, task, .. } = held;
            let (queue, with) = (queue.clone(), With::Node(Arc::clone(node)));
            let body = task.body.clone();
            let had = Given { partition, queue, body, since: now, started: false, with };
            given.insert(task.id.clone(), had);
            task
        };
        let tasks: Vec<QueueTask> = desk.held.drain(..some).map(give).collect();
        if !desk.held.is_empty() {
            // Somebody else may ask.
            desk.signal.notify_one();
        }
        drop(state);
        if !tasks.is_empty() {
            self.busy.notify_one();
        }
        tasks
    }

    /// The start of a task is committed, and its entry kept.
    pub(crate) fn started(&self, partition: u32, queue: &Bytes, id: &Bytes) {
        // One that is not known was given by an owner before: this one has put it into its queue.
        let unknown = || Given {
            partition,
            queue: queue.clone(),
            body: Bytes::new(),
            since: Instant::now(),
            started: true,
            with: With::Queue,
        };
        self.state().given.entry(id.clone()).or_insert_with(unknown).started = true;
    }

    /// The task is not on its way any more; whether it was given and its start committed with its
    /// entry kept.
    pub(crate) fn ended(&self, id: &Bytes) -> bool {
        self.state().given.remove(id).is_some_and(|given| given.started)
    }

    /// The task is pending no more, without a start; whether its queue never had it.
    pub(crate) fn withdrawn(&self, queue: &Bytes, id: &Bytes) -> bool {
        let mut state = self.state();
        if let Some(given) = state.given.remove(id) {
            return given.with != With::Queue;
        }
        let Some(desk) = state.desks.get_mut(queue) else { return false };
        let before = desk.held.len();
        desk.held.retain(|held| held.task.id != *id);
        desk.held.len() < before
    }

    /// What the nodes that have tasks say of them; those that are now for their queues.
    pub(crate) fn settle(&self, done: &[Bytes], back: &[Bytes], queued: &[Bytes]) -> Vec<Overdue> {
        let now = Instant::now();
        let mut state = self.state();
        for id in done {
            if let Some(given) = state.given.get_mut(id) {
                given.with = With::Worker(now);
            }
        }
        for id in queued {
            if let Some(given) = state.given.get_mut(id) {
                given.with = With::Queue;
            }
        }
        let back = back.iter().filter_map(|id| Some(state.given.get_mut(id)?.hand_to_queue(id)));
        back.collect()
    }

    /// Waits until something is held or given.
    pub(crate) async fn busy(&self) {
        loop {
            let idle = {
                let state = self.state();
                state.given.is_empty() && state.desks.values().all(|desk| desk.held.is_empty())
            };
            if !idle {
                return;
            }
            self.busy.notified().await;
        }
    }

    /// What was held, or given and not started, for too long: it is for the queues.
    pub(crate) fn overdue(&self) -> Vec<Overdue> {
        let now = Instant::now();
        let mut state = self.state();
        let State { desks, given } = &mut *state;
        let mut overdue = Vec::new();
        desks.retain(|queue, desk| {
            while desk.held.front().is_some_and(|held| now - held.since >= HOLD) {
                let held = desk.held.pop_front();
                overdue.extend(held.map(|held| (queue.clone(), held.task)));
            }
            desk.is_asked(now) || !desk.held.is_empty()
        });
        for (id, given) in given {
            if !given.started && given.is_with_node() && now - given.since >= START {
                overdue.push(given.hand_to_queue(id));
            }
        }
        overdue
    }

    /// Tasks that were delivered and go on, whose entries are to be retired. Each is named once.
    pub(crate) fn delivered(&self) -> Vec<Delivered> {
        let now = Instant::now();
        let mut state = self.state();
        let mut delivered = Vec::new();
        for (id, given) in &mut state.given {
            if matches!(given.with, With::Worker(since) if now - since >= RETIRE) {
                // Where that fails, its end does it.
                given.with = With::Queue;
                let Given { partition, queue, body, .. } = &*given;
                let (queue, id, body) = (queue.clone(), id.clone(), body.clone());
                delivered.push(Delivered { partition: *partition, queue, id, body });
            }
        }
        delivered
    }

    /// The nodes that have had started tasks for long.
    pub(crate) fn slow_nodes(&self) -> BTreeSet<Arc<str>> {
        let now = Instant::now();
        let slow = |given: &Given| match &given.with {
            With::Node(node) if given.started && now - given.since >= DELIVER => {
                Some(Arc::clone(node))
            }
            _ => None,
        };
        self.state().given.values().filter_map(slow).collect()
    }

    /// These nodes are gone: what they had is for the queues.
    pub(crate) fn gone(&self, nodes: &BTreeSet<Arc<str>>) -> Vec<Overdue> {
        let mut state = self.state();
        let lost = state.given.iter_mut().filter(|(_, given)| match &given.with {
            With::Node(node) => nodes.contains(node),
            With::Queue | With::Worker(_) => false,
        });
        lost.map(|(id, given)| given.hand_to_queue(id)).collect()
    }

    /// The partition is no longer this node's, or is about to be read anew.
    pub(crate) fn forget_partition(&self, partition: u32) {
        let mut state = self.state();
        state.given.retain(|_, given| given.partition != partition);
        for desk in state.desks.values_mut() {
            desk.held.retain(|held| held.partition != partition);
        }
    }
}

impl Desk {
    fn is_asked(&self, now: Instant) -> bool {
        self.asking > 0 || now - self.asked < ASKED
    }
}

impl Given {
    fn is_with_node(&self) -> bool {
        matches!(self.with, With::Node(_))
    }

    fn hand_to_queue(&mut self, id: &Bytes) -> Overdue {
        self.with = With::Queue;
        (self.queue.clone(), QueueTask { id: id.clone(), body: self.body.clone() })
    }
}

/// Somebody who asks, until it is dropped.
struct Asking<'a> {
    direct: &'a Direct,
    queue: &'a Bytes,
    signal: Arc<Notify>,
}

impl<'a> Asking<'a> {
    fn begin(direct: &'a Direct, queue: &'a Bytes) -> Self {
        let mut state = direct.state();
        let desk = state.desks.entry(queue.clone()).or_insert_with(|| Desk {
            asking: 0,
            asked: Instant::now(),
            held: VecDeque::new(),
            signal: Arc::default(),
        });
        desk.asking += 1;
        Self { direct, queue, signal: Arc::clone(&desk.signal) }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if let Some(desk) = self.direct.state().desks.get_mut(self.queue) {
            desk.asking -= 1;
            desk.asked = Instant::now();
        }
    }
}
