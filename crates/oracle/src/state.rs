//! One visit of a state: its attempts, its end, and the states that do no work.

use crate::data::{Seen, Visit, deep, works};
use crate::failure::{Failure, Stop};
use crate::flow::Run;
use crate::scope::Scope;
use std::sync::Arc;
use stepwell_asl::Data;
use stepwell_asl::QueryError;
use stepwell_asl::ast::{
    Assign, Catcher, Choice, Condition, DataPath, Expressions, Pass, QueryLanguage, StateId,
    StateKind, Transition,
};
use stepwell_json::Value;

/// What a visit leaves behind.
pub(crate) struct Left {
    pub(crate) output: Value,
    pub(crate) assigned: Vec<(Arc<str>, Value)>,
    /// None ends the flow.
    pub(crate) next: Option<StateId>,
}

impl Run<'_> {
    /// Attempts the state until it ends, or a retry, a catcher or the failure follows.
    pub(crate) fn visit(
        &mut self,
        mut visit: Visit<'_>,
        scope: &Scope<'_>,
        clock: &mut u64,
    ) -> Result<Left, Stop> {
        let state = visit.state;
        let mut given = vec![0_u32; state.retry.len()];
        loop {
            let failure = match self.attempt(&visit, scope, clock) {
                Err(Stop::Failed(failure)) => failure,
                ended => return ended,
            };
            let retrier = state.retry.iter().position(|it| failure.matches(&it.error_equals));
            if let Some(index) = retrier
                && given[index] < state.retry[index].max_attempts
            {
                given[index] += 1;
                visit.retries += 1;
                *clock += state.retry[index].delay_millis(given[index], self.jitter());
                continue;
            }
            return match state.catch.iter().find(|it| failure.matches(&it.error_equals)) {
                Some(catcher) => Ok(self.caught(&visit, scope, catcher, &failure)?),
                None => Err(Stop::Failed(failure)),
            };
        }
    }

    fn attempt(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        clock: &mut u64,
    ) -> Result<Left, Stop> {
        match &visit.state.kind {
            StateKind::Pass(pass) => Ok(self.pass(visit, scope, pass)?),
            StateKind::Choice(choice) => Ok(self.choice(visit, scope, choice)?),
            StateKind::Wait(wait) => Ok(self.wait(visit, scope, wait, clock)?),
            StateKind::Succeed => {
                let input = self.effective(visit, scope)?;
                Ok(self.put_out(visit, scope, None, input, None)?)
            }
            StateKind::Fail(fail) => Err(Stop::Failed(self.fail(visit, scope, fail)?)),
            StateKind::Task(task) => self.task(visit, scope, task, clock),
            StateKind::Parallel(parallel) => self.parallel(visit, scope, parallel, clock),
            StateKind::Map(map) => self.map(visit, scope, map, clock),
        }
    }

    fn caught(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        catcher: &Catcher,
        failure: &Failure,
    ) -> Result<Left, Failure> {
        let error = failure.error_output();
        let seen = Some(("errorOutput", &error));
        let assigned = self.assigned(visit, scope, catcher.assign.as_ref(), &error, seen)?;
        let output = self.output(visit, scope, catcher.output.as_ref(), seen, error.clone())?;
        let output = with_result(visit, &catcher.result_path, output)?;
        self.fits(visit, &output)?;
        Ok(Left { output, assigned, next: Some(catcher.next) })
    }

    fn pass(&mut self, visit: &Visit<'_>, scope: &Scope<'_>, pass: &Pass) -> Result<Left, Failure> {
        let input = self.effective(visit, scope)?;
        let input = self.parameters(visit, scope, input)?;
        self.leave(visit, scope, pass.result.clone().unwrap_or(input), pass.transition)
    }

    fn choice(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        choice: &Choice,
    ) -> Result<Left, Failure> {
        let input = self.effective(visit, scope)?;
        let mut taken = None;
        for rule in &choice.rules {
            if self.holds(visit, scope, &rule.condition, &input)? {
                taken = Some(rule);
                break;
            }
        }
        let data = &visit.state.data;
        let (next, assign, output) = match taken {
            Some(rule) => (Some(rule.next), rule.assign.as_ref(), rule.output.as_ref()),
            None => (choice.default, data.assign.as_ref(), data.output.as_ref()),
        };
        if next.is_none() {
            let text =
                "Failed to transition out of the state. The state does not point to a next state.";
            return Err(Failure::runtime(visit.state, text));
        }
        self.put_out(visit, scope, Some((assign, output)), input, next)
    }

    fn holds(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        condition: &Condition,
        input: &Value,
    ) -> Result<bool, Failure> {
        let Condition::Expression(expression) = condition else {
            let context = self.context(visit);
            let data = Data { input, context: &context, variables: scope };
            let holds = condition.evaluate(data);
            return holds.map_err(|error| Failure::runtime(visit.state, &error.to_string()));
        };
        let value = self.expression(visit, scope, expression)?;
        value.as_bool().ok_or_else(|| {
            let error = QueryError::unexpected(expression, "boolean", value);
            Failure::query(visit.state, &error)
        })
    }

    /// Leaves a state that had a result.
    pub(crate) fn leave(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        result: Value,
        transition: Transition,
    ) -> Result<Left, Failure> {
        let data = &visit.state.data;
        let seen: Seen<'_> = works(visit.state).then_some(("result", &result));
        let assigned = self.assigned(visit, scope, data.assign.as_ref(), &result, seen)?;
        let output = if visit.state.query_language == QueryLanguage::Jsonata {
            self.output(visit, scope, data.output.as_ref(), seen, result.clone())?
        } else {
            let selected = match &data.result_selector {
                Some(template) => self.template(visit, scope, template, &result)?,
                None => result,
            };
            let document = with_result(visit, &data.result_path, selected)?;
            self.select(visit, scope, &data.output_path, document)?
        };
        self.fits(visit, &output)?;
        let next = match transition {
            Transition::Next(next) => Some(next),
            Transition::End => None,
        };
        Ok(Left { output, assigned, next })
    }

    /// Leaves a state without a result, with `document` or what `Output` makes. `fields` are the
    /// `Assign` and `Output` that count; none for those of the state.
    pub(crate) fn put_out(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        fields: Option<(Option<&Assign>, Option<&Expressions>)>,
        document: Value,
        next: Option<StateId>,
    ) -> Result<Left, Failure> {
        let data = &visit.state.data;
        let (assign, output) = fields.unwrap_or((data.assign.as_ref(), data.output.as_ref()));
        let assigned = self.assigned(visit, scope, assign, &document, None)?;
        let document = self.output(visit, scope, output, None, document)?;
        let output = self.select(visit, scope, &data.output_path, document)?;
        self.fits(visit, &output)?;
        Ok(Left { output, assigned, next })
    }

    /// What `Parameters` or `Arguments` make of the effective input.
    pub(crate) fn parameters(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        input: Value,
    ) -> Result<Value, Failure> {
        let data = &visit.state.data;
        if let Some(template) = &data.parameters {
            return self.template(visit, scope, template, &input);
        }
        let Some(template) = &data.arguments else { return Ok(input) };
        let value = self.query(visit, scope, None, |query| query.template(template))?;
        self.payload(visit, value)
    }
}

/// `result` at `path` of the raw input.
fn with_result(visit: &Visit<'_>, path: &DataPath, result: Value) -> Result<Value, Failure> {
    match path {
        DataPath::Whole => Ok(result),
        DataPath::Nothing => Ok(visit.input.clone()),
        DataPath::At(path) => {
            let document = path.set(visit.input.clone(), result).map_err(|_| {
                let (path, input) = (path.text(), visit.input.to_json());
                let text = format!("Unable to apply ReferencePath {path} to input {input}");
                Failure::runtime(visit.state, &text)
            })?;
            deep(visit, document)
        }
    }
}
