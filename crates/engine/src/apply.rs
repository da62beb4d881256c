//! The only place where the state of an execution changes: events, applied one by one, live and
//! on replay.
//!
//! An event that does not fit the snapshot, which [`crate::decide`] never makes, moves the
//! counters and nothing else.

use crate::snapshot::Draft;
use crate::{
    Branch, Event, EventBody, Parent, Payload, Phase, Position, Reason, Schedule, Scope, ScopeId,
    Snapshot, Started, StateRun, Status, TaskAttempt, Variables,
};
use std::collections::BTreeSet;
use stepwell_asl::ast::{FlowId, StateId};

/// Moves `snapshot` on by `event`.
pub fn apply(snapshot: &mut Snapshot, event: &Event) {
    apply_noting(snapshot, event, &mut BTreeSet::new());
}

/// As [`apply`], and notes the scopes that were made, changed or removed.
pub(crate) fn apply_noting(
    snapshot: &mut Snapshot,
    event: &Event,
    touched: &mut BTreeSet<ScopeId>,
) {
    let mut draft = Draft { snapshot, touched };
    draft.body(event);
    let root = draft.root();
    root.last_time_ms = event.time_ms;
    if !event.is_private() {
        root.last_event_id = event.id;
    }
}

impl Draft<'_> {
    fn body(&mut self, event: &Event) {
        match &event.body {
            EventBody::ExecutionStarted { input, start_at, deadline_ms, .. } => {
                self.start(event, input, *start_at, *deadline_ms);
            }
            EventBody::ExecutionSucceeded { output } => {
                self.root().output = Some(output.clone());
                self.close(Status::Succeeded, event.time_ms);
            }
            EventBody::ExecutionFailed(reason) => self.close_for(Status::Failed, reason, event),
            EventBody::ExecutionAborted(reason) => self.close_for(Status::Aborted, reason, event),
            // DescribeExecution shows the exact deadline and no error.
            EventBody::ExecutionTimedOut(_) => {
                let root = self.root();
                let deadline_ms = root.deadline_ms.unwrap_or(event.time_ms).max(root.last_time_ms);
                self.close(Status::TimedOut, deadline_ms.min(event.time_ms));
            }
            EventBody::StateEntered { state, input, .. } => self.enter(event, *state, input),
            EventBody::StateExited { output, assigned, next, .. } => {
                self.exit(event, output, assigned, *next);
            }
            EventBody::StateAborted { .. } => {
                self.remove_branches(event.scope);
                self.remove(event.scope);
            }
            EventBody::ParallelStateStarted { branches, input } => {
                self.open_branches(event, branches, input);
            }
            // Exited follows the last event of a branch, not this one.
            EventBody::ParallelStateSucceeded => self.end_branches(event.scope, None),
            EventBody::ParallelStateFailed => self.end_branches(event.scope, Some(event.id)),
            EventBody::MapStateStarted { items, length } => {
                self.open_iterations(event, items, *length);
            }
            EventBody::MapIterationStarted { index, branch, input, .. } => {
                self.start_iteration(event, *index, branch, input);
            }
            EventBody::MapIterationSucceeded { .. } => self.end_iteration(event),
            // What becomes of the scopes is told by the events that follow.
            EventBody::MapIterationFailed { .. } | EventBody::MapIterationAborted { .. } => {}
            EventBody::MapStateSucceeded => self.end_branches(event.scope, None),
            EventBody::MapStateFailed => self.end_branches(event.scope, Some(event.id)),
            EventBody::EvaluationFailed { .. } => self.evaluation_failed(event),
            EventBody::WaitScheduled { until_ms } => self.change(event.scope, |scope| {
                if let Some(run) = scope.run_mut() {
                    run.phase = Phase::Waiting { until_ms: *until_ms };
                }
            }),
            EventBody::RetryScheduled { retrier, until_ms } => {
                self.back_off(event, *retrier, *until_ms);
            }
            _ => self.task(event),
        }
    }

    /// What happens to the open attempt of a scope.
    fn task(&mut self, event: &Event) {
        match &event.body {
            EventBody::TaskScheduled(schedule) => self.schedule(event, schedule),
            EventBody::TaskStarted { delivery_id, worker_name, .. } => {
                self.task_started(event, *delivery_id, worker_name.as_ref());
            }
            EventBody::TaskSubmitted { .. } => self.task_submitted(event),
            EventBody::TaskSucceeded { .. }
            | EventBody::TaskFailed(..)
            | EventBody::TaskTimedOut(..)
            | EventBody::TaskScheduleFailed(..)
            | EventBody::TaskStartFailed(..) => self.phase(event, Phase::Ended),
            EventBody::HeartbeatReceived => {
                self.attempt(event.scope, |attempt| restart_heartbeat(attempt, event.time_ms));
            }
            EventBody::CallAlive => {
                self.attempt(event.scope, |attempt| restart_call(attempt, event.time_ms));
            }
            EventBody::OutcomeReceived(outcome) => {
                self.attempt(event.scope, |attempt| {
                    attempt.outcome = Some(outcome.clone());
                    attempt.heartbeat_deadline_ms = None;
                });
            }
            EventBody::TaskRedelivered { delivery_id, worker_name } => {
                self.attempt(event.scope, |attempt| {
                    if let Some(started) = &mut attempt.started {
                        started.delivery_id = *delivery_id;
                        started.worker_name.clone_from(worker_name);
                        restart_heartbeat(attempt, event.time_ms);
                        restart_call(attempt, event.time_ms);
                    }
                });
            }
            _ => {}
        }
    }

    fn start(&mut self, event: &Event, input: &Payload, start_at: StateId, deadline_ms: i64) {
        let root = self.root();
        root.started_ms = event.time_ms;
        root.deadline_ms = Some(deadline_ms);
        root.input = input.clone();
        root.next_scope = ScopeId(1);
        let position = Position::Entering { state: start_at, input: input.compact() };
        // The first state follows nothing, not the start (recorded).
        let scope = Scope {
            flow: FlowId::MAIN,
            parent: None,
            tail: 0,
            variables: Variables::default(),
            position,
        };
        self.insert(ScopeId::MAIN, scope);
    }

    fn close_for(&mut self, status: Status, reason: &Reason, event: &Event) {
        self.root().reason = reason.clone();
        self.close(status, event.time_ms);
    }

    fn close(&mut self, status: Status, stopped_ms: i64) {
        let root = self.root();
        root.status = status;
        root.stopped_ms = Some(stopped_ms);
        self.clear();
    }

    fn enter(&mut self, event: &Event, state: StateId, input: &Payload) {
        self.change(event.scope, |scope| {
            scope.tail = event.id;
            scope.position = Position::In(StateRun {
                state,
                entered_event: event.id,
                entered_after: event.previous,
                entered_ms: event.time_ms,
                input: input.clone(),
                retries: Vec::new(),
                phase: Phase::Entered,
            });
        });
    }

    fn exit(
        &mut self,
        event: &Event,
        output: &Payload,
        assigned: &Variables,
        next: Option<StateId>,
    ) {
        let mut parent = None;
        self.change(event.scope, |scope| {
            scope.tail = event.id;
            match next {
                Some(_) => scope.variables.assign(assigned),
                // Variables end with their scope.
                None => scope.variables = Variables::default(),
            }
            scope.position = match next {
                Some(state) => Position::Entering { state, input: output.clone() },
                None => Position::Finished { output: output.clone() },
            };
            parent = scope.parent.filter(|_| next.is_none());
        });
        let Some(Parent { scope, .. }) = parent else { return };
        // The end of an iteration has an event of its own.
        let is_parallel = |scope: &Scope| {
            scope.run().is_some_and(|run| matches!(run.phase, Phase::Branches { .. }))
        };
        if !self.snapshot.scope(scope).is_some_and(is_parallel) {
            return;
        }
        self.change(scope, |scope| {
            scope.tail = event.id;
            if let Some(StateRun { phase: Phase::Branches { open, .. }, .. }) = scope.run_mut() {
                *open = open.saturating_sub(1);
            }
        });
    }

    fn open_branches(&mut self, event: &Event, branches: &[Branch], input: &Payload) {
        let first = self.root().next_scope;
        let mut count = 0;
        for branch in branches {
            let position = Position::Entering { state: branch.start_at, input: input.clone() };
            let parent = Some(Parent { scope: event.scope, branch: count });
            let variables = Variables::default();
            let scope = Scope { flow: branch.flow, parent, tail: event.id, variables, position };
            self.insert(ScopeId(first.0.saturating_add(count)), scope);
            count += 1;
        }
        self.root().next_scope = ScopeId(first.0.saturating_add(count));
        self.phase(event, Phase::Branches { first, count, open: count });
    }

    fn open_iterations(&mut self, event: &Event, items: &Payload, length: u32) {
        let first = self.root().next_scope;
        self.root().next_scope = ScopeId(first.0.saturating_add(length));
        let items = items.clone();
        self.phase(event, Phase::Iterations { items, length, first, next: 0, open: 0 });
    }

    fn start_iteration(&mut self, event: &Event, index: u32, branch: &Branch, input: &Payload) {
        let mut id = None;
        self.change(event.scope, |scope| {
            if let Some(StateRun { phase: Phase::Iterations { first, next, open, .. }, .. }) =
                scope.run_mut()
            {
                *next = index.saturating_add(1);
                *open = open.saturating_add(1);
                id = Some(ScopeId(first.0.saturating_add(index)));
            }
        });
        let Some(id) = id else { return };
        let parent = Some(Parent { scope: event.scope, branch: index });
        let position = Position::Entering { state: branch.start_at, input: input.clone() };
        let variables = Variables::default();
        self.insert(id, Scope { flow: branch.flow, parent, tail: event.id, variables, position });
    }

    fn end_iteration(&mut self, event: &Event) {
        self.change(event.scope, |scope| {
            scope.tail = event.id;
            if let Some(StateRun { phase: Phase::Iterations { open, .. }, .. }) = scope.run_mut() {
                *open = open.saturating_sub(1);
            }
        });
    }

    fn end_branches(&mut self, id: ScopeId, tail: Option<u64>) {
        self.remove_branches(id);
        self.change(id, |scope| {
            scope.tail = tail.unwrap_or(scope.tail);
            if let Some(run) = scope.run_mut() {
                run.phase = Phase::Ended;
            }
        });
    }

    /// Removes every scope below `id`.
    fn remove_branches(&mut self, id: ScopeId) {
        for branch in self.snapshot.branches(id) {
            self.remove_branches(branch);
            self.remove(branch);
        }
    }

    fn back_off(&mut self, event: &Event, retrier: u32, until_ms: i64) {
        self.remove_branches(event.scope);
        self.change(event.scope, |scope| {
            scope.tail = event.previous;
            if let Some(run) = scope.run_mut() {
                let at = retrier as usize;
                run.retries.resize(run.retries.len().max(at + 1), 0);
                run.retries[at] = run.retries[at].saturating_add(1);
                run.phase = Phase::Backoff { until_ms };
            }
        });
    }

    fn schedule(&mut self, event: &Event, schedule: &Schedule) {
        let attempt = TaskAttempt {
            scheduled_event: event.id,
            schedule: schedule.clone(),
            started: None,
            submitted_event: None,
            deadline_ms: None,
            heartbeat_deadline_ms: None,
            call_deadline_ms: None,
            outcome: None,
        };
        self.phase(event, Phase::Task(Box::new(attempt)));
    }

    fn task_started(
        &mut self,
        event: &Event,
        delivery_id: u128,
        worker_name: Option<&std::sync::Arc<str>>,
    ) {
        let worker_name = worker_name.cloned();
        self.change(event.scope, |scope| {
            scope.tail = event.id;
            let Some(attempt) = scope.attempt_mut() else { return };
            let time_ms = event.time_ms;
            attempt.started = Some(Started { event: event.id, time_ms, delivery_id, worker_name });
            attempt.deadline_ms = after(time_ms, attempt.schedule.timeout_seconds);
            restart_heartbeat(attempt, time_ms);
            restart_call(attempt, time_ms);
        });
    }

    /// Heartbeats count anew: whoever is to send them may have the token only now.
    fn task_submitted(&mut self, event: &Event) {
        self.change(event.scope, |scope| {
            scope.tail = event.id;
            let Some(attempt) = scope.attempt_mut() else { return };
            attempt.submitted_event = Some(event.id);
            attempt.call_deadline_ms = None;
            restart_heartbeat(attempt, event.time_ms);
        });
    }

    /// Follows a public event of the scope's current state into `phase`.
    fn phase(&mut self, event: &Event, phase: Phase) {
        self.change(event.scope, |scope| {
            scope.tail = event.id;
            if let Some(run) = scope.run_mut() {
                run.phase = phase;
            }
        });
    }

    fn evaluation_failed(&mut self, event: &Event) {
        self.change(event.scope, |scope| {
            scope.tail = event.id;
            // Open iterations are still to be cut off.
            if let Some(run) = scope.run_mut()
                && !matches!(run.phase, Phase::Iterations { .. })
            {
                run.phase = Phase::Ended;
            }
        });
    }

    fn attempt(&mut self, id: ScopeId, change: impl FnOnce(&mut TaskAttempt)) {
        self.change(id, |scope| scope.attempt_mut().map(change).unwrap_or_default());
    }
}

fn restart_heartbeat(attempt: &mut TaskAttempt, time_ms: i64) {
    let seconds = attempt.schedule.heartbeat_seconds;
    attempt.heartbeat_deadline_ms =
        after(time_ms, seconds.filter(|_| attempt.schedule.asks_for_heartbeats()));
}

fn restart_call(attempt: &mut TaskAttempt, time_ms: i64) {
    let is_over = attempt.submitted_event.is_some();
    attempt.call_deadline_ms = after(time_ms, attempt.schedule.call_seconds.filter(|_| !is_over));
}

fn after(time_ms: i64, seconds: Option<u32>) -> Option<i64> {
    seconds.map(|seconds| time_ms.saturating_add(i64::from(seconds) * 1_000))
}
