//! Parallel states: opening branches, joining them, and cutting them off.

use super::data::produced;
use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::{Branch, EventBody, Phase, Position, ScopeId, StateType};
use stepwell_asl::ast::{Parallel, StateKind};
use stepwell_json::Value;

impl<'a> Turn<'a> {
    pub(super) fn open_branches(
        &mut self,
        visit: &Visit<'a>,
        parallel: &Parallel,
    ) -> Result<(), Failure> {
        let input = self.effective_input(visit)?;
        let input = self.parameters(visit, input)?;
        let definition = self.context.definition;
        let branch = |flow| Branch { flow, start_at: definition.flow(flow).start_at };
        let branches = parallel.branches.iter().copied().map(branch).collect();
        self.emit_next(visit.scope, EventBody::ParallelStateStarted { branches, input });
        Ok(())
    }

    /// Goes on with the state of `id` once its last branch has finished.
    pub(super) fn branch_finished(&mut self, id: ScopeId) {
        let Some(visit) = self.visit(id) else { return };
        let StateKind::Parallel(parallel) = &visit.state.kind else { return };
        let run = self.snapshot.scope(id).and_then(|scope| scope.run());
        if !run.is_some_and(|run| matches!(run.phase, Phase::Branches { open: 0, .. })) {
            return;
        }
        let outputs = self.outputs(&visit);
        self.emit_next(id, EventBody::ParallelStateSucceeded);
        let done = outputs
            .and_then(|outputs| produced(&visit, outputs))
            .and_then(|result| self.leave(&visit, result, parallel.transition));
        self.conclude(&visit, done);
    }

    /// The outputs of all branches, in their order.
    fn outputs(&self, visit: &Visit<'a>) -> Result<Value, Failure> {
        let mut outputs = Vec::new();
        for branch in self.snapshot.branches(visit.scope) {
            if let Some(Position::Finished { output }) =
                self.snapshot.scope(branch).map(|scope| &scope.position)
            {
                let value = output.value().map_err(|error| Failure::unreadable(visit, error))?;
                outputs.push(value.clone());
            }
        }
        Ok(outputs.into())
    }

    /// Fails the state of `id` because its branch `failed` did: cuts off the other branches,
    /// then retries, catches or fails. A retry leaves no `ParallelStateFailed` (recorded).
    pub(super) fn branch_failed(&mut self, id: ScopeId, failed: ScopeId, failure: Failure) {
        let failing = self.tail(failed);
        let Some(visit) = self.visit(id) else { return };
        // A state that failed without an event of its own end is aborted like the others; a
        // Parallel state has its ParallelStateFailed.
        let inner = self.visit(failed).map(|visit| StateType::from(&visit.state.kind));
        if inner != Some(StateType::Parallel) {
            self.abort_state(failed, failing);
        }
        for branch in self.snapshot.branches(id) {
            if branch != failed {
                self.abort_scope(branch, failing);
            }
        }
        if self.retry(&visit, failing, &failure) {
            return;
        }
        self.emit(id, failing, EventBody::ParallelStateFailed);
        if !self.catch(&visit, &failure) {
            self.end_scope(id, failure);
        }
    }

    /// Cuts off a branch: every open state in it, the inner ones first, after the event
    /// `failing` that was the reason.
    fn abort_scope(&mut self, id: ScopeId, failing: u64) {
        for branch in self.snapshot.branches(id) {
            self.abort_scope(branch, failing);
        }
        self.abort_state(id, failing);
    }

    /// Aborts the current state of a scope, if it is of a type that can be.
    fn abort_state(&mut self, id: ScopeId, failing: u64) {
        let Some(kind) = self.visit(id).map(|visit| StateType::from(&visit.state.kind)) else {
            return;
        };
        if matches!(kind, StateType::Task | StateType::Wait | StateType::Parallel) {
            self.emit(id, failing, EventBody::StateAborted { kind });
        }
    }
}
