//! Failures of states, and which matchers they match.

use super::step::Visit;
use crate::{Payload, Reason};
use std::sync::Arc;
use stepwell_asl::ast::State;
use stepwell_asl::{HEARTBEAT_TIMEOUT, QUERY_EVALUATION_ERROR, QueryError, RUNTIME};
use stepwell_json::{Object, ParseError, Value};

/// A state failed.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) reason: Reason,
    pub(super) kind: FailureKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// Known by its error name.
    Named,
    /// A task missed its heartbeat. Events name it `States.Timeout`; matchers may also name it
    /// `States.HeartbeatTimeout`.
    MissedHeartbeat,
    /// An expression failed, in the field `location`; its `EvaluationFailed` is still to be made.
    Query { location: Option<Arc<str>> },
    /// Neither retried nor caught, on any level: errors of data and of the interpreter.
    Fatal,
}

/// Most characters of a cause (API reference, `ExecutionFailedEventDetails`).
const MAX_CAUSE: usize = 32_768;

impl Failure {
    pub(super) fn named(reason: Reason) -> Self {
        Self { reason, kind: FailureKind::Named }
    }

    /// A `States.Runtime` failure of a visit, in the form that the service gives its cause.
    pub(super) fn runtime(visit: &Visit<'_>, text: &str) -> Self {
        Self { reason: told(visit, RUNTIME, text), kind: FailureKind::Fatal }
    }

    /// Parameters that a call can't be made with.
    pub(super) fn bad_parameters(visit: &Visit<'_>, parameters: &Payload, why: &str) -> Self {
        let text = parameters.text();
        let text = format!("The Parameters '{text}' could not be used to start the Task: [{why}]");
        Self::runtime(visit, &text)
    }

    /// A `States.QueryEvaluationError` of a visit.
    pub(super) fn query(visit: &Visit<'_>, error: QueryError) -> Self {
        let reason = told(visit, QUERY_EVALUATION_ERROR, &error.text);
        Self { reason, kind: FailureKind::Query { location: error.location } }
    }

    /// No rule of a Choice state held, and it has no `Default`.
    pub(super) fn no_choice(visit: &Visit<'_>) -> Self {
        let text =
            "Failed to transition out of the state. The state does not point to a next state.";
        Self::runtime(visit, text)
    }

    /// A result of `who`, an ARN or a service, that is over the limit.
    pub(super) fn data_limit(who: &str) -> Reason {
        Self::limit_reason(who, "returned a result")
    }

    /// Data of a visit that is over the limit, `what` the state did. No retrier and no catcher
    /// matches it (recorded for outputs).
    pub(super) fn too_large(visit: &Visit<'_>, what: &str) -> Self {
        let reason = Self::limit_reason(&visit.state.name, what);
        Self { reason, kind: FailureKind::Fatal }
    }

    fn limit_reason(who: &str, what: &str) -> Reason {
        let cause = format!(
            "The state/task '{who}' {what} with a size exceeding \
             the maximum number of bytes service limit."
        );
        Reason { error: Some("States.DataLimitExceeded".into()), cause: Some(cause.into()) }
    }

    /// The store gave back a payload that is not JSON.
    pub(super) fn unreadable(visit: &Visit<'_>, error: &ParseError) -> Self {
        Self::runtime(visit, &format!("A stored payload could not be read: {error}"))
    }

    /// Whether an `ErrorEquals` list names this failure.
    pub(super) fn matches(&self, error_equals: &[Arc<str>]) -> bool {
        match self.kind {
            FailureKind::Fatal => false,
            FailureKind::Named | FailureKind::Query { .. } => {
                stepwell_asl::matches(error_equals, self.reason.error.as_deref())
            }
            FailureKind::MissedHeartbeat => {
                stepwell_asl::matches(error_equals, Some(HEARTBEAT_TIMEOUT))
            }
        }
    }

    /// What a catcher gets: members that the failure lacks are null (recorded).
    pub(super) fn error_output(&self) -> Value {
        let text = |text: &Option<Arc<str>>| text.clone().map_or(Value::Null, Value::String);
        let members = [("Error", &self.reason.error), ("Cause", &self.reason.cause)];
        members.map(|(key, value)| (key.into(), text(value))).into_iter().collect::<Object>().into()
    }
}

/// An error of a visit with a cause in the form that the service gives it.
fn told(visit: &Visit<'_>, error: &str, text: &str) -> Reason {
    let Visit { state: State { name, .. }, entered_event, .. } = visit;
    let mut cause = format!(
        "An error occurred while executing the state '{name}' \
         (entered at the event id #{entered_event}). {text}"
    );
    if let Some((end, _)) = cause.char_indices().nth(MAX_CAUSE) {
        cause.truncate(end);
    }
    Reason { error: Some(error.into()), cause: Some(cause.into()) }
}
