//! JSONata states: what expressions see, and what fields make of their values.

use super::data::{check_depth, produced};
use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::Payload;
use crate::variables::Visible;
use std::ops::RangeInclusive;
use stepwell_asl::ast::{Choice, ChoiceRule, Condition, Expression, Expressions, Map, StateKind};
use stepwell_asl::{Query, QueryError, Timestamp};
use stepwell_json::{Number, Object, Value};

/// What `$states` holds besides `input` and `context`.
#[derive(Clone, Copy)]
pub(super) enum Sees<'v> {
    /// Nothing.
    Input,
    /// `result`
    Result(&'v Payload),
    /// `errorOutput`
    ErrorOutput(&'v Payload),
}

impl<'v> Sees<'v> {
    /// What a state that has ended well sees, with the result of its work if it does any.
    pub(super) fn after(visit: &Visit<'_>, result: &'v Payload) -> Self {
        match visit.state.kind {
            StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_) => Self::Result(result),
            _ => Self::Input,
        }
    }

    fn member(self) -> Option<(&'static str, &'v Payload)> {
        match self {
            Self::Input => None,
            Self::Result(result) => Some(("result", result)),
            Self::ErrorOutput(output) => Some(("errorOutput", output)),
        }
    }
}

/// Whether the context object has to be made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Unread,
    Read,
}

impl From<bool> for Context {
    fn from(reads_context: bool) -> Self {
        if reads_context { Self::Read } else { Self::Unread }
    }
}

impl<'a> Turn<'a> {
    /// The value of a template, whatever its size.
    pub(super) fn expressed(
        &mut self,
        visit: &Visit<'a>,
        template: &Expressions,
        sees: Sees<'_>,
    ) -> Result<Value, Failure> {
        let context = template.reads_context().into();
        self.query(visit, sees, context, |query| query.template(template))
    }

    /// The value of the expression of a field that is evaluated before the state's work.
    pub(super) fn value_of(
        &mut self,
        visit: &Visit<'a>,
        expression: &Expression,
    ) -> Result<Value, Failure> {
        let context = expression.reads_context().into();
        self.query(visit, Sees::Input, context, |query| query.expression(expression))
    }

    /// What a state puts out: what `Output` makes, or `otherwise`.
    pub(super) fn output(
        &mut self,
        visit: &Visit<'a>,
        output: Option<&Expressions>,
        sees: Sees<'_>,
        otherwise: Payload,
    ) -> Result<Payload, Failure> {
        let Some(template) = output else { return Ok(otherwise) };
        let value = self.expressed(visit, template, sees)?;
        let payload = Payload::from_value(value.clone());
        if payload.exceeds(self.context.limits.payload_bytes) {
            return Err(Failure::too_large(visit, "returned a result"));
        }
        check_depth(visit, &value)?;
        Ok(payload)
    }

    /// The array that a Map state iterates over: what `Items` makes, or its input.
    pub(super) fn expressed_items(
        &mut self,
        visit: &Visit<'a>,
        map: &Map,
    ) -> Result<Payload, Failure> {
        let Some(template) = &map.items else {
            let value = visit.input.value().map_err(|error| Failure::unreadable(visit, error))?;
            if value.as_array().is_some() {
                return Ok(visit.input.clone());
            }
            let text = format!("Map state input must be an array but was: {value}");
            return Err(Failure::query(visit, QueryError { location: None, text }));
        };
        let value = self.expressed(visit, template, Sees::Input)?;
        match (value.as_array(), template.whole()) {
            (None, Some(expression)) => {
                Err(Failure::query(visit, QueryError::unexpected(expression, "array", value)))
            }
            _ => produced(visit, value),
        }
    }

    /// The whole number within `range` that an expression gives.
    pub(super) fn expressed_number(
        &mut self,
        visit: &Visit<'a>,
        expression: &Expression,
        range: RangeInclusive<u32>,
    ) -> Result<u32, Failure> {
        let value = self.value_of(visit, expression)?;
        let Value::Number(number) = &value else {
            return Err(Failure::query(visit, QueryError::unexpected(expression, "number", value)));
        };
        let whole = whole(number).and_then(|number| u32::try_from(number).ok());
        whole.filter(|number| range.contains(number)).ok_or_else(|| {
            let (location, number) = (expression.location(), number.text());
            let text = format!(
                "The {location} field must be a whole number from {} to {}: {number}",
                range.start(),
                range.end()
            );
            Failure::query(visit, QueryError { location: Some(location.clone()), text })
        })
    }

    /// The time that an expression gives, in milliseconds since the epoch.
    pub(super) fn expressed_timestamp(
        &mut self,
        visit: &Visit<'a>,
        expression: &Expression,
    ) -> Result<i64, Failure> {
        let value = self.value_of(visit, expression)?;
        let Value::String(text) = &value else {
            return Err(Failure::query(visit, QueryError::unexpected(expression, "string", value)));
        };
        let timestamp = Timestamp::parse(text).ok_or_else(|| {
            let location = expression.location();
            let text = format!(
                "The {location} field cannot be parsed as an ISO-8601 extended offset date-time \
                 format string: {text}"
            );
            Failure::query(visit, QueryError { location: Some(location.clone()), text })
        })?;
        Ok(timestamp.as_epoch_millis())
    }

    /// Goes on by the first rule whose `Condition` holds. Its `Assign` and `Output` take the
    /// place of the state's, which are those of `Default`.
    pub(super) fn choose_by_expressions(
        &mut self,
        visit: &Visit<'a>,
        choice: &Choice,
    ) -> Result<(), Failure> {
        let read = |rule: &ChoiceRule| match &rule.condition {
            Condition::Expression(condition) => condition.reads_context(),
            _ => false,
        };
        let context = choice.rules.iter().any(read).into();
        let taken = self.query(visit, Sees::Input, context, |query| {
            for rule in &choice.rules {
                if holds(&rule.condition, query)? {
                    return Ok(Some(rule));
                }
            }
            Ok(None)
        })?;
        let data = &visit.state.data;
        let (next, assign, output) = match taken {
            Some(rule) => (Some(rule.next), rule.assign.as_ref(), rule.output.as_ref()),
            None => (choice.default, data.assign.as_ref(), data.output.as_ref()),
        };
        if next.is_none() {
            return Err(Failure::no_choice(visit));
        }
        let assigned = self.assigned(visit, assign, &visit.input, Sees::Input)?;
        let output = self.output(visit, output, Sees::Input, visit.input.clone())?;
        self.exit(visit, output, assigned, next)
    }

    /// Evaluates over `$states` and the variables. What that takes counts as steps of the
    /// decision.
    fn query<T>(
        &mut self,
        visit: &Visit<'a>,
        sees: Sees<'_>,
        context: Context,
        evaluate: impl FnOnce(&mut Query<'_>) -> Result<T, QueryError>,
    ) -> Result<T, Failure> {
        let value = |payload: &Payload| {
            payload.value().cloned().map_err(|error| Failure::unreadable(visit, error))
        };
        let mut states = Object::with_capacity(3);
        states.insert("input".into(), value(&visit.input)?);
        if let Some((name, payload)) = sees.member() {
            states.insert(name.into(), value(payload)?);
        }
        if context == Context::Read {
            states.insert("context".into(), self.context_object(visit)?);
        }
        let now_ms = self.now_ms();
        let variables = &Visible { snapshot: &self.snapshot, scope: visit.scope };
        let mut random = || self.random.next();
        let mut query = Query::new(states, variables, now_ms, &mut random);
        let result = evaluate(&mut query);
        let work = query.work();
        self.charge(work);
        result.map_err(|error| Failure::query(visit, error))
    }
}

fn holds(condition: &Condition, query: &mut Query<'_>) -> Result<bool, QueryError> {
    match condition {
        Condition::Literal(value) => Ok(*value),
        Condition::Expression(expression) => match query.expression(expression)? {
            Value::Bool(value) => Ok(value),
            other => Err(QueryError::unexpected(expression, "boolean", other)),
        },
        // Conditions of the other language, which a JSONata state can't have.
        Condition::And(_) | Condition::Or(_) | Condition::Not(_) | Condition::Test(_) => Ok(false),
    }
}

/// The integer that a number is; `1.0` is one.
fn whole(number: &Number) -> Option<i64> {
    let double = number.as_f64();
    // A fraction is none, and beyond 2^53 the text decides.
    if double.fract() == 0.0 && double.abs() <= 9e15 {
        return Some(double as i64);
    }
    number.as_i64()
}
