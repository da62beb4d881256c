//! Workers that do the same with the same input.

use super::Maker;
use crate::{Outcome, without_event_ids};
use stepwell_json::{Number, Object, Value};

/// What a worker does on the first try, the second and so on; the last for all that follow. Which
/// try it is stands in the member `try` of the task's input.
#[derive(Clone, Debug)]
pub(super) struct Script(pub(super) Vec<Act>);

#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Succeeds with this JSON text.
    Give(&'static str),
    /// Succeeds with the member `v` of the input.
    Echo,
    /// Fails with this error, or without one.
    Fail(Option<&'static str>),
    Vanish,
    /// One or the other, by the length of the input, ids of events left out: nobody knows those
    /// but the one who counts the events.
    Either(Box<Act>, Box<Act>),
}

/// Errors of workers; catchers and retriers name some of them.
pub(super) const ERRORS: [&str; 3] = ["Broken", "Busy", "Lost.Data"];

impl Script {
    pub(super) fn outcome(&self, input: &Value) -> Outcome {
        let tried = input.get("try").and_then(Value::as_number).and_then(Number::as_i64);
        let tried = usize::try_from(tried.unwrap_or(0)).unwrap_or(0);
        let act = self.0.get(tried.min(self.0.len().saturating_sub(1)));
        act.map_or(Outcome::Silence, |act| act.outcome(input))
    }
}

impl Act {
    fn outcome(&self, input: &Value) -> Outcome {
        match self {
            Self::Give(text) => Outcome::Success(stepwell_json::parse(text).unwrap_or(Value::Null)),
            Self::Echo => {
                let value = input.get("v").cloned().unwrap_or(Value::Null);
                let mut result = Object::default();
                result.insert("echo".into(), value);
                Outcome::Success(result.into())
            }
            Self::Fail(error) => {
                let cause = error.map(|error| format!("the worker says {error}").into());
                Outcome::Failure { error: error.map(Into::into), cause }
            }
            Self::Vanish => Outcome::Silence,
            Self::Either(one, other) => {
                let length = without_event_ids(&input.to_json()).len();
                let chosen = if length.is_multiple_of(2) { one } else { other };
                chosen.outcome(input)
            }
        }
    }
}

impl Maker {
    /// A worker; one that can vanish only where a task `ends_by_itself`.
    pub(super) fn script(&mut self, ends_by_itself: bool) -> Script {
        let tries = self.below(1..4);
        Script((0..tries).map(|_| self.act(ends_by_itself, 1)).collect())
    }

    fn act(&mut self, ends_by_itself: bool, depth: u32) -> Act {
        match self.below(0..12) {
            0..3 => Act::Give(self.one::<&str>(&[
                "1",
                "\"é\\n\"",
                "null",
                "[1,2]",
                r#"{"z":1.0,"a":{"m":1e2}}"#,
            ])),
            3..7 => Act::Echo,
            7 if ends_by_itself => Act::Vanish,
            8 if depth > 0 => Act::Either(
                Box::new(self.act(ends_by_itself, 0)),
                Box::new(self.act(ends_by_itself, 0)),
            ),
            9 => Act::Fail(None),
            _ => Act::Fail(Some(self.one::<&str>(&ERRORS))),
        }
    }
}
