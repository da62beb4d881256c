//! The snapshot: the whole state of an execution between two triggers.

use crate::index::Index;
use crate::{Payload, Phase, Reason, Scope, ScopeId, Scopes};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How close the ends of tasks lie that are looked at together, in milliseconds.
const MOMENT_MS: i64 = 1_000;
/// Most tasks that are looked at to find those.
const MOMENT_SCOPES: usize = 256;

/// The status of an execution (API reference, `DescribeExecution`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// `RUNNING`
    #[default]
    Running,
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`
    Failed,
    /// `TIMED_OUT`
    TimedOut,
    /// `ABORTED`
    Aborted,
}

/// What a snapshot holds besides its scopes. Everything but `input` is small.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Root {
    /// `status`
    pub status: Status,
    /// The id of the last public event; 0 before the start.
    pub last_event_id: u64,
    /// The time of the last event, in milliseconds since the epoch.
    pub last_time_ms: i64,
    /// `startDate`, in milliseconds since the epoch.
    pub started_ms: i64,
    /// `stopDate`, in milliseconds since the epoch; none while it runs.
    pub stopped_ms: Option<i64>,
    /// When the execution times out, in milliseconds since the epoch; none before the start.
    pub deadline_ms: Option<i64>,
    /// `input`, the caller's text. Never changes after the start.
    pub input: Payload,
    /// `output`; only of an execution that succeeded.
    pub output: Option<Payload>,
    /// `error` and `cause` of an execution that failed or was aborted.
    pub reason: Reason,
    /// The id of the next scope that is made.
    pub next_scope: ScopeId,
}

/// The whole state of an execution. Only [`crate::apply`] changes it.
///
/// Stored in parts: the [`Root`], and each scope by itself, so that a write is in proportion to
/// its change. An execution that has ended has no scopes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    root: Root,
    scopes: Scopes,
    index: Index,
}

impl Snapshot {
    /// The snapshot of an execution that is not started: only [`crate::Trigger::Start`] leads
    /// on from it.
    #[must_use]
    pub fn unstarted() -> Self {
        Self::default()
    }

    /// The snapshot of these stored parts.
    #[must_use]
    pub fn from_parts(root: Root, scopes: impl IntoIterator<Item = (ScopeId, Scope)>) -> Self {
        let mut snapshot = Self { root, ..Self::default() };
        for (id, scope) in scopes {
            snapshot.index.insert(id, &scope);
            snapshot.scopes.insert(id, scope);
        }
        snapshot
    }

    /// What the snapshot holds besides its scopes.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The open scopes, and the finished branches whose Parallel or Map state is open.
    #[must_use]
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// The scope `id`.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id).map(Arc::as_ref)
    }

    /// Whether the execution was started and has not ended.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.root.last_event_id > 0 && self.root.status == Status::Running
    }

    /// When the execution needs a [`crate::Trigger::TimerFired`], in milliseconds since the
    /// epoch: the earliest of waits, backoffs, task timeouts, heartbeats and its own timeout;
    /// the time of the last event where a decision stopped at its step bound. None where it is
    /// not running.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<i64> {
        if !self.is_running() {
            return None;
        }
        if !self.index.runnable.is_empty() {
            return Some(self.root.last_time_ms);
        }
        let scope_due = self.index.due.first().map(|(due_ms, id)| self.due_together(*due_ms, *id));
        scope_due.into_iter().chain(self.root.deadline_ms).min()
    }

    /// When the first scope that is due has to be looked at. Tasks beside each other that run out
    /// of time one right after the other do so together, at the time of the last: the service
    /// shows all of them as timed out before the first one's failure cuts off the others
    /// (recorded), and its timers are no finer.
    fn due_together(&self, due_ms: i64, first: ScopeId) -> i64 {
        let last = (due_ms.saturating_add(MOMENT_MS), ScopeId(u32::MAX));
        let next = self.index.due.range((due_ms, first)..=last).take(MOMENT_SCOPES);
        let Some(parent) = self.around_task(first) else { return due_ms };
        let peers = next.take_while(|(_, id)| self.around_task(*id) == Some(parent));
        peers.last().map_or(due_ms, |(last_ms, _)| *last_ms)
    }

    /// The scope whose state opened `id`, where `id` is a branch or iteration at a task.
    pub(crate) fn around_task(&self, id: ScopeId) -> Option<ScopeId> {
        let scope = self.scope(id)?;
        scope.attempt()?;
        scope.parent.map(|parent| parent.scope)
    }

    /// The open attempt that the event `scheduled_event` scheduled, and its scope.
    #[must_use]
    pub fn attempt(&self, scheduled_event: u64) -> Option<(ScopeId, &crate::TaskAttempt)> {
        let id = *self.index.attempts.get(&scheduled_event)?;
        Some((id, self.scope(id)?.attempt()?))
    }

    /// Attempts that are still to reach a worker, or whose call is still to be made, oldest
    /// first: what the queues and the outbox have to hold.
    pub fn pending_attempts(&self) -> impl Iterator<Item = (ScopeId, &crate::TaskAttempt)> {
        let open = self.index.attempts.keys().filter_map(|event| self.attempt(*event));
        open.filter(|(_, attempt)| attempt.is_pending())
    }

    /// Bytes of all variables.
    pub(crate) fn variable_bytes(&self) -> usize {
        self.index.variable_bytes
    }

    /// Bytes of variables and of outputs of finished scopes, whose number the definition alone
    /// does not bound.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.index.variable_bytes + self.index.finished_bytes
    }

    /// The scopes that the current state of `id` opened and that are still there, by branch.
    pub(crate) fn branches(&self, id: ScopeId) -> Vec<ScopeId> {
        let (first, count) = match self.scope(id).and_then(Scope::run).map(|run| &run.phase) {
            Some(Phase::Branches { first, count, .. }) => (*first, *count),
            Some(Phase::Iterations { first, next, .. }) => (*first, *next),
            _ => return Vec::new(),
        };
        let end = ScopeId(first.0.saturating_add(count));
        self.scopes.range(first, end).map(|(id, _)| id).collect()
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }
}

/// A snapshot that is being changed, with a note of the scopes that were.
pub(crate) struct Draft<'a> {
    pub(crate) snapshot: &'a mut Snapshot,
    pub(crate) touched: &'a mut BTreeSet<ScopeId>,
}

impl Draft<'_> {
    pub(crate) fn root(&mut self) -> &mut Root {
        &mut self.snapshot.root
    }

    pub(crate) fn insert(&mut self, id: ScopeId, scope: Scope) {
        self.remove(id);
        self.snapshot.index.insert(id, &scope);
        self.snapshot.scopes.insert(id, scope);
        self.touched.insert(id);
    }

    pub(crate) fn remove(&mut self, id: ScopeId) -> Option<Arc<Scope>> {
        let scope = self.snapshot.scopes.remove(id)?;
        self.snapshot.index.remove(id, &scope);
        self.touched.insert(id);
        Some(scope)
    }

    /// Lets `change` change a scope; does nothing where there is none.
    pub(crate) fn change(&mut self, id: ScopeId, change: impl FnOnce(&mut Scope)) {
        let Some(shared) = self.snapshot.scopes.get_mut(id) else { return };
        self.snapshot.index.remove(id, shared);
        let scope = Arc::make_mut(shared);
        change(scope);
        self.snapshot.index.insert(id, scope);
        self.touched.insert(id);
    }

    pub(crate) fn clear(&mut self) {
        self.touched.extend(self.snapshot.scopes.iter().map(|(id, _)| id));
        self.snapshot.scopes = Scopes::default();
        self.snapshot.index = Index::default();
    }
}
