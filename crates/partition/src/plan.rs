//! From a decision to the one write that stores it. No IO.

use crate::codec::{
    OutboxEffect, Writer, bytes_of, encode_call, encode_event, encode_listing, encode_root,
    encode_scope, queue_of, scope_part, status_number,
};
use crate::execution::Execution;
use crate::nested::{Call, Waiter};
use bytes::Bytes;
use prost::Message as _;
use std::collections::BTreeSet;
use std::sync::Arc;
use stepwell_api::internal::HistoryBatch;
use stepwell_engine::{
    Child, Command, Decision, Event, ScopeId, Snapshot, TaskAttempt, WorkerKind,
};
use stepwell_ids::{ExecutionArn, Name, Namespace, QualifiedMachineArn};
use stepwell_storage::{Commit, CommitId, Expect, Listing, Timer};

/// Most bytes of a history batch, unless a single step has more.
pub(crate) const MAX_BATCH_BYTES: usize = 1 << 20;

/// What becomes true once its commit is in the store.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The execution after the commit; none where it is gone.
    pub(crate) next: Option<Arc<Execution>>,
    /// Public events and private ones.
    pub(crate) events: usize,
    /// Tasks that are pending from now on.
    pub(crate) queued: Vec<OutboxEffect>,
    /// Calls to other executions that are to be made from now on.
    pub(crate) calls: Vec<Call>,
    /// Tasks that need no queue any more.
    pub(crate) retired: Vec<Retired>,
}

/// A task that needs no queue any more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Retired {
    /// The queue that it was pending for.
    pub(crate) queue: Bytes,
    /// Its id in the queue.
    pub(crate) id: Bytes,
    /// The number of its entry in the outbox.
    pub(crate) entry: u64,
    pub(crate) why: Why,
}

/// Why a task needs no queue any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// It is started.
    Started,
    /// It is started, and no queue has it: its entry stays.
    StartedGiven,
    /// It ended before it was started: its queue may forget it.
    Withdrawn,
    /// It ended after its start.
    Ended,
}

impl Retired {
    fn new(attempt: &TaskAttempt, why: Why) -> Self {
        let queue = queue_of(&attempt.schedule.worker);
        let id = bytes_of(attempt.schedule.nonce);
        Self { queue, id, entry: attempt.scheduled_event, why }
    }
}

impl Plan {
    /// Tasks that are started by this were given past their queues: their entries stay.
    pub(crate) fn keep_started(&mut self, commit: &mut Commit) {
        for retired in self.retired.iter_mut().filter(|retired| retired.why == Why::Started) {
            commit.outbox_retire.retain(|entry| *entry != retired.entry);
            retired.why = Why::StartedGiven;
        }
    }
}

/// The counter of open executions of a namespace: an account in a region.
#[must_use]
pub fn group_of(namespace: &Namespace) -> Bytes {
    format!("{}/{}", namespace.account, namespace.region).into()
}

/// When the record needs to be looked at: at the snapshot's next due time while the execution
/// runs, after its retention once it is closed.
pub(crate) fn due_ms(snapshot: &Snapshot, retention_ms: i64) -> Option<i64> {
    let root = snapshot.root();
    root.stopped_ms.map(|at| at.saturating_add(retention_ms)).or_else(|| snapshot.next_due_ms())
}

/// The write that stores `decision` on top of `base`. A base of version 0 is an execution that
/// is not stored yet.
pub(crate) fn plan(
    base: &Execution,
    decision: Decision,
    mut waiters: Vec<Waiter>,
    id: CommitId,
    retention_ms: i64,
) -> (Commit, Plan) {
    let Decision { snapshot, events, commands, touched, not_before_ms } = decision;
    let expect = match base.version {
        0 => Expect::Absent,
        version => Expect::Version(version),
    };
    let mut commit = Commit::new(id, base.key.clone(), expect);
    commit.not_before_ms = not_before_ms;
    let mut writer = Writer::new(base.places.clone(), base.batches);
    let batch = journal(&events, &mut writer);
    let calls = ends(base, &snapshot, &mut waiters);
    let (root, part) = encode_root(&base.origin, &waiters, snapshot.root(), &mut writer);
    commit.parts.push((root, Some(part.into())));
    let mut ended = Vec::new();
    for scope in touched {
        ended.extend(ended_task(base, &snapshot, scope));
        let part = snapshot.scope(scope).map(|scope| encode_scope(scope, &mut writer).into());
        if part.is_some() || base.snapshot.scope(scope).is_some() {
            commit.parts.push((scope_part(scope), part));
        }
    }
    let (mut places, payloads) = writer.finish();
    places.prune(&snapshot);
    let batch = HistoryBatch { payloads, ..batch };
    if !batch.events.is_empty() || !batch.payloads.is_empty() {
        commit.batch = Some(batch.encode_to_vec().into());
    }
    let due = due_ms(&snapshot, retention_ms);
    commit.timer = match due {
        due if base.version > 0 && due == due_ms(&base.snapshot, retention_ms) => Timer::Keep,
        Some(due) => Timer::Set(due),
        None => Timer::Clear,
    };
    commit.listing = listing(base, &snapshot);
    let next = Execution {
        key: base.key.clone(),
        origin: Arc::clone(&base.origin),
        snapshot,
        version: base.version + 1,
        commit: id,
        batches: base.batches + u64::from(commit.batch.is_some()),
        places,
        waiters,
    };
    // Where its entry was kept with its start, it goes now.
    commit.outbox_retire.extend(ended.iter().map(|ended| ended.entry));
    let mut plan = Plan { events: events.len(), calls, retired: ended, ..Plan::default() };
    outbox(base, &next, commands, &mut commit, &mut plan);
    plan.next = Some(Arc::new(next));
    (commit, plan)
}

/// The write that changes nothing but what the trigger stream holds.
pub(crate) fn plan_nothing(base: Option<&Execution>, key: &Bytes, id: CommitId) -> (Commit, Plan) {
    let Some(base) = base else {
        let mut commit = Commit::new(id, key.clone(), Expect::Absent);
        commit.remove = true;
        return (commit, Plan::default());
    };
    let commit = Commit::new(id, key.clone(), Expect::Version(base.version));
    let next = Execution {
        key: base.key.clone(),
        origin: Arc::clone(&base.origin),
        snapshot: base.snapshot.clone(),
        version: base.version + 1,
        commit: id,
        batches: base.batches,
        places: base.places.clone(),
        waiters: base.waiters.clone(),
    };
    (commit, Plan { next: Some(Arc::new(next)), ..Plan::default() })
}

/// The write that changes who is to be told of the end, and nothing else.
pub(crate) fn plan_waiters(
    base: &Execution,
    waiters: Vec<Waiter>,
    id: CommitId,
    retention_ms: i64,
) -> (Commit, Plan) {
    let decision = Decision {
        snapshot: base.snapshot.clone(),
        events: Vec::new(),
        commands: Vec::new(),
        touched: BTreeSet::new(),
        not_before_ms: None,
    };
    plan(base, decision, waiters, id, retention_ms)
}

/// The write that removes a closed execution whose retention has ended.
pub(crate) fn plan_removal(base: &Execution, id: CommitId) -> (Commit, Plan) {
    let mut commit = Commit::new(id, base.key.clone(), Expect::Version(base.version));
    commit.remove = true;
    (commit, Plan::default())
}

/// The batch of these events, without its payloads.
fn journal(events: &[Event], writer: &mut Writer) -> HistoryBatch {
    let time_ms = events.first().map_or(0, |event| event.time_ms);
    let events = events.iter().filter_map(|event| encode_event(event, time_ms, writer)).collect();
    HistoryBatch { time_ms, payloads: Vec::new(), events }
}

/// The place in the listings, where it changes.
fn listing(base: &Execution, snapshot: &Snapshot) -> Option<Listing> {
    let root = snapshot.root();
    if base.version > 0 && base.snapshot.root().status == root.status {
        return None;
    }
    Some(Listing {
        index: base.origin.incarnation.clone(),
        group: group_of(base.origin.identity.arn.state_machine().namespace()),
        status: status_number(root.status),
        sort_ms: root.stopped_ms.unwrap_or(root.started_ms),
        entry: encode_listing(&base.origin, root),
        open: snapshot.is_running(),
    })
}

/// Who is to be told that the execution has ended, where it does so now. The start that made it
/// and that it ends with is answered with its end.
fn ends(base: &Execution, snapshot: &Snapshot, waiters: &mut [Waiter]) -> Vec<Call> {
    let ended = |snapshot: &Snapshot| snapshot.root().stopped_ms.is_some();
    if waiters.is_empty() || !ended(snapshot) || ended(&base.snapshot) {
        return Vec::new();
    }
    if base.version == 0 {
        waiters.iter_mut().for_each(|waiter| waiter.told = true);
    }
    let untold = waiters.iter().enumerate().filter(|(_, waiter)| !waiter.told);
    untold.map(|(at, waiter)| Call::end(&base.origin.identity.arn, at, waiter)).collect()
}

/// The started task of an activity in this scope, where it ends.
fn ended_task(base: &Execution, next: &Snapshot, scope: ScopeId) -> Option<Retired> {
    let attempt = base.snapshot.scope(scope)?.attempt()?;
    let of_activity = attempt.schedule.worker.kind == WorkerKind::Activity;
    let ended = attempt.started.is_some() && next.attempt(attempt.scheduled_event).is_none();
    (of_activity && ended).then(|| Retired::new(attempt, Why::Ended))
}

fn outbox(
    base: &Execution,
    next: &Execution,
    commands: Vec<Command>,
    commit: &mut Commit,
    plan: &mut Plan,
) {
    for command in commands {
        match command {
            Command::EnqueueTask { task, .. } if task.child().is_some() => {
                plan.calls.push(Call::start(base.task(&task)));
            }
            Command::EnqueueTask { task, .. } => {
                let effect = OutboxEffect::new(&base.origin, &task);
                commit.outbox_put.push((task.scheduled_event, effect.body.clone()));
                plan.queued.push(effect);
            }
            Command::StopChild { attempt } => {
                let child = attempt.child().and_then(|child| child_arn(&child));
                plan.calls.extend(child.map(|child| Call::stop(base.task(&attempt), child)));
            }
            Command::RetireTask { scheduled_event } => {
                commit.outbox_retire.push(scheduled_event);
                if let Some((_, task)) = base.snapshot.attempt(scheduled_event)
                    && task.child().is_none()
                {
                    let taken = next.snapshot.attempt(scheduled_event).is_some();
                    let why = if taken { Why::Started } else { Why::Withdrawn };
                    plan.retired.push(Retired::new(task, why));
                }
            }
        }
    }
    commit.outbox_put.extend(plan.calls.iter().map(|call| (call.entry, encode_call(call))));
}

/// The ARN of a child; none where its state machine or its name are none, so that it never began.
fn child_arn(child: &Child) -> Option<ExecutionArn> {
    let named = QualifiedMachineArn::parse(&child.state_machine_arn).ok()?;
    Some(ExecutionArn::new(named.machine().clone(), Name::parse(&child.name).ok()?))
}
