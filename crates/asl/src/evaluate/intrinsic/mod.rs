//! Intrinsic functions (States Language, "Intrinsic Functions").
//!
//! Which function fails on what is the service's; of the texts only that of a path that finds
//! nothing is known, the others are ours. Every argument that a function reads is charged to the
//! work of the evaluation, by elements or bytes.

mod arrays;
mod numbers;
mod random;
mod texts;

use super::Data;
use crate::ast::{Argument, Function, Invocation};
use stepwell_json::Value;
use stepwell_jsonpath::{Exhausted, Path, Root, Work};

/// Evaluates calls, inner ones first, arguments from left to right.
pub(super) struct Calls<'a> {
    pub(super) data: Data<'a>,
    pub(super) random: &'a mut dyn FnMut() -> u64,
    /// Most bytes of a text that a function makes.
    pub(super) text_bytes: usize,
    pub(super) work: &'a Work,
}

/// Why a function gives nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// What follows "The function '…' had the following error: ".
    Text(String),
    /// A text grows beyond its limit.
    TooLarge,
}

impl From<Exhausted> for Fault {
    fn from(error: Exhausted) -> Self {
        Self::Text(error.to_string())
    }
}

type Outcome<T = Value> = Result<T, Fault>;

fn fault<T>(text: impl Into<String>) -> Outcome<T> {
    Err(Fault::Text(text.into()))
}

impl Calls<'_> {
    pub(super) fn value_of(&mut self, call: &Invocation) -> Outcome {
        self.work.charge(1 + call.arguments.len())?;
        let mut values = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            values.push(match argument {
                Argument::Literal(value) => value.clone(),
                Argument::Path(path) => self.value_at(path)?,
                Argument::Call(call) => self.value_of(call)?,
                // Stands where its pieces are used.
                Argument::Format(_) => Value::Null,
            });
        }
        match (call.function, call.arguments.first()) {
            (Function::Format, Some(Argument::Format(pieces))) => {
                self.format(pieces.iter().map(String::as_str), values.get(1..).unwrap_or_default())
            }
            (function, _) => self.apply(function, &values),
        }
    }

    fn value_at(&self, path: &Path) -> Outcome {
        self.data.select_within(path, self.work).map_err(|miss| {
            if miss.is_exhausted() || miss.is_not_array() {
                return Fault::Text(miss.to_string());
            }
            // Measured: a path into the context object is told as one from its root, but the
            // input is that of the state.
            let text = path.text().trim();
            let text = if *path.root() == Root::Context { &text[1..] } else { text };
            Fault::Text(format!(
                "The JsonPath argument for the field '{text}' could not be found in the input '{}'",
                super::print::quoted(self.data.input)
            ))
        })
    }

    fn apply(&mut self, function: Function, values: &[Value]) -> Outcome {
        match (function, values) {
            (Function::Array, values) => Ok(values.to_vec().into()),
            (Function::ArrayContains, [array, item]) => self.array_contains(array, item),
            (Function::ArrayGetItem, [array, index]) => arrays::get_item(array, index),
            (Function::ArrayLength, [array]) => arrays::length(array),
            (Function::ArrayPartition, [array, size]) => self.array_partition(array, size),
            (Function::ArrayRange, [from, to, step]) => self.array_range(from, to, step),
            (Function::ArrayUnique, [array]) => self.array_unique(array),
            (Function::Base64Decode, [text]) => self.base64_decode(text),
            (Function::Base64Encode, [text]) => self.base64_encode(text),
            (Function::Format, [template, values @ ..]) => {
                let template = self.text(template)?;
                self.format(template.split("{}"), values)
            }
            (Function::Hash, [value, algorithm]) => self.hash(value, algorithm),
            (Function::JsonMerge, [one, two, deep]) => self.json_merge(one, two, deep),
            (Function::JsonToString, [value]) => self.json(value, self.text_bytes).map(Value::from),
            (Function::MathAdd, [one, two]) => numbers::add(one, two),
            (Function::MathRandom, [from, to]) => self.math_random(from, to),
            (Function::MathRandom, [from, to, seed]) => numbers::seeded(from, to, seed),
            (Function::StringSplit, [text, delimiters]) => self.string_split(text, delimiters),
            (Function::StringToJson, [text]) => self.string_to_json(text),
            (Function::UUID, []) => Ok(self.uuid()),
            (function, values) => {
                let (count, name) = (values.len(), function.name());
                fault(format!("{name} does not take {count} arguments; {}", arity(function)))
            }
        }
    }

    /// A text argument.
    fn text<'v>(&self, value: &'v Value) -> Outcome<&'v str> {
        match value.as_str() {
            Some(text) => {
                self.work.charge(text.len())?;
                Ok(text)
            }
            None => wrong("text", value),
        }
    }

    /// An array argument, all of whose elements are looked at.
    fn array<'v>(&self, value: &'v Value) -> Outcome<&'v [Value]> {
        let items = array(value)?;
        self.work.charge(items.len())?;
        Ok(items)
    }
}

fn array(value: &Value) -> Outcome<&[Value]> {
    value.as_array().map_or_else(|| wrong("array", value), Ok)
}

/// An argument of the wrong type.
fn wrong<T>(expected: &str, value: &Value) -> Outcome<T> {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    fault(format!("An argument must be of type {expected}, but is {found}"))
}

fn arity(function: Function) -> &'static str {
    match function {
        Function::Array => "it takes any number",
        Function::Format => "it takes a text and one for each {}",
        Function::UUID => "it takes none",
        Function::ArrayLength
        | Function::ArrayUnique
        | Function::Base64Decode
        | Function::Base64Encode
        | Function::JsonToString
        | Function::StringToJson => "it takes 1",
        Function::ArrayContains
        | Function::ArrayGetItem
        | Function::ArrayPartition
        | Function::Hash
        | Function::MathAdd
        | Function::StringSplit => "it takes 2",
        Function::ArrayRange | Function::JsonMerge => "it takes 3",
        Function::MathRandom => "it takes 2 or 3",
    }
}
