//! What the fields of a state see, and what they make of it.

use crate::failure::Failure;
use crate::flow::Run;
use crate::scope::Scope;
use std::sync::Arc;
use stepwell_asl::ast::{Assign, DataPath, Expression, Expressions, State, StateKind, Template};
use stepwell_asl::{Data, EvaluationError, Evaluator, Query, QueryError};
use stepwell_json::{MAX_DEPTH, Object, Value};
use stepwell_jsonpath::Path;

/// A visit of a state.
#[derive(Clone)]
pub(crate) struct Visit<'a> {
    pub(crate) state: &'a State,
    /// The raw input.
    pub(crate) input: Value,
    pub(crate) entered_ms: u64,
    pub(crate) retries: u32,
    /// The item of the iteration that is run or made.
    pub(crate) item: Option<(u32, Value)>,
    /// The task token, where the fields of a callback are evaluated.
    pub(crate) token: Option<&'static str>,
}

/// What `$states` holds besides `input` and `context`.
pub(crate) type Seen<'v> = Option<(&'static str, &'v Value)>;

impl Run<'_> {
    /// The context object.
    pub(crate) fn context(&self, visit: &Visit<'_>) -> Value {
        let case = self.case;
        let machine = case.execution.state_machine();
        let time = |since_start: u64| -> Value {
            let time_ms = case.started_ms + i64::try_from(since_start).unwrap_or(0);
            let time = jiff::Timestamp::from_millisecond(time_ms).unwrap_or_default();
            time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string().into()
        };
        let execution = object([
            ("Id", case.execution.to_string().into()),
            ("Input", case.input.clone()),
            ("StartTime", time(0)),
            ("Name", case.execution.name().as_str().into()),
            ("RoleArn", case.role_arn.into()),
            ("RedriveCount", 0.into()),
        ]);
        let machine =
            object([("Id", machine.to_string().into()), ("Name", machine.name().as_str().into())]);
        let mut state = vec![
            ("Name", Value::String(Arc::clone(&visit.state.name))),
            ("EnteredTime", time(visit.entered_ms)),
        ];
        if works(visit.state) {
            state.push(("RetryCount", i64::from(visit.retries).into()));
        }
        let state = object(state);
        let mut members =
            vec![("Execution", execution), ("StateMachine", machine), ("State", state)];
        if let Some(token) = visit.token {
            members.push(("Task", object([("Token", token.into())])));
        }
        if let Some((index, value)) = &visit.item {
            let item = [("Index", i64::from(*index).into()), ("Value", value.clone())];
            members.push(("Map", object([("Item", object(item))])));
        }
        object(members)
    }

    /// What `path` finds, or what to say of the miss.
    pub(crate) fn find(
        &self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        path: &Path,
        document: &Value,
    ) -> Result<Value, String> {
        let context = self.context(visit);
        let data = Data { input: document, context: &context, variables: scope };
        data.select(path).map_err(|miss| miss.to_string())
    }

    /// What `path` finds, or the failure that most fields have of a miss.
    pub(crate) fn at(
        &self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        path: &Path,
        document: &Value,
    ) -> Result<Value, Failure> {
        self.find(visit, scope, path, document).map_err(|miss| {
            Failure::runtime(visit.state, &format!("Invalid path '{}' : {miss}", path.text()))
        })
    }

    /// `InputPath` or `OutputPath` of `document`.
    pub(crate) fn select(
        &self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        path: &DataPath,
        document: Value,
    ) -> Result<Value, Failure> {
        match path {
            DataPath::Whole => Ok(document),
            DataPath::Nothing => Ok(Object::default().into()),
            DataPath::At(path) => {
                let value = self.at(visit, scope, path, &document)?;
                if path.is_definite() { deep(visit, value) } else { self.payload(visit, value) }
            }
        }
    }

    /// The effective input.
    pub(crate) fn effective(&self, visit: &Visit<'_>, scope: &Scope<'_>) -> Result<Value, Failure> {
        self.select(visit, scope, &visit.state.data.input_path, visit.input.clone())
    }

    /// Evaluates over `document`.
    pub(crate) fn evaluate(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        document: &Value,
        evaluate: impl FnOnce(&mut Evaluator<'_>) -> Result<Value, EvaluationError>,
    ) -> Result<Value, Failure> {
        let context = self.context(visit);
        let data = Data { input: document, context: &context, variables: scope };
        let text_bytes = self.case.limits.payload_bytes;
        let mut random = || self.bits();
        evaluate(&mut Evaluator::new(data, &mut random, text_bytes)).map_err(|error| match error {
            EvaluationError::Fault(text) => Failure::runtime(visit.state, &text),
            EvaluationError::TooLarge => Failure::state_too_large(visit.state, "returned a result"),
        })
    }

    /// The value of a template that is a payload by itself.
    pub(crate) fn template(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        template: &Template,
        document: &Value,
    ) -> Result<Value, Failure> {
        let value = self.evaluate(visit, scope, document, |it| it.template(template))?;
        self.payload(visit, value)
    }

    /// Evaluates over `$states`.
    pub(crate) fn query<T>(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        seen: Seen<'_>,
        query: impl FnOnce(&mut Query<'_>) -> Result<T, QueryError>,
    ) -> Result<T, Failure> {
        let mut states = Object::default();
        states.insert("input".into(), visit.input.clone());
        if let Some((name, value)) = seen {
            states.insert(name.into(), value.clone());
        }
        states.insert("context".into(), self.context(visit));
        let now_ms = self.case.started_ms;
        let mut random = || self.bits();
        query(&mut Query::new(states, scope, now_ms, &mut random))
            .map_err(|error| Failure::query(visit.state, &error))
    }

    /// The value of an expression that is evaluated before the state's work.
    pub(crate) fn expression(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        expression: &Expression,
    ) -> Result<Value, Failure> {
        self.query(visit, scope, None, |query| query.expression(expression))
    }

    /// What `Output` makes, or `otherwise`.
    pub(crate) fn output(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        output: Option<&Expressions>,
        seen: Seen<'_>,
        otherwise: Value,
    ) -> Result<Value, Failure> {
        let Some(template) = output else { return Ok(otherwise) };
        let value = self.query(visit, scope, seen, |query| query.template(template))?;
        self.fits(visit, &value)?;
        deep(visit, value)
    }

    /// The variables that `assign` sets.
    pub(crate) fn assigned(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        assign: Option<&Assign>,
        document: &Value,
        seen: Seen<'_>,
    ) -> Result<Vec<(Arc<str>, Value)>, Failure> {
        let value = match assign {
            None => return Ok(Vec::new()),
            Some(Assign::Template(template)) => {
                self.evaluate(visit, scope, document, |it| it.template(template))?
            }
            Some(Assign::Expressions(template)) => {
                self.query(visit, scope, seen, |query| query.template(template))?
            }
        };
        let Some(members) = value.as_object() else {
            return Err(Failure::runtime(visit.state, "The field 'Assign' must give an object."));
        };
        let mut assigned = Vec::new();
        let mut bytes = 0;
        for (name, value) in members.iter() {
            bytes += value.to_json().len();
            if bytes > self.case.limits.variable_bytes {
                return Err(Failure::state_too_large(visit.state, "assigns variables"));
            }
            assigned.push((Arc::clone(name), deep(visit, value.clone())?));
        }
        Ok(assigned)
    }

    /// A value that is handed to a worker or branch, or taken from a document many times over.
    pub(crate) fn payload(&self, visit: &Visit<'_>, value: Value) -> Result<Value, Failure> {
        if value.to_json().len() > self.case.limits.payload_bytes {
            return Err(Failure::state_too_large(visit.state, "makes a value"));
        }
        deep(visit, value)
    }

    /// Whether an output is within the limit.
    pub(crate) fn fits(&self, visit: &Visit<'_>, output: &Value) -> Result<(), Failure> {
        if output.to_json().len() > self.case.limits.payload_bytes {
            return Err(Failure::state_too_large(visit.state, "returned a result"));
        }
        Ok(())
    }
}

/// Whether the state has a result of work, so that `$states.result` and `RetryCount` exist.
pub(crate) fn works(state: &State) -> bool {
    matches!(state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_))
}

/// The value, unless it nests too deep.
pub(crate) fn deep(visit: &Visit<'_>, value: Value) -> Result<Value, Failure> {
    if value.depth_exceeds(MAX_DEPTH) {
        let text = format!("The data nests more than {MAX_DEPTH} levels deep.");
        return Err(Failure::runtime(visit.state, &text));
    }
    Ok(value)
}

fn object<'k>(members: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    members.into_iter().map(|(key, value)| (key.into(), value)).collect::<Object>().into()
}
