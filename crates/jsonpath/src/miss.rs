//! What is said of a path that finds nothing, in the words of the reference evaluator.

use crate::path::{Path, Step};
use crate::work::Exhausted;
use std::fmt::Write as _;
use stepwell_json::Value;

/// Why a path found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Absent,
    PastEnd,
    NotArray,
    Exhausted,
}

/// A path that found nothing. Prints as the service prints it after `Invalid path '…' : `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Miss {
    text: String,
    kind: Kind,
}

impl Miss {
    /// A path that starts from the variable `name`, which has no value.
    #[must_use]
    pub fn unassigned(name: &str) -> Self {
        let text = format!("The variable '${name}' is not assigned");
        Self { text, kind: Kind::Absent }
    }

    /// Whether an index lies beyond its array.
    #[must_use]
    pub fn is_past_end(&self) -> bool {
        self.kind == Kind::PastEnd
    }

    /// Whether an index was applied to something that is no array.
    #[must_use]
    pub fn is_not_array(&self) -> bool {
        self.kind == Kind::NotArray
    }

    /// Whether the path was given up because it looks at too much.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.kind == Kind::Exhausted
    }
}

impl From<Exhausted> for Miss {
    fn from(error: Exhausted) -> Self {
        Self { text: error.to_string(), kind: Kind::Exhausted }
    }
}

/// Why a step does not apply to a node.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    NotObject,
    NotArray,
    Absent,
    PastEnd,
}

impl Path {
    pub(crate) fn miss(&self, fault: Fault, at: usize, node: &Value) -> Miss {
        let kind = match fault {
            Fault::PastEnd => Kind::PastEnd,
            Fault::NotArray => Kind::NotArray,
            Fault::NotObject | Fault::Absent => Kind::Absent,
        };
        let here = self.prefix(at + 1);
        let text = match (fault, &self.steps[at]) {
            (Fault::NotObject, Step::Field(name)) => format!(
                "Expected to find an object with property ['{name}'] in path {} but found '{}'. \
                 This is not a json object according to the JsonProvider: \
                 'com.jayway.jsonpath.spi.json.JsonSmartJsonProvider'.",
                self.prefix(at),
                self::kind(node)
            ),
            (Fault::NotArray, step) => format!(
                "Filter: {} can only be applied to arrays. Current context is: {}",
                bracketed(step),
                node.as_str().map_or_else(|| node.to_json(), str::to_owned)
            ),
            (Fault::Absent, Step::Field(_)) if at + 1 < self.steps.len() => {
                format!("Missing property in path {here}")
            }
            (Fault::PastEnd, _) => format!("No results for path: {}", self.prefix(usize::MAX)),
            _ => format!("No results for path: {here}"),
        };
        Miss { text, kind }
    }

    /// No fault of a step, and still no match.
    pub(crate) fn nothing(&self) -> Miss {
        let text = format!("No results for path: {}", self.prefix(usize::MAX));
        Miss { text, kind: Kind::Absent }
    }

    /// The first `count` steps in bracket notation.
    fn prefix(&self, count: usize) -> String {
        self.steps.iter().take(count).fold("$".to_owned(), |text, step| text + &bracketed(step))
    }
}

fn bracketed(step: &Step) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = match step {
        Step::Field(name) => write!(text, "['{name}']"),
        Step::Fields(names) => write!(text, "['{}']", names.join("','")),
        Step::Index(index) => write!(text, "[{index}]"),
        Step::Indices(indices) => {
            let indices: Vec<_> = indices.iter().map(i64::to_string).collect();
            write!(text, "[{}]", indices.join(","))
        }
        Step::Slice(from, to) => {
            let side = |at: &Option<i64>| at.map_or_else(String::new, |at| at.to_string());
            write!(text, "[{}:{}]", side(from), side(to))
        }
        Step::Wildcard => write!(text, "[*]"),
        Step::Descend => write!(text, ".."),
        Step::Filter(_) => write!(text, "[?]"),
        Step::Length => write!(text, ".length()"),
        Step::Function => write!(text, ".function()"),
    };
    text
}

/// The reference evaluator's name for the kind of a value, as its messages print it.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "java.lang.Boolean",
        Value::Number(number) => match number.as_i64() {
            Some(value) if i32::try_from(value).is_ok() => "java.lang.Integer",
            Some(_) => "java.lang.Long",
            None => "java.lang.Double",
        },
        Value::String(_) => "java.lang.String",
        Value::Array(_) => "net.minidev.json.JSONArray",
        Value::Object(_) => "java.util.LinkedHashMap",
    }
}
