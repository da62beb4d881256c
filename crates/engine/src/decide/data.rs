//! Data on its way through a state: paths, templates and the context object.

use super::failure::Failure;
use super::jsonata::Sees;
use super::step::Visit;
use super::turn::Turn;
use crate::variables::Visible;
use crate::{Payload, Phase};
use stepwell_asl::ast::{DataPath, StateKind, Template};
use stepwell_asl::{Data, EvaluationError, Evaluator};
use stepwell_json::{MAX_DEPTH, Object, Value};
use stepwell_jsonpath::{Path, Root, Work};

/// What an evaluation looks at; the context object is made only for those that read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// `$`
    Document,
    /// `$` and `$$`
    Context,
}

/// Why a path gave nothing.
pub(super) enum Unfound {
    /// The path does not lead to a node; the text says where it ended.
    Miss(String),
    /// Something else is wrong.
    Failure(Failure),
}

/// Values that are looked at to find that a payload is there already.
const LOOKS: u32 = 100;

impl Unfound {
    /// The failure, which `text` tells where the path leads nowhere.
    pub(super) fn or(self, visit: &Visit<'_>, text: impl FnOnce() -> String) -> Failure {
        match self {
            Self::Miss(_) => Failure::runtime(visit, &text()),
            Self::Failure(failure) => failure,
        }
    }

    fn plain(self, visit: &Visit<'_>, path: &Path) -> Failure {
        match self {
            Self::Miss(miss) => {
                Failure::runtime(visit, &format!("Invalid path '{}' : {miss}", path.text()))
            }
            Self::Failure(failure) => failure,
        }
    }
}

impl<'a> Turn<'a> {
    /// The effective input of a visit: what `InputPath` takes from the raw input.
    pub(super) fn effective_input(&mut self, visit: &Visit<'a>) -> Result<Payload, Failure> {
        self.select(visit, &visit.state.data.input_path, visit.input.clone())
    }

    /// What `Parameters` or `Arguments` make of the effective input, or that itself.
    pub(super) fn parameters(
        &mut self,
        visit: &Visit<'a>,
        input: Payload,
    ) -> Result<Payload, Failure> {
        let data = &visit.state.data;
        match (&data.parameters, &data.arguments) {
            (Some(template), _) => self.template(visit, template, &input),
            (None, Some(template)) => {
                let value = self.expressed(visit, template, Sees::Input)?;
                self.bounded(visit, value)
            }
            (None, None) => Ok(input),
        }
    }

    /// What `ResultSelector` makes of a result, or that itself.
    pub(super) fn selected_result(
        &mut self,
        visit: &Visit<'a>,
        result: Payload,
    ) -> Result<Payload, Failure> {
        match &visit.state.data.result_selector {
            None => Ok(result),
            Some(template) => self.template(visit, template, &result),
        }
    }

    pub(super) fn template(
        &mut self,
        visit: &Visit<'a>,
        template: &Template,
        document: &Payload,
    ) -> Result<Payload, Failure> {
        let value = self.evaluated(visit, template, document)?;
        self.bounded(visit, value)
    }

    /// The value of a template, whatever its size.
    pub(super) fn evaluated(
        &mut self,
        visit: &Visit<'a>,
        template: &Template,
        document: &Payload,
    ) -> Result<Value, Failure> {
        let reads = if template.reads_context() { Reads::Context } else { Reads::Document };
        self.evaluate(visit, document, reads, |evaluator| evaluator.template(template))
    }

    /// Evaluates over `document`, the variables and, where it is read, the context object. What
    /// that takes counts as steps of the decision.
    pub(super) fn evaluate(
        &mut self,
        visit: &Visit<'a>,
        document: &Payload,
        reads: Reads,
        evaluate: impl FnOnce(&mut Evaluator<'_>) -> Result<Value, EvaluationError>,
    ) -> Result<Value, Failure> {
        let context = match reads {
            Reads::Context => self.context_object(visit)?,
            Reads::Document => Value::Null,
        };
        let input = document.value().map_err(|error| Failure::unreadable(visit, error))?;
        let variables = &Visible { snapshot: &self.snapshot, scope: visit.scope };
        let data = Data { input, context: &context, variables };
        let text_bytes = self.context.limits.payload_bytes;
        let mut random = || self.random.next();
        let mut evaluator = Evaluator::new(data, &mut random, text_bytes);
        let value = evaluate(&mut evaluator);
        let work = evaluator.work();
        self.charge(work);
        value.map_err(|error| match error {
            EvaluationError::Fault(text) => Failure::runtime(visit, &text),
            EvaluationError::TooLarge => Failure::too_large(visit, "returned a result"),
        })
    }

    /// A payload of a value that may hold parts of a document many times over: whether it is
    /// within the limit shows before all of it is looked at. A value that is known to be the last
    /// one again, as the items of a Map get, is that payload, and costs nothing.
    pub(super) fn bounded(&mut self, visit: &Visit<'a>, value: Value) -> Result<Payload, Failure> {
        if let Some(made) = &self.made
            && made.value().is_ok_and(|made| made.is_known_equal(&value, &mut { LOOKS }))
        {
            return Ok(made.clone());
        }
        let payload = Payload::from_value(value.clone());
        if payload.exceeds(self.context.limits.payload_bytes) {
            return Err(Failure::too_large(visit, "makes a value"));
        }
        check_depth(visit, &value)?;
        self.charge_payload(&payload);
        self.made = Some(payload.clone());
        Ok(payload)
    }

    /// What an `InputPath` or `OutputPath` takes from `document`; the document itself where that
    /// is all of it.
    pub(super) fn select(
        &mut self,
        visit: &Visit<'a>,
        path: &DataPath,
        document: Payload,
    ) -> Result<Payload, Failure> {
        match path {
            DataPath::Whole => Ok(document),
            DataPath::Nothing => Ok(Payload::default()),
            DataPath::At(path) => {
                let value = self.value_at(visit, path, &document)?;
                // What one node holds is no larger than its document.
                if path.is_definite() { produced(visit, value) } else { self.bounded(visit, value) }
            }
        }
    }

    /// What `path` finds, with the service's words where it finds nothing.
    pub(super) fn value_at(
        &mut self,
        visit: &Visit<'a>,
        path: &Path,
        document: &Payload,
    ) -> Result<Value, Failure> {
        self.find(visit, path, document).map_err(|unfound| unfound.plain(visit, path))
    }

    /// What `path` finds in `document`, in the context object or in a variable.
    pub(super) fn find(
        &mut self,
        visit: &Visit<'a>,
        path: &Path,
        document: &Payload,
    ) -> Result<Value, Unfound> {
        let context = match path.root() {
            Root::Input | Root::Variable(_) => Value::Null,
            Root::Context => self.context_object(visit).map_err(Unfound::Failure)?,
        };
        let failed = |error| Unfound::Failure(Failure::unreadable(visit, error));
        let variables = &Visible { snapshot: &self.snapshot, scope: visit.scope };
        let data = Data { input: document.value().map_err(failed)?, context: &context, variables };
        let work = Work::default();
        let found = data.select_within(path, &work);
        self.charge(work.spent());
        found.map_err(|miss| Unfound::Miss(miss.to_string()))
    }

    /// The context object, in the order of members that the service gives it.
    pub(super) fn context_object(&self, visit: &Visit<'a>) -> Result<Value, Failure> {
        let (identity, root) = (self.context.execution, self.snapshot.root());
        let machine = identity.arn.state_machine();
        let input = root.input.value().map_err(|error| Failure::unreadable(visit, error))?.clone();
        let execution = object([
            ("Id", identity.arn.to_string().into()),
            ("Input", input),
            ("StartTime", timestamp(root.started_ms)),
            ("Name", identity.arn.name().as_str().into()),
            ("RoleArn", Value::String(identity.role_arn.clone())),
            ("RedriveCount", 0.into()),
        ]);
        let machine =
            object([("Id", machine.to_string().into()), ("Name", machine.name().as_str().into())]);
        let mut state = vec![
            ("Name", Value::String(visit.state.name.clone())),
            ("EnteredTime", timestamp(visit.entered_ms)),
        ];
        if matches!(
            visit.state.kind,
            StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_)
        ) {
            state.push(("RetryCount", i64::from(visit.retry_count).into()));
        }
        let mut members =
            vec![("Execution", execution), ("StateMachine", machine), ("State", object(state))];
        if let Some(task) = visit.task {
            let token = Value::String((self.context.task_token)(task));
            members.push(("Task", object([("Token", token)])));
        }
        if let Some((index, value)) = self.item(visit)? {
            let item = object([("Index", i64::from(index).into()), ("Value", value)]);
            members.push(("Map", object([("Item", item)])));
        }
        Ok(object(members))
    }

    /// The item of the innermost iteration, with its index.
    fn item(&self, visit: &Visit<'a>) -> Result<Option<(u32, Value)>, Failure> {
        if visit.item.is_some() {
            return Ok(visit.item.clone());
        }
        let mut scope = self.snapshot.scope(visit.scope);
        while let Some(parent) = scope.and_then(|scope| scope.parent) {
            scope = self.snapshot.scope(parent.scope);
            let run = scope.and_then(|scope| scope.run());
            if let Some(Phase::Iterations { items, .. }) = run.map(|run| &run.phase) {
                let items = items.value().map_err(|error| Failure::unreadable(visit, error))?;
                let item = items.as_array().and_then(|items| items.get(parent.branch as usize));
                return Ok(item.map(|item| (parent.branch, item.clone())));
            }
        }
        Ok(None)
    }
}

/// A payload that the state made of a value. A loop may nest one deeper with every turn, so the
/// nesting is held to what can be read back.
pub(super) fn produced(visit: &Visit<'_>, value: Value) -> Result<Payload, Failure> {
    check_depth(visit, &value)?;
    Ok(Payload::from_value(value))
}

pub(super) fn check_depth(visit: &Visit<'_>, value: &Value) -> Result<(), Failure> {
    if value.depth_exceeds(MAX_DEPTH) {
        let text = format!("The data nests more than {MAX_DEPTH} levels deep.");
        return Err(Failure::runtime(visit, &text));
    }
    Ok(())
}

fn object<'k>(members: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    members.into_iter().map(|(key, value)| (key.into(), value)).collect::<Object>().into()
}

/// ISO 8601 in UTC with milliseconds.
fn timestamp(time_ms: i64) -> Value {
    jiff::Timestamp::from_millisecond(time_ms)
        .map_or(Value::Null, |time| time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string().into())
}
