//! Tasks between their schedule and their end: what workers say, and what they fail to say.

use super::failure::{Failure, FailureKind};
use super::turn::Turn;
use crate::{EventBody, Payload, Reason, Refusal, ScopeId, TaskAttempt, TaskFailure, TaskRef};
use crate::{Worker, WorkerKind};
use std::sync::Arc;
use stepwell_asl::TIMEOUT;
use stepwell_asl::ast::StateKind;

impl Turn<'_> {
    /// The open attempt that `task` names, and its scope.
    fn open_attempt(&self, task: TaskRef) -> Result<(ScopeId, &TaskAttempt), Refusal> {
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

    pub(super) fn task_succeeded(
        &mut self,
        task: TaskRef,
        output: &Payload,
    ) -> Result<(), Refusal> {
        let (id, attempt) = self.started_attempt(task)?;
        let Worker { kind: worker, arn, .. } = attempt.schedule.worker.clone();
        let output = output.compact();
        if output.size() > self.context.limits.payload_bytes {
            let who = worker.integration().map_or(&*arn, |(service, _)| service);
            let reason = Failure::data_limit(who);
            self.end_attempt(id, EventBody::TaskFailed(worker, reason.clone()), reason);
            return Ok(());
        }
        self.emit_next(id, EventBody::TaskSucceeded { worker, output: output.clone() });
        if let Some(visit) = self.visit(id)
            && let StateKind::Task(task) = &visit.state.kind
        {
            let done = self.leave(&visit, output, task.transition);
            self.conclude(&visit, done);
        }
        Ok(())
    }

    pub(super) fn task_failed(
        &mut self,
        task: TaskRef,
        failure: TaskFailure,
        reason: Reason,
    ) -> Result<(), Refusal> {
        let (id, attempt) = self.open_attempt(task)?;
        let worker = attempt.schedule.worker.kind.clone();
        let is_started = attempt.started.is_some();
        let (body, reason) = match (failure, is_started) {
            (TaskFailure::ScheduleFailed, false) => {
                (EventBody::TaskScheduleFailed(worker, reason.clone()), reason)
            }
            (TaskFailure::StartFailed, false) if worker == WorkerKind::Activity => {
                (EventBody::TaskScheduleFailed(worker, reason.clone()), reason)
            }
            (TaskFailure::StartFailed, false) => {
                (EventBody::TaskStartFailed(worker, reason.clone()), reason)
            }
            (_, false) => return Err(Refusal::TaskDoesNotExist),
            (TaskFailure::TimedOut, true) => {
                let error = reason.error.or_else(|| Some(TIMEOUT.into()));
                let reason = Reason { error, ..reason };
                (EventBody::TaskTimedOut(worker, reason.clone()), reason)
            }
            (_, true) => (EventBody::TaskFailed(worker, reason.clone()), reason),
        };
        self.end_attempt(id, body, reason);
        Ok(())
    }

    /// Ends an attempt whose deadline or heartbeat has passed, whichever came first.
    pub(super) fn task_expired(&mut self, id: ScopeId) {
        let Some(attempt) = self.snapshot.scope(id).and_then(|scope| scope.attempt()) else {
            return;
        };
        let worker = attempt.schedule.worker.kind.clone();
        let is_heartbeat = match (attempt.heartbeat_deadline_ms, attempt.deadline_ms) {
            (Some(heartbeat), Some(deadline)) => heartbeat < deadline,
            (heartbeat, _) => heartbeat.is_some(),
        };
        if is_heartbeat && worker != WorkerKind::Activity {
            let cause = "The worker that called the function was lost; \
                         whether the function ran is not known.";
            let reason = Reason { error: Some("Lambda.Unknown".into()), cause: Some(cause.into()) };
            self.end_attempt(id, EventBody::TaskFailed(worker, reason.clone()), reason);
            return;
        }
        let reason = Reason { error: Some(TIMEOUT.into()), cause: None };
        let kind = if is_heartbeat { FailureKind::MissedHeartbeat } else { FailureKind::Named };
        self.emit_next(id, EventBody::TaskTimedOut(worker, reason.clone()));
        if let Some(visit) = self.visit(id) {
            self.fail(&visit, Failure { reason, kind });
        }
    }

    fn end_attempt(&mut self, id: ScopeId, body: EventBody, reason: Reason) {
        self.emit_next(id, body);
        if let Some(visit) = self.visit(id) {
            self.fail(&visit, Failure::named(reason));
        }
    }
}
