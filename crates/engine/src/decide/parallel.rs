//! Parallel states: opening branches, joining them, and cutting them off; iterations of Map states
//! are cut off in the same way.

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

    /// Goes on with the state of `id`, whose branch or iteration `child` has finished: a Parallel
    /// state once it was the last.
    pub(super) fn branch_finished(&mut self, id: ScopeId, child: ScopeId) {
        let Some(visit) = self.visit(id) else { return };
        let StateKind::Parallel(parallel) = &visit.state.kind else {
            return self.iteration_finished(id, child);
        };
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

    /// The outputs of all branches or iterations, in their order.
    pub(super) fn outputs(&self, visit: &Visit<'a>) -> Result<Value, Failure> {
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

    /// Fails the state of `id` because its branch or iteration `failed` did: cuts off the other
    /// branches, then retries, catches or fails. A retry leaves no `ParallelStateFailed`
    /// (recorded).
    pub(super) fn branch_failed(&mut self, id: ScopeId, failed: ScopeId, failure: Failure) {
        let Some(visit) = self.visit(id) else { return };
        if matches!(visit.state.kind, StateKind::Map(_)) {
            return self.iteration_failed(id, failed, failure);
        }
        let failing = self.tail(failed);
        self.abort_failed(failed, failing);
        self.abort_branches(id, Some(failed), failing);
        self.end_branches(&visit, failing, EventBody::ParallelStateFailed, failure);
    }

    /// What becomes of a state whose branches are cut off: a retry, or `body` with a catcher or
    /// the end of the scope.
    pub(super) fn end_branches(
        &mut self,
        visit: &Visit<'a>,
        failing: u64,
        body: EventBody,
        failure: Failure,
    ) {
        if self.retry(visit, failing, &failure) {
            return;
        }
        self.emit(visit.scope, failing, body);
        if !self.catch(visit, &failure) {
            self.end_scope(visit.scope, failure);
        }
    }

    /// Aborts the state that failed without an event of its own end; a Parallel or Map state has
    /// its `…StateFailed`.
    pub(super) fn abort_failed(&mut self, failed: ScopeId, failing: u64) {
        let inner = self.visit(failed).map(|visit| StateType::from(&visit.state.kind));
        if !matches!(inner, Some(StateType::Parallel | StateType::Map)) {
            self.abort_state(failed, failing);
        }
    }

    /// Cuts off the branches or iterations of the current state of `id`, but `failed`: every open
    /// state in them, the inner ones first, after the event `failing` that was the reason.
    pub(super) fn abort_branches(&mut self, id: ScopeId, failed: Option<ScopeId>, failing: u64) {
        let is_map = self.visit(id).is_some_and(|it| matches!(it.state.kind, StateKind::Map(_)));
        for branch in self.snapshot.branches(id) {
            if Some(branch) == failed {
                continue;
            }
            if is_map {
                self.abort_iteration(id, branch, failing);
            }
            self.abort_branches(branch, None, failing);
            self.abort_state(branch, failing);
        }
    }

    /// Aborts the current state of a scope, if it is of a type that can be.
    fn abort_state(&mut self, id: ScopeId, failing: u64) {
        let Some(kind) = self.visit(id).map(|visit| StateType::from(&visit.state.kind)) else {
            return;
        };
        if matches!(kind, StateType::Task | StateType::Wait | StateType::Parallel | StateType::Map)
        {
            self.emit(id, failing, EventBody::StateAborted { kind });
        }
    }
}
