//! What follows from a failure: a retry, a catcher, or the end of the scope.

use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::{EventBody, Parent, Payload, ScopeId};

impl<'a> Turn<'a> {
    /// Deals with a failure of the state's own work, whose event is the last of the scope.
    pub(super) fn fail(&mut self, visit: &Visit<'a>, failure: Failure) {
        let last = self.tail(visit.scope);
        if !self.retry(visit, last, &failure) && !self.catch(visit, &failure) {
            self.end_scope(visit.scope, failure);
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
        let done =
            self.assigned(visit, catcher.assign.as_ref(), &error_output).and_then(|assigned| {
                let output = self.with_result(visit, &catcher.result_path, error_output)?;
                self.exit(visit, output, assigned, Some(catcher.next))
            });
        if let Err(failure) = done {
            self.end_scope(visit.scope, failure);
        }
        true
    }

    /// Ends a scope by a failure that nothing in it dealt with.
    pub(super) fn end_scope(&mut self, id: ScopeId, failure: Failure) {
        match self.snapshot.scope(id).and_then(|scope| scope.parent) {
            Some(Parent { scope, .. }) => self.branch_failed(scope, id, failure),
            None => self.emit_next(id, EventBody::ExecutionFailed(failure.reason)),
        }
    }
}
