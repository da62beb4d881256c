//! Wait states.

use super::failure::Failure;
use super::jsonata::Sees;
use super::step::{Visit, target};
use super::task::MAX_SECONDS;
use super::turn::Turn;
use crate::{EventBody, Payload, ScopeId};
use stepwell_asl::Timestamp;
use stepwell_asl::ast::{StateKind, Wait, WaitUntil};
use stepwell_json::Value;
use stepwell_jsonpath::Path;

/// The longest wait, in milliseconds (recorded: 2^31 - 1 seconds).
const MAX_DELAY_MS: i64 = 2_147_483_647_000;

impl<'a> Turn<'a> {
    pub(super) fn wait(&mut self, visit: &Visit<'a>, wait: &Wait) -> Result<(), Failure> {
        let input = self.effective_input(visit)?;
        let now_ms = self.now_ms();
        // No seconds are over at once; a point in time is the clock's to judge.
        let after = |seconds: i64| {
            (seconds > 0).then(|| now_ms.saturating_add(seconds.saturating_mul(1_000)))
        };
        let until_ms = match &wait.until {
            WaitUntil::Seconds(seconds) => after(i64::from(*seconds)),
            WaitUntil::Timestamp(timestamp) => Some(timestamp.as_epoch_millis()),
            WaitUntil::SecondsPath(path) => {
                after(self.seconds_at(visit, path, &input, "SecondsPath")?)
            }
            WaitUntil::TimestampPath(path) => Some(self.timestamp_at(visit, path, &input)?),
            WaitUntil::SecondsExpression(expression) => {
                after(i64::from(self.expressed_number(visit, expression, 0..=MAX_SECONDS)?))
            }
            WaitUntil::TimestampExpression(expression) => {
                Some(self.expressed_timestamp(visit, expression)?)
            }
        };
        if until_ms.is_some_and(|until_ms| until_ms.saturating_sub(now_ms) > MAX_DELAY_MS) {
            return Err(Failure::runtime(visit, "Wait state delay is too long."));
        }
        if let Some(until_ms) = until_ms
            && !self.has_come(until_ms)
        {
            self.emit_next(visit.scope, EventBody::WaitScheduled { until_ms });
            return Ok(());
        }
        self.leave_wait(visit, input, wait)
    }

    fn leave_wait(
        &mut self,
        visit: &Visit<'a>,
        input: Payload,
        wait: &Wait,
    ) -> Result<(), Failure> {
        let assigned =
            self.assigned(visit, visit.state.data.assign.as_ref(), &input, Sees::Input)?;
        self.put_out(visit, input, assigned, target(wait.transition))
    }

    /// Goes on after the time has come.
    pub(super) fn wait_over(&mut self, id: ScopeId) {
        let Some(visit) = self.visit(id) else { return };
        let StateKind::Wait(wait) = &visit.state.kind else { return };
        let input = self.effective_input(&visit);
        let done = input.and_then(|input| self.leave_wait(&visit, input, wait));
        self.conclude(&visit, done);
    }

    /// The whole, not negative number of seconds that `path` finds, with the service's words for
    /// what else it may find. `field` is the field's name.
    pub(super) fn seconds_at(
        &mut self,
        visit: &Visit<'a>,
        path: &Path,
        input: &Payload,
        field: &str,
    ) -> Result<i64, Failure> {
        let value = self.parameter(visit, path, input, field)?;
        let fault = |what: &str| {
            let (path, value) = (path.text(), plain(&value));
            Failure::runtime(visit, &format!("The {field} parameter {what}: {path} == {value}"))
        };
        match value.as_number().and_then(stepwell_json::Number::as_i64) {
            None => Err(fault("cannot be parsed as a long value")),
            Some(seconds) if seconds < 0 => Err(fault("references a negative value")),
            Some(seconds) => Ok(seconds),
        }
    }

    fn timestamp_at(
        &mut self,
        visit: &Visit<'a>,
        path: &Path,
        input: &Payload,
    ) -> Result<i64, Failure> {
        let value = self.parameter(visit, path, input, "TimestampPath")?;
        let timestamp = value.as_str().and_then(Timestamp::parse).ok_or_else(|| {
            let text = format!(
                "The TimestampPath parameter does not reference a valid ISO-8601 extended offset \
                 date-time format string: {} == {}",
                path.text(),
                plain(&value)
            );
            Failure::runtime(visit, &text)
        })?;
        Ok(timestamp.as_epoch_millis())
    }

    fn parameter(
        &mut self,
        visit: &Visit<'a>,
        path: &Path,
        input: &Payload,
        field: &str,
    ) -> Result<Value, Failure> {
        self.find(visit, path, input).map_err(|unfound| {
            let text = || {
                let path = path.text();
                format!("The {field} parameter does not reference an input value: {path}")
            };
            unfound.or(visit, text)
        })
    }
}

/// A value as messages show it: texts bare.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_json(), str::to_owned)
}
