//! Failures of states.

use std::sync::Arc;
use stepwell_asl::ast::State;
use stepwell_asl::{HEARTBEAT_TIMEOUT, QUERY_EVALUATION_ERROR, QueryError, RUNTIME};
use stepwell_json::{Object, Value};

/// Why an evaluation does not go on.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// A state failed.
    Failed(Failure),
    /// A task lasts for ever.
    Hangs,
    /// The evaluation visits more states than it may.
    GivenUp,
}

/// A state failed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    pub(crate) error: Option<Arc<str>>,
    pub(crate) cause: Option<Arc<str>>,
    class: Class,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Matched by its name.
    Named,
    /// Named `States.Timeout`, matched as `States.HeartbeatTimeout` also.
    MissedHeartbeat,
    /// Not matched at all.
    Fatal,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Failure {
    pub(crate) fn named(error: Option<Arc<str>>, cause: Option<Arc<str>>) -> Self {
        Self { error, cause, class: Class::Named }
    }

    /// A task was too slow.
    pub(crate) fn timeout() -> Self {
        Self::named(Some(stepwell_asl::TIMEOUT.into()), None)
    }

    /// A task missed its heartbeat.
    pub(crate) fn heartbeat() -> Self {
        Self { class: Class::MissedHeartbeat, ..Self::timeout() }
    }

    /// The data does not fit the definition.
    pub(crate) fn runtime(state: &State, text: &str) -> Self {
        Self { class: Class::Fatal, ..told(state, RUNTIME, text) }
    }

    /// An expression failed.
    pub(crate) fn query(state: &State, error: &QueryError) -> Self {
        told(state, QUERY_EVALUATION_ERROR, &error.text)
    }

    /// A result of `who`, an ARN or a service, is over the limit.
    pub(crate) fn result_too_large(who: &str) -> Self {
        let cause = too_large(who, "returned a result");
        Self::named(Some("States.DataLimitExceeded".into()), Some(cause.into()))
    }

    /// Data of a state is over the limit; `what` the state did.
    pub(crate) fn state_too_large(state: &State, what: &str) -> Self {
        let failure = Self::result_too_large("");
        let cause = too_large(&state.name, what);
        Self { cause: Some(cause.into()), class: Class::Fatal, ..failure }
    }

    pub(crate) fn matches(&self, error_equals: &[Arc<str>]) -> bool {
        match self.class {
            Class::Named => stepwell_asl::matches(error_equals, self.error.as_deref()),
            Class::MissedHeartbeat => stepwell_asl::matches(error_equals, Some(HEARTBEAT_TIMEOUT)),
            Class::Fatal => false,
        }
    }

    /// What a catcher gets.
    pub(crate) fn error_output(&self) -> Value {
        let text = |text: &Option<Arc<str>>| text.clone().map_or(Value::Null, Value::String);
        let mut output = Object::default();
        output.insert("Error".into(), text(&self.error));
        output.insert("Cause".into(), text(&self.cause));
        output.into()
    }
}

fn too_large(who: &str, what: &str) -> String {
    format!(
        "The state/task '{who}' {what} with a size exceeding the maximum number of bytes service \
         limit."
    )
}

fn told(state: &State, error: &str, text: &str) -> Failure {
    let name = &state.name;
    let cause = format!(
        "An error occurred while executing the state '{name}' (entered at the event id #0). {text}"
    );
    Failure::named(Some(error.into()), Some(cause.into()))
}

const ENTERED: &str = "(entered at the event id #";

/// `text` with 0 for every number of an event that causes quote, which no evaluation without
/// events can know.
#[must_use]
pub fn without_event_ids(text: &str) -> String {
    let mut parts = text.split(ENTERED);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(ENTERED);
        out.push('0');
        out.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without_event_ids;

    #[test]
    fn numbers_of_events_are_taken_out() {
        let text = "#7 a (entered at the event id #12). b (entered at the event id #3). 4";
        let expected = "#7 a (entered at the event id #0). b (entered at the event id #0). 4";
        assert_eq!(without_event_ids(text), expected);
        assert_eq!(without_event_ids("plain #1"), "plain #1");
    }
}
