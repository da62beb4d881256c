//! Tasks between their schedule and their end: what workers say, and what they fail to say.

use super::failure::{Failure, FailureKind};
use super::turn::Turn;
use crate::{
    EventBody, Payload, Phase, Reason, Refusal, Scope, ScopeId, TaskAttempt, TaskFailure,
    TaskOutcome, TaskRef, Worker,
};
use std::sync::Arc;
use stepwell_asl::TIMEOUT;
use stepwell_asl::ast::StateKind;

impl Turn<'_> {
    /// The open attempt that `task` names, and its scope.
    pub(super) fn open_attempt(&self, task: TaskRef) -> Result<(ScopeId, &TaskAttempt), Refusal> {
        let last = self.snapshot.root().last_event_id;
        if last == 0 {
            return Err(Refusal::NotStarted);
        }
        match self.snapshot.attempt(task.scheduled_event) {
            Some((id, attempt)) if attempt.reference() == task => Ok((id, attempt)),
            None if (1..=last).contains(&task.scheduled_event) => Err(Refusal::TaskTimedOut),
            _ => Err(Refusal::TaskDoesNotExist),
        }
    }

    /// As [`Self::open_attempt`], of an attempt that a worker has.
    fn started_attempt(&self, task: TaskRef) -> Result<(ScopeId, &TaskAttempt), Refusal> {
        let (id, attempt) = self.open_attempt(task)?;
        if attempt.started.is_none() {
            return Err(Refusal::TaskDoesNotExist);
        }
        // A task ends once.
        if attempt.outcome.is_some() {
            return Err(Refusal::TaskTimedOut);
        }
        Ok((id, attempt))
    }

    pub(super) fn task_started(
        &mut self,
        task: TaskRef,
        delivery_id: u128,
        worker_name: Option<Arc<str>>,
    ) -> Result<(), Refusal> {
        let (id, attempt) = self.open_attempt(task)?;
        if let Some(started) = &attempt.started {
            let same = started.delivery_id == delivery_id;
            return if same { Ok(()) } else { Err(Refusal::AlreadyStarted) };
        }
        let worker = attempt.schedule.worker.kind.clone();
        self.emit_next(id, EventBody::TaskStarted { worker, delivery_id, worker_name });
        Ok(())
    }

    pub(super) fn task_redelivered(
        &mut self,
        task: TaskRef,
        failed_delivery_id: u128,
        delivery_id: u128,
        worker_name: Option<Arc<str>>,
    ) -> Result<(), Refusal> {
        let (id, attempt) = self.open_attempt(task)?;
        let Some(started) = &attempt.started else {
            // The failed delivery never got as far as being recorded.
            return self.task_started(task, delivery_id, worker_name);
        };
        if started.delivery_id == delivery_id {
            return Ok(());
        }
        if started.delivery_id != failed_delivery_id {
            return Err(Refusal::AlreadyStarted);
        }
        self.emit_next(id, EventBody::TaskRedelivered { delivery_id, worker_name });
        Ok(())
    }

    pub(super) fn task_heartbeat(&mut self, task: TaskRef) -> Result<(), Refusal> {
        let (id, attempt) = self.started_attempt(task)?;
        if attempt.heartbeat_deadline_ms.is_some() {
            self.emit_next(id, EventBody::HeartbeatReceived);
        }
        Ok(())
    }

    /// What the holder of the token says of the end of a task.
    pub(super) fn task_succeeded(
        &mut self,
        task: TaskRef,
        output: &Payload,
    ) -> Result<(), Refusal> {
        let (id, attempt) = self.started_attempt(task)?;
        let outcome = self.outcome(attempt, output);
        let is_being_called = attempt.is_being_called();
        self.end_under_token(id, is_being_called, outcome);
        Ok(())
    }

    /// As [`Self::task_succeeded`].
    pub(super) fn task_failed(
        &mut self,
        task: TaskRef,
        failure: TaskFailure,
        reason: Reason,
    ) -> Result<(), Refusal> {
        if failure != TaskFailure::Failed {
            return self.call_failed(task, failure, reason);
        }
        let (id, attempt) = self.started_attempt(task)?;
        let is_being_called = attempt.is_being_called();
        self.end_under_token(id, is_being_called, TaskOutcome::Failed(reason));
        Ok(())
    }

    fn end_under_token(&mut self, id: ScopeId, is_being_called: bool, outcome: TaskOutcome) {
        if is_being_called {
            self.emit_next(id, EventBody::OutcomeReceived(outcome));
        } else {
            self.end_with(id, outcome);
        }
    }

    /// How an attempt ends with a result: not well if that is too large.
    pub(super) fn outcome(&self, attempt: &TaskAttempt, output: &Payload) -> TaskOutcome {
        let output = output.compact();
        if output.size() <= self.context.limits.payload_bytes {
            return TaskOutcome::Succeeded(output);
        }
        let Worker { kind, arn, .. } = &attempt.schedule.worker;
        let who = kind.integration().map_or(&**arn, |(service, _)| service);
        TaskOutcome::Failed(Failure::data_limit(who))
    }

    /// Ends the attempt of a scope.
    pub(super) fn end_with(&mut self, id: ScopeId, outcome: TaskOutcome) {
        let Some(visit) = self.visit(id) else { return };
        let Some(attempt) = self.snapshot.scope(id).and_then(Scope::attempt) else { return };
        let worker = attempt.schedule.worker.kind.clone();
        let output = match outcome {
            TaskOutcome::Succeeded(output) => output,
            TaskOutcome::Failed(reason) => {
                return self.end_attempt(id, EventBody::TaskFailed(worker, reason.clone()), reason);
            }
        };
        self.emit_next(id, EventBody::TaskSucceeded { worker, output: output.clone() });
        if let StateKind::Task(task) = &visit.state.kind {
            let done = self.leave(&visit, output, task.transition);
            self.conclude(&visit, done);
        }
    }

    /// Ends an attempt whose deadline, heartbeat or call has passed, whichever came first. One
    /// that has ended under its token ends so. Tasks beside it whose time is over as well say so
    /// first (recorded), before the failure of one cuts off the others.
    pub(super) fn task_expired(&mut self, id: ScopeId) {
        let Some(attempt) = self.snapshot.scope(id).and_then(Scope::attempt) else { return };
        if let Some(outcome) = attempt.outcome.clone() {
            return self.end_with(id, outcome);
        }
        let worker = attempt.schedule.worker.kind.clone();
        let Some(kind) = passed(attempt) else { return self.call_lost(id, worker) };
        let parent = self.snapshot.around_task(id);
        let mut expired = vec![(id, kind)];
        while let Some(peer) = self.queue.front().copied()
            && parent.is_some()
            && self.snapshot.around_task(peer) == parent
            && let Some(attempt) = self.snapshot.scope(peer).and_then(Scope::attempt)
            && let Some(due_ms) = attempt.due_ms()
            && attempt.outcome.is_none()
            && let Some(kind) = passed(attempt)
            && self.has_come(due_ms)
        {
            self.queue.pop_front();
            self.charge_step();
            expired.push((peer, kind));
        }
        let reason = Reason { error: Some(TIMEOUT.into()), cause: None };
        let mut visits = Vec::with_capacity(expired.len());
        for (id, kind) in expired {
            let attempt = self.snapshot.scope(id).and_then(Scope::attempt);
            let worker = attempt.map(|attempt| attempt.schedule.worker.kind.clone());
            let (Some(visit), Some(worker)) = (self.visit(id), worker) else { continue };
            self.emit_next(id, EventBody::TaskTimedOut(worker, reason.clone()));
            visits.push((visit, kind));
        }
        for (visit, kind) in visits {
            // The failure of one before may have cut it off.
            let run = self.snapshot.scope(visit.scope).and_then(Scope::run);
            if run.is_some_and(|run| matches!(run.phase, Phase::Ended)) {
                self.fail(&visit, Failure { reason: reason.clone(), kind });
            }
        }
    }

    pub(super) fn end_attempt(&mut self, id: ScopeId, body: EventBody, reason: Reason) {
        let visit = self.visit(id);
        self.emit_next(id, body);
        if let Some(visit) = visit {
            self.fail(&visit, Failure::named(reason));
        }
    }
}

/// Whether the deadline or the heartbeat of an attempt passed first; none where its call did.
fn passed(attempt: &TaskAttempt) -> Option<FailureKind> {
    let deadlines = [
        (attempt.deadline_ms, FailureKind::Named),
        (attempt.heartbeat_deadline_ms, FailureKind::MissedHeartbeat),
    ];
    let ends = deadlines.into_iter().filter_map(|(at, kind)| Some((at?, kind)));
    let (first_ms, kind) = ends.min_by_key(|(at, _)| *at)?;
    let is_lost = attempt.call_deadline_ms.is_some_and(|lost_ms| lost_ms < first_ms);
    (!is_lost).then_some(kind)
}
