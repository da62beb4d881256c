//! Fields that hold a number, a time or a text: of Wait, Fail, Task and Map states.

use crate::Latency;
use crate::data::Visit;
use crate::failure::Failure;
use crate::flow::Run;
use crate::scope::Scope;
use crate::state::Left;
use std::ops::RangeInclusive;
use std::sync::Arc;
use stepwell_asl::ast::{Expression, Fail, Map, Quantity, Text, Transition, Wait, WaitUntil};
use stepwell_asl::{QueryError, Timestamp};
use stepwell_json::{Number, Value};
use stepwell_jsonpath::Path;

/// Most seconds of a wait, a timeout or a heartbeat.
const MAX_SECONDS: u32 = 99_999_999;

impl Run<'_> {
    /// The share of a delay that is waited where it is spread: the least where times are.
    pub(crate) fn jitter(&self) -> f64 {
        match self.case.latency {
            Latency::Zero => 1.0,
            Latency::Arbitrary => 0.0,
        }
    }

    pub(crate) fn wait(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        wait: &Wait,
        clock: &mut u64,
    ) -> Result<Left, Failure> {
        let input = self.effective(visit, scope)?;
        let now_ms = self.case.started_ms + i64::try_from(*clock).unwrap_or(i64::MAX / 2);
        let delay_ms = match &wait.until {
            WaitUntil::Seconds(seconds) => i64::from(*seconds) * 1_000,
            WaitUntil::SecondsPath(path) => {
                self.seconds(visit, scope, path, &input, "SecondsPath")?.saturating_mul(1_000)
            }
            WaitUntil::SecondsExpression(expression) => {
                i64::from(self.number(visit, scope, expression, 0..=MAX_SECONDS)?) * 1_000
            }
            WaitUntil::Timestamp(timestamp) => timestamp.as_epoch_millis() - now_ms,
            WaitUntil::TimestampPath(path) => {
                let value = self.parameter(visit, scope, path, &input, "TimestampPath")?;
                let timestamp = value.as_str().and_then(Timestamp::parse);
                let timestamp = timestamp.ok_or_else(|| {
                    let text = format!(
                        "The TimestampPath parameter does not reference a valid ISO-8601 extended \
                         offset date-time format string: {} == {}",
                        path.text(),
                        bare(&value)
                    );
                    Failure::runtime(visit.state, &text)
                })?;
                timestamp.as_epoch_millis() - now_ms
            }
            WaitUntil::TimestampExpression(expression) => {
                self.timestamp(visit, scope, expression)? - now_ms
            }
        };
        if delay_ms > 2_147_483_647_000 {
            return Err(Failure::runtime(visit.state, "Wait state delay is too long."));
        }
        *clock += u64::try_from(delay_ms).unwrap_or(0);
        let next = match wait.transition {
            Transition::Next(next) => Some(next),
            Transition::End => None,
        };
        self.put_out(visit, scope, None, input, next)
    }

    fn timestamp(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        expression: &Expression,
    ) -> Result<i64, Failure> {
        let value = self.expression(visit, scope, expression)?;
        let Some(text) = value.as_str() else {
            let error = QueryError::unexpected(expression, "string", value);
            return Err(Failure::query(visit.state, &error));
        };
        let timestamp = Timestamp::parse(text).ok_or_else(|| {
            let location = expression.location();
            let text = format!(
                "The {location} field cannot be parsed as an ISO-8601 extended offset date-time \
                 format string: {text}"
            );
            Failure::query(visit.state, &QueryError { location: None, text })
        })?;
        Ok(timestamp.as_epoch_millis())
    }

    /// A whole number of seconds that a path finds.
    fn seconds(
        &self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        path: &Path,
        input: &Value,
        field: &str,
    ) -> Result<i64, Failure> {
        let value = self.parameter(visit, scope, path, input, field)?;
        let fault = |what: &str| {
            let (path, value) = (path.text(), bare(&value));
            let text = format!("The {field} parameter {what}: {path} == {value}");
            Failure::runtime(visit.state, &text)
        };
        match value.as_number().and_then(Number::as_i64) {
            None => Err(fault("cannot be parsed as a long value")),
            Some(seconds) if seconds < 0 => Err(fault("references a negative value")),
            Some(seconds) => Ok(seconds),
        }
    }

    fn parameter(
        &self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        path: &Path,
        input: &Value,
        field: &str,
    ) -> Result<Value, Failure> {
        self.find(visit, scope, path, input).map_err(|_| {
            let path = path.text();
            let text = format!("The {field} parameter does not reference an input value: {path}");
            Failure::runtime(visit.state, &text)
        })
    }

    /// A whole number that an expression gives.
    fn number(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        expression: &Expression,
        range: RangeInclusive<u32>,
    ) -> Result<u32, Failure> {
        let value = self.expression(visit, scope, expression)?;
        let Some(number) = value.as_f64() else {
            let error = QueryError::unexpected(expression, "number", value);
            return Err(Failure::query(visit.state, &error));
        };
        let is_whole = number.fract() == 0.0;
        if is_whole && (f64::from(*range.start())..=f64::from(*range.end())).contains(&number) {
            return Ok(number as u32);
        }
        let text = format!(
            "The {} field must be a whole number from {} to {}: {value}",
            expression.location(),
            range.start(),
            range.end()
        );
        Err(Failure::query(visit.state, &QueryError { location: None, text }))
    }

    /// `TimeoutSeconds` or `HeartbeatSeconds`, in seconds.
    pub(crate) fn bound(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        quantity: Option<&Quantity>,
        input: &Value,
        field: &str,
    ) -> Result<Option<u32>, Failure> {
        let path = match quantity {
            None => return Ok(None),
            Some(Quantity::Literal(seconds)) => return Ok(Some(*seconds)),
            Some(Quantity::Expression(expression)) => {
                return self.number(visit, scope, expression, 1..=MAX_SECONDS).map(Some);
            }
            Some(Quantity::Path(path)) => path,
        };
        self.at(visit, scope, path, input)?;
        let seconds = self.seconds(visit, scope, path, input, field)?;
        if !(1..=i64::from(MAX_SECONDS)).contains(&seconds) {
            let text = format!(
                "The {field} parameter must be between 1 and {MAX_SECONDS}: {} == {seconds}",
                path.text()
            );
            return Err(Failure::runtime(visit.state, &text));
        }
        Ok(u32::try_from(seconds).ok())
    }

    /// How many iterations are open at once.
    pub(crate) fn concurrency(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        map: &Map,
        input: &Value,
    ) -> Result<usize, Failure> {
        let asked = match &map.max_concurrency {
            None => 0,
            Some(Quantity::Literal(number)) => *number,
            Some(Quantity::Expression(expression)) => {
                self.number(visit, scope, expression, 0..=u32::MAX)?
            }
            Some(Quantity::Path(path)) => {
                let value = self.at(visit, scope, path, input)?;
                let number = value.as_number().and_then(Number::as_i64).ok_or_else(|| {
                    let text = format!(
                        "The MaxConcurrencyPath field refers to value {value} which is not a \
                         valid integer: {}",
                        path.text()
                    );
                    Failure::runtime(visit.state, &text)
                })?;
                if number < 0 {
                    let text = "MaxConcurrency cannot be negative.";
                    return Err(Failure::runtime(visit.state, text));
                }
                u32::try_from(number).unwrap_or(u32::MAX)
            }
        };
        let most = self.case.limits.map_concurrency.max(1);
        let open = if asked == 0 { most } else { asked.min(most) };
        Ok(usize::try_from(open).unwrap_or(usize::MAX))
    }

    /// What a Fail state fails with.
    pub(crate) fn fail(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        fail: &Fail,
    ) -> Result<Failure, Failure> {
        let input = &visit.input;
        let error = self.text(visit, scope, fail.error.as_ref(), "ErrorPath", input)?;
        let cause = self.text(visit, scope, fail.cause.as_ref(), "CausePath", input)?;
        Ok(Failure::named(error, cause))
    }

    /// A text that the field `field` gives, of `input` where it is a path or a call.
    pub(crate) fn text(
        &mut self,
        visit: &Visit<'_>,
        scope: &Scope<'_>,
        text: Option<&Text>,
        field: &str,
        input: &Value,
    ) -> Result<Option<Arc<str>>, Failure> {
        let value = match text {
            None => return Ok(None),
            Some(Text::Literal(text)) => return Ok(Some(Arc::clone(text))),
            Some(Text::Path(path)) => {
                self.evaluate(visit, scope, input, |it| it.path(field, path))?
            }
            Some(Text::Call(call)) => self.evaluate(visit, scope, input, |it| it.call(call))?,
            Some(Text::Expression(expression)) => {
                match self.expression(visit, scope, expression)? {
                    Value::String(text) => return Ok(Some(text)),
                    other => {
                        let error = QueryError::unexpected(expression, "string", other);
                        return Err(Failure::query(visit.state, &error));
                    }
                }
            }
        };
        match value {
            Value::String(text) => Ok(Some(text)),
            _ => {
                let text = format!("The value of the field '{field}' must be a text.");
                Err(Failure::runtime(visit.state, &text))
            }
        }
    }
}

/// A value as messages show it: texts bare.
fn bare(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_json(), str::to_owned)
}
