//! One step of one scope: entering a state, doing its work, or what was due.

use super::data::produced;
use super::failure::Failure;
use super::jsonata::Sees;
use super::turn::Turn;
use crate::{
    EventBody, Parent, Payload, Phase, Position, ScopeId, StateRun, TaskAttempt, TaskRef, Variables,
};
use std::sync::Arc;
use stepwell_asl::ast::{DataPath, QueryLanguage, State, StateId, StateKind, Transition};
use stepwell_json::Value;

/// The visit of a state that a step is about.
#[derive(Clone)]
pub(super) struct Visit<'a> {
    pub(super) scope: ScopeId,
    pub(super) state: &'a State,
    pub(super) entered_event: u64,
    pub(super) entered_ms: i64,
    pub(super) input: Payload,
    pub(super) retry_count: u32,
    /// The item of its own iterations that is looked at; else that of the iteration around it.
    pub(super) item: Option<(u32, Value)>,
    /// The attempt whose token the context object shows: of a call that a token can end.
    pub(super) task: Option<TaskRef>,
}

impl<'a> Turn<'a> {
    /// The visit that `scope` is at; none between states.
    pub(super) fn visit(&self, id: ScopeId) -> Option<Visit<'a>> {
        let scope = self.snapshot.scope(id)?;
        let run: &StateRun = scope.run()?;
        let definition = self.context.definition;
        if !definition.contains(scope.flow, run.state) {
            return None;
        }
        Some(Visit {
            scope: id,
            state: definition.flow(scope.flow).state(run.state),
            entered_event: run.entered_event,
            entered_ms: run.entered_ms,
            input: run.input.clone(),
            retry_count: run.retry_count(),
            item: None,
            task: scope.attempt().filter(|attempt| attempt.has_token()).map(TaskAttempt::reference),
        })
    }

    pub(super) fn step(&mut self, id: ScopeId) {
        let run = match self.snapshot.scope(id).map(|scope| &scope.position) {
            Some(Position::Entering { .. }) => return self.enter(id),
            Some(Position::In(run)) => run,
            Some(Position::Finished { .. }) | None => return,
        };
        let (due_ms, act): (_, fn(&mut Self, ScopeId)) = match &run.phase {
            Phase::Entered => return self.perform(id),
            Phase::Backoff { until_ms } => (Some(*until_ms), Self::perform),
            Phase::Waiting { until_ms } => (Some(*until_ms), Self::wait_over),
            Phase::Task(attempt) => (attempt.due_ms(), Self::task_expired),
            _ => return,
        };
        if due_ms.is_some_and(|due_ms| self.has_come(due_ms)) {
            act(self, id);
        }
    }

    /// Does the work of a state that was entered, or does it again.
    fn perform(&mut self, id: ScopeId) {
        let Some(visit) = self.visit(id) else { return };
        let done = match &visit.state.kind {
            StateKind::Pass(pass) => self.pass(&visit, pass),
            StateKind::Task(task) => self.schedule(&visit, task),
            StateKind::Choice(choice) => self.choose(&visit, choice),
            StateKind::Wait(wait) => self.wait(&visit, wait),
            StateKind::Succeed => self.succeed(&visit),
            StateKind::Fail(fail) => self.fail_state(&visit, fail),
            StateKind::Parallel(parallel) => self.open_branches(&visit, parallel),
            StateKind::Map(map) => self.open_iterations(&visit, map),
        };
        self.conclude(&visit, done);
    }

    /// Fails the visit where its work did.
    pub(super) fn conclude(&mut self, visit: &Visit<'a>, done: Result<(), Failure>) {
        if let Err(failure) = done {
            self.fail(visit, failure);
        }
    }

    /// Puts what `ResultSelector` makes of `result` where `ResultPath` says, takes what
    /// `OutputPath` says, and goes on.
    pub(super) fn leave(
        &mut self,
        visit: &Visit<'a>,
        result: Payload,
        transition: Transition,
    ) -> Result<(), Failure> {
        let (data, sees) = (&visit.state.data, Sees::after(visit, &result));
        let assigned = self.assigned(visit, data.assign.as_ref(), &result, sees)?;
        if visit.state.query_language == QueryLanguage::Jsonata {
            let output = self.output(visit, data.output.as_ref(), sees, result.clone())?;
            return self.exit(visit, output, assigned, target(transition));
        }
        let result = self.selected_result(visit, result)?;
        let document = self.with_result(visit, &visit.state.data.result_path, result)?;
        self.put_out(visit, document, assigned, target(transition))
    }

    /// Takes what `OutputPath` says from `document`, or what `Output` makes, sets `assigned` and goes on to `next`.
    pub(super) fn put_out(
        &mut self,
        visit: &Visit<'a>,
        document: Payload,
        assigned: Variables,
        next: Option<StateId>,
    ) -> Result<(), Failure> {
        let data = &visit.state.data;
        let document = self.output(visit, data.output.as_ref(), Sees::Input, document)?;
        let output = self.select(visit, &data.output_path, document)?;
        self.exit(visit, output, assigned, next)
    }

    /// Leaves the state with `output` for `next`, or ends the scope, and with it perhaps the
    /// state that opened it, or the execution.
    pub(super) fn exit(
        &mut self,
        visit: &Visit<'a>,
        output: Payload,
        assigned: Variables,
        next: Option<StateId>,
    ) -> Result<(), Failure> {
        if output.exceeds(self.context.limits.payload_bytes) {
            return Err(Failure::too_large(visit, "returned a result"));
        }
        if !output.same(&visit.input) {
            self.charge_payload(&output);
        }
        let parent = self.snapshot.scope(visit.scope).and_then(|scope| scope.parent);
        let body = EventBody::StateExited {
            kind: (&visit.state.kind).into(),
            name: Arc::clone(&visit.state.name),
            output: output.clone(),
            assigned,
            next,
        };
        self.emit_next(visit.scope, body);
        match (next, parent) {
            (Some(_), _) => {}
            (None, Some(Parent { scope, .. })) => self.branch_finished(scope, visit.scope),
            (None, None) => {
                self.emit_next(visit.scope, EventBody::ExecutionSucceeded { output });
            }
        }
        Ok(())
    }

    /// The document that results from putting `result` at `path` of the raw input.
    pub(super) fn with_result(
        &self,
        visit: &Visit<'_>,
        path: &DataPath,
        result: Payload,
    ) -> Result<Payload, Failure> {
        let unreadable = |error| Failure::unreadable(visit, error);
        match path {
            DataPath::Whole => Ok(result),
            DataPath::Nothing => Ok(visit.input.clone()),
            DataPath::At(path) => {
                let base = visit.input.value().map_err(unreadable)?.clone();
                let value = result.value().map_err(unreadable)?.clone();
                let document = path.set(base, value).map_err(|_| {
                    let (path, input) = (path.text(), visit.input.text());
                    let text = format!("Unable to apply ReferencePath {path} to input {input}");
                    Failure::runtime(visit, &text)
                })?;
                produced(visit, document)
            }
        }
    }
}

/// The state that a transition leads to; none leads out of the flow.
pub(super) fn target(transition: Transition) -> Option<StateId> {
    match transition {
        Transition::Next(state) => Some(state),
        Transition::End => None,
    }
}
