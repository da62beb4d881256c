//! Evaluation of JSONata expressions and templates.
//!
//! A result depends on the arguments alone. All that one [`Query`] evaluates shares one budget.

use super::Variables;
use crate::ast::{Expression, ExpressionNode, Expressions};
use std::sync::Arc;
use stepwell_json::{Object, Value};
use stepwell_jsonata::{Bindings, Environment, Limits};

/// Why an expression gave no value that its field can take; `States.QueryEvaluationError`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// Where in the state the expression stands; none where it is no single field.
    pub location: Option<Arc<str>>,
    /// What happened, in the words of the service behind "An error occurred while executing the
    /// state …".
    pub text: String,
}

/// What expressions see, and what they may spend.
pub struct Query<'a> {
    states: Value,
    variables: &'a dyn Variables,
    now_ms: i64,
    random: &'a mut dyn FnMut() -> u64,
    limits: Limits,
    evaluated: u64,
}

impl<'a> Query<'a> {
    /// A query that sees `states` as `$states`, tells the time `now_ms`, in milliseconds since
    /// the epoch, and draws the seed of each evaluation from `random`.
    pub fn new(
        states: Object,
        variables: &'a dyn Variables,
        now_ms: i64,
        random: &'a mut dyn FnMut() -> u64,
    ) -> Self {
        let limits = Limits::default();
        Self { states: states.into(), variables, now_ms, random, limits, evaluated: 0 }
    }

    /// The value of a template. Parts that are not evaluated are shared with it.
    ///
    /// # Errors
    /// The first expression that fails, in document order.
    pub fn template(&mut self, template: &Expressions) -> Result<Value, QueryError> {
        self.node(&template.root)
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub fn expression(&mut self, expression: &Expression) -> Result<Value, QueryError> {
        self.evaluated += 1;
        let variables = |name: &str| self.variables.variable(name);
        let bindings = Bindings { states: &self.states, variables: &variables };
        let environment = Environment { now_ms: self.now_ms, seed: (self.random)() };
        expression
            .compiled
            .evaluate_within(&bindings, &environment, &mut self.limits)
            .map_err(|error| QueryError::of(expression, &error))
    }

    /// Units of work done so far: about one for each value looked at.
    #[must_use]
    pub fn work(&self) -> u64 {
        let whole = Limits::default();
        let bytes = whole.work_bytes - self.limits.work_bytes;
        // A step of the evaluator takes about as long as some ten values of a path.
        self.evaluated + (whole.steps - self.limits.steps) * 10 + bytes / 64
    }

    fn node(&mut self, node: &ExpressionNode) -> Result<Value, QueryError> {
        match node {
            ExpressionNode::Literal(value) => Ok(value.clone()),
            ExpressionNode::Expression(expression) => self.expression(expression),
            ExpressionNode::Array(items) => {
                let items = items.iter().map(|item| self.node(item));
                items.collect::<Result<Vec<_>, _>>().map(Value::from)
            }
            ExpressionNode::Object(members) => {
                let mut object = Object::with_capacity(members.len());
                for (name, item) in members {
                    object.insert(name.clone(), self.node(item)?);
                }
                Ok(object.into())
            }
        }
    }
}

impl QueryError {
    /// The expression gave `value`, where its field takes the type `expected`: `boolean`,
    /// `number`, `string`, `array` or `object`.
    #[must_use]
    pub fn unexpected(expression: &Expression, expected: &'static str, value: Value) -> Self {
        let error = stepwell_jsonata::EvaluationError::UnexpectedType { expected, value };
        Self::of(expression, &error)
    }

    fn of(expression: &Expression, error: &stepwell_jsonata::EvaluationError) -> Self {
        let (text, location) = (expression.text(), expression.location());
        let text =
            format!("The JSONata expression '{text}' specified for the field '{location}' {error}");
        Self { location: Some(Arc::clone(location)), text }
    }
}
