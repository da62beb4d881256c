//! Calls of functions and services: what the node that makes one says, and its silence.
//!
//! The task of a call ends with the answer, or goes on until its token is used (`.sync`,
//! `.waitForTaskToken`). An end under the token that comes before the answer is kept until the call
//! is over: it is never lost, whatever becomes of the call.

use super::turn::Turn;
use crate::{
    EventBody, Payload, Reason, Refusal, ScopeId, TaskFailure, TaskOutcome, TaskRef, WorkerKind,
};
use stepwell_asl::TIMEOUT;

impl Turn<'_> {
    pub(super) fn call_answered(&mut self, task: TaskRef, output: &Payload) -> Result<(), Refusal> {
        let (id, attempt) = self.open_attempt(task)?;
        if attempt.started.is_none() {
            return Err(Refusal::TaskDoesNotExist);
        }
        if attempt.submitted_event.is_some() {
            return Err(Refusal::TaskTimedOut);
        }
        let answer = self.outcome(attempt, output);
        let (outcome, is_all) = (attempt.outcome.clone(), !attempt.is_being_called());
        let worker = attempt.schedule.worker.kind.clone();
        match answer {
            answer if is_all => self.end_with(id, answer),
            TaskOutcome::Failed(_) => self.end_with(id, outcome.unwrap_or(answer)),
            TaskOutcome::Succeeded(output) => {
                self.emit_next(id, EventBody::TaskSubmitted { worker, output });
                if let Some(outcome) = outcome {
                    self.end_with(id, outcome);
                }
            }
        }
        Ok(())
    }

    pub(super) fn call_failed(
        &mut self,
        task: TaskRef,
        failure: TaskFailure,
        reason: Reason,
    ) -> Result<(), Refusal> {
        let (id, attempt) = self.open_attempt(task)?;
        if attempt.submitted_event.is_some() {
            return Err(Refusal::TaskTimedOut);
        }
        let worker = attempt.schedule.worker.kind.clone();
        let is_started = attempt.started.is_some();
        if let Some(outcome) = attempt.outcome.clone() {
            self.end_with(id, outcome);
            return Ok(());
        }
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

    pub(super) fn call_alive(&mut self, task: TaskRef) -> Result<(), Refusal> {
        let (id, attempt) = self.open_attempt(task)?;
        if attempt.started.is_none() {
            return Err(Refusal::TaskDoesNotExist);
        }
        if attempt.call_deadline_ms.is_some() {
            self.emit_next(id, EventBody::CallAlive);
        }
        Ok(())
    }

    /// Ends the attempt of a call whose node was lost.
    pub(super) fn call_lost(&mut self, id: ScopeId, worker: WorkerKind) {
        let cause = "The worker that called the function was lost; \
                     whether the function ran is not known.";
        let reason = Reason { error: Some("Lambda.Unknown".into()), cause: Some(cause.into()) };
        self.end_attempt(id, EventBody::TaskFailed(worker, reason.clone()), reason);
    }
}
