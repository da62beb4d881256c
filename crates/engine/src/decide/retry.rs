//! What follows from a failure: a retry, a catcher, or the end of the scope.

use super::failure::{Failure, FailureKind};
use super::jsonata::Sees;
use super::step::Visit;
use super::turn::Turn;
use crate::{EventBody, Parent, Payload, Phase, ScopeId, StateRun};
use std::sync::Arc;
use stepwell_asl::ast::{Catcher, StateKind};

impl<'a> Turn<'a> {
    /// Deals with a failure of the state's own work, whose event is the last of the scope.
    pub(super) fn fail(&mut self, visit: &Visit<'a>, failure: Failure) {
        if matches!(failure.kind, FailureKind::Query { .. })
            && let Some(ended) = self.failed_work(visit)
        {
            let failure = self.note_evaluation(visit, failure);
            let last = self.tail(visit.scope);
            self.abort_branches(visit.scope, None, last);
            return self.end_branches(visit, last, ended, failure);
        }
        let failure = self.note_evaluation(visit, failure);
        let last = self.tail(visit.scope);
        if !self.retry(visit, last, &failure) && !self.catch(visit, &failure) {
            self.end_scope(visit.scope, failure);
        }
    }

    /// What says that the work of a Parallel or Map state failed; none where it is over or the
    /// state is of another type.
    fn failed_work(&self, visit: &Visit<'a>) -> Option<EventBody> {
        let run = self.snapshot.scope(visit.scope)?.run()?;
        match &visit.state.kind {
            _ if matches!(run.phase, Phase::Ended) => None,
            StateKind::Parallel(_) => Some(EventBody::ParallelStateFailed),
            StateKind::Map(_) => Some(EventBody::MapStateFailed),
            _ => None,
        }
    }

    /// Schedules another try after the failing event `failing`, where a retrier matches and has
    /// one left: the first that matches counts (States Language, "Retrying after error").
    pub(super) fn retry(&mut self, visit: &Visit<'a>, failing: u64, failure: &Failure) -> bool {
        let mut retriers = (0_u32..).zip(&visit.state.retry);
        let matching = retriers.find(|(_, retrier)| failure.matches(&retrier.error_equals));
        let Some((index, retrier)) = matching else { return false };
        let run = self.snapshot.scope(visit.scope).and_then(|scope| scope.run());
        let given = run.and_then(|run| run.retries.get(index as usize)).copied().unwrap_or(0);
        if given >= retrier.max_attempts {
            return false;
        }
        let delay_ms = retrier.delay_millis(given.saturating_add(1), self.random.share());
        let until_ms = self.in_millis(i64::try_from(delay_ms).unwrap_or(i64::MAX));
        let body = EventBody::RetryScheduled { retrier: index, until_ms };
        self.emit(visit.scope, failing, body);
        true
    }

    /// Goes on where the first catcher that matches says. `OutputPath` does not run on a caught
    /// error (recorded).
    pub(super) fn catch(&mut self, visit: &Visit<'a>, failure: &Failure) -> bool {
        let mut catchers = visit.state.catch.iter();
        let Some(catcher) = catchers.find(|catcher| failure.matches(&catcher.error_equals)) else {
            return false;
        };
        let error_output = Payload::from_value(failure.error_output());
        if let Err(failure) = self.take_catcher(visit, catcher, error_output) {
            let failure = self.note_evaluation(visit, failure);
            self.end_scope(visit.scope, failure);
        }
        true
    }

    fn take_catcher(
        &mut self,
        visit: &Visit<'a>,
        catcher: &Catcher,
        error_output: Payload,
    ) -> Result<(), Failure> {
        let sees = Sees::ErrorOutput(&error_output);
        let assigned = self.assigned(visit, catcher.assign.as_ref(), &error_output, sees)?;
        let output = self.output(visit, catcher.output.as_ref(), sees, error_output.clone())?;
        let output = self.with_result(visit, &catcher.result_path, output)?;
        self.exit(visit, output, assigned, Some(catcher.next))
    }

    /// Makes the `EvaluationFailed` of a failure that is one. Where it came of entering the state
    /// it follows what led to that (recorded), else the last event of the scope.
    fn note_evaluation(&mut self, visit: &Visit<'a>, failure: Failure) -> Failure {
        let Failure { reason, kind: FailureKind::Query { location } } = failure else {
            return failure;
        };
        let run = self.snapshot.scope(visit.scope).and_then(|scope| scope.run());
        let previous = match run {
            Some(StateRun { phase: Phase::Entered, entered_after, .. })
                if !matches!(visit.state.kind, StateKind::Wait(_)) =>
            {
                *entered_after
            }
            _ => self.tail(visit.scope),
        };
        let state = Arc::clone(&visit.state.name);
        let body = EventBody::EvaluationFailed { state, location, reason: reason.clone() };
        self.emit(visit.scope, previous, body);
        Failure::named(reason)
    }

    /// Ends a scope by a failure that nothing in it dealt with.
    pub(super) fn end_scope(&mut self, id: ScopeId, failure: Failure) {
        match self.snapshot.scope(id).and_then(|scope| scope.parent) {
            Some(Parent { scope, .. }) => self.branch_failed(scope, id, failure),
            None => self.emit_next(id, EventBody::ExecutionFailed(failure.reason)),
        }
    }
}
