//! Nested executions: what an attempt hears of its child.

use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::{
    ChildEnd, Command, EventBody, NestedPattern, Payload, Refusal, ScopeId, Snapshot, TaskAttempt,
    TaskOutcome, TaskRef, WorkerKind,
};
use jiff::Timestamp;
use std::sync::Arc;
use stepwell_json::{Object, Value};

/// The parameters of `StartExecution` that a task may give.
const PARAMETERS: [&str; 4] = ["StateMachineArn", "Name", "Input", "TraceHeader"];

impl Turn<'_> {
    /// The call is under way as soon as the decision is stored: its start needs no worker.
    pub(super) fn start_nested(&mut self, scope: ScopeId, worker: WorkerKind) {
        let delivery_id = self.random.nonce();
        self.emit_next(scope, EventBody::TaskStarted { worker, delivery_id, worker_name: None });
    }

    /// The child was started, and perhaps has ended.
    pub(super) fn nested_reported(
        &mut self,
        task: TaskRef,
        child: &str,
        started_ms: i64,
        end: Option<ChildEnd>,
    ) -> Result<(), Refusal> {
        let (id, attempt) = self.open_attempt(task)?;
        let pattern = attempt.schedule.worker.kind.nested().ok_or(Refusal::TaskDoesNotExist)?;
        if attempt.is_pending() {
            let answer = self.answer_to_start(child, started_ms);
            self.call_answered(task, &answer)?;
        }
        let (NestedPattern::Sync(_), Some(end)) = (pattern, end) else { return Ok(()) };
        // The answer may have been all that an end under the token waited for.
        if let Ok((_, attempt)) = self.open_attempt(task) {
            let outcome = match end {
                Ok(output) => self.outcome(attempt, &output),
                Err(reason) => TaskOutcome::Failed(reason),
            };
            self.end_with(id, outcome);
        }
        Ok(())
    }

    /// What the service shows of its answer to `StartExecution` (recorded).
    fn answer_to_start(&mut self, child: &str, started_ms: i64) -> Payload {
        let request_id = uuid::Builder::from_random_bytes(self.random.nonce().to_be_bytes());
        let request_id = request_id.into_uuid().to_string();
        let date = http_date(self.now_ms());
        let body = format!(
            r#"{{"executionArn":"{child}","startDate":{}}}"#,
            scientific_seconds(started_ms)
        );
        let length = body.len().to_string();
        let text = |text: &str| Value::from(text);
        let headers = [
            ("x-amzn-RequestId", request_id.as_str()),
            ("connection", "keep-alive"),
            ("Content-Length", &length),
            ("Date", &date),
            ("Content-Type", "application/x-amz-json-1.0"),
        ];
        let all = headers.map(|(name, value)| (name, Value::from(vec![text(value)])));
        let [id, connection, length, date, kind] = headers.map(|(name, value)| (name, text(value)));
        let http = object([
            ("AllHttpHeaders", object(all)),
            ("HttpHeaders", object([connection, length, kind, date, id])),
            ("HttpStatusCode", Value::from(200_i64)),
        ]);
        Payload::from_value(object([
            ("ExecutionArn", text(child)),
            ("SdkHttpMetadata", http),
            ("SdkResponseMetadata", object([("RequestId", text(&request_id))])),
            ("StartDate", Value::from(started_ms)),
        ]))
    }

    /// To stop the child of an attempt that waited for its end and was cut off.
    pub(super) fn stop_of(&self, before: &Snapshot, id: ScopeId) -> Option<Command> {
        let attempt = before.scope(id)?.attempt()?;
        let worker = &attempt.schedule.worker.kind;
        if !matches!(worker.nested()?, NestedPattern::Sync(_)) {
            return None;
        }
        let open = self.snapshot.attempt(attempt.scheduled_event).is_some();
        (!open && !self.has_result(id))
            .then(|| Command::StopChild { attempt: Box::new(attempt.clone()) })
    }
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    members.map(|(name, value)| (Arc::from(name), value)).into_iter().collect::<Object>().into()
}

/// `Wed, 05 Jul 2023 13:55:55 GMT`
fn http_date(now_ms: i64) -> String {
    let now = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A time of today in seconds as the service writes it: `1.688564956123E9`.
fn scientific_seconds(time_ms: i64) -> String {
    let digits = format!("{time_ms:013}");
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    format!("{first}.{}E9", if rest.is_empty() { "0" } else { rest })
}

/// Whether an execution can be started with these parameters.
pub(super) fn check_start(visit: &Visit<'_>, parameters: &Payload) -> Result<(), Failure> {
    let value = parameters.value().map_err(|error| Failure::unreadable(visit, error))?;
    let refused = |why: String| Err(Failure::bad_parameters(visit, parameters, &why));
    let unknown = |object: &Object| {
        object.keys().find(|name| !PARAMETERS.contains(&&***name)).map(Arc::clone)
    };
    if let Some(name) = value.as_object().and_then(unknown) {
        return refused(format!("The field \"{name}\" is not supported by Step Functions"));
    }
    for name in ["StateMachineArn", "Name", "TraceHeader"] {
        if value.get(name).is_some_and(|value| value.as_str().is_none()) {
            return refused(format!("The value for the field \"{name}\" must be a STRING"));
        }
    }
    if value.get("StateMachineArn").and_then(Value::as_str).is_none_or(str::is_empty) {
        return refused("The field \"StateMachineArn\" is required but was missing".to_owned());
    }
    Ok(())
}

/// The attempt of a scope that is still to reach its worker.
pub(super) fn pending(snapshot: &Snapshot, id: ScopeId) -> Option<&TaskAttempt> {
    snapshot.scope(id)?.attempt().filter(|attempt| attempt.is_pending())
}

#[cfg(test)]
mod tests {
    use super::{http_date, scientific_seconds};

    #[test]
    fn times_are_written_as_the_service_does() {
        assert_eq!(http_date(1_688_565_355_000), "Wed, 05 Jul 2023 13:55:55 GMT");
        assert_eq!(scientific_seconds(1_688_564_956_123), "1.688564956123E9");
        assert_eq!(scientific_seconds(1_688_564_956_120), "1.68856495612E9");
        assert_eq!(scientific_seconds(1_000_000_000_000), "1.0E9");
    }
}
