//! Evaluation of payload templates.

use super::Data;
use super::intrinsic::{Calls, Fault};
use super::print::quoted;
use crate::ast::{Call, Node, Template};
use stepwell_json::{Object, Value};
use stepwell_jsonpath::{Path, Root, Work};

/// Why an evaluation gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// A fault of data or definition, in the words of the service behind "An error occurred while
    /// executing the state …"; fails the state with `States.Runtime`.
    #[error("{0}")]
    Fault(String),
    /// A text on the way is longer than a payload may be; `States.DataLimitExceeded`.
    #[error("The evaluation makes a text that is longer than a payload may be.")]
    TooLarge,
}

/// Evaluates templates and calls over the data of one state. Its work is bounded, over all that
/// it evaluates.
pub struct Evaluator<'a> {
    data: Data<'a>,
    random: &'a mut dyn FnMut() -> u64,
    text_bytes: usize,
    work: Work,
}

impl<'a> Evaluator<'a> {
    /// An evaluator that sees `data`, draws unpredictable bits from `random`, and makes no text
    /// of more than `text_bytes` bytes.
    pub fn new(data: Data<'a>, random: &'a mut dyn FnMut() -> u64, text_bytes: usize) -> Self {
        Self { data, random, text_bytes, work: Work::default() }
    }

    /// The value of a template. Parts that are not evaluated are shared with it.
    ///
    /// # Errors
    /// See [`EvaluationError`].
    pub fn template(&mut self, template: &Template) -> Result<Value, EvaluationError> {
        self.node(&template.root)
    }

    /// The value of a call.
    ///
    /// # Errors
    /// See [`EvaluationError`].
    pub fn call(&mut self, call: &Call) -> Result<Value, EvaluationError> {
        let Self { data, random, text_bytes, work } = self;
        let mut calls = Calls { data: *data, random, text_bytes: *text_bytes, work };
        calls.value_of(&call.root).map_err(|fault| match fault {
            Fault::TooLarge => EvaluationError::TooLarge,
            Fault::Text(text) => EvaluationError::Fault(format!(
                "The function '{}' had the following error: {text}",
                call.text
            )),
        })
    }

    /// The value at a path that the field `field` names, with the words of the service where
    /// there is none.
    ///
    /// # Errors
    /// See [`EvaluationError`].
    pub fn path(&mut self, field: &str, path: &Path) -> Result<Value, EvaluationError> {
        self.data.select_within(path, &self.work).map_err(|miss| {
            if miss.is_exhausted() {
                return EvaluationError::Fault(format!("The field '{field}': {miss}"));
            }
            // A path into the context object is told as one from its root (measured).
            let variable;
            let (text, searched) = match path.root() {
                Root::Context => (&path.text().trim_start()[1..], self.data.context),
                Root::Input => (path.text(), self.data.input),
                Root::Variable(name) => match self.data.variables.variable(name) {
                    Some(value) => {
                        variable = value;
                        (path.text(), &variable)
                    }
                    None => {
                        let text = format!("The field '{field}' can't be evaluated: {miss}");
                        return EvaluationError::Fault(text);
                    }
                },
            };
            EvaluationError::Fault(format!(
                "The JSONPath '{text}' specified for the field '{field}' \
                 could not be found in the input '{}'",
                quoted(searched)
            ))
        })
    }

    /// Units of work done so far: about one for each value looked at.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work.spent()
    }

    fn node(&mut self, node: &Node) -> Result<Value, EvaluationError> {
        match node {
            Node::Literal(value) => Ok(value.clone()),
            Node::Array(items) => {
                let items = items.iter().map(|item| self.node(item));
                items.collect::<Result<Vec<_>, _>>().map(Value::from)
            }
            Node::Object(members) => {
                let mut object = Object::with_capacity(members.len());
                for (name, item) in members {
                    object.insert(name.clone(), self.node(item)?);
                }
                Ok(object.into())
            }
            Node::Path { field, path } => match self.data.select_within(path, &self.work) {
                Ok(value) => Ok(value),
                // Measured: no element is null here, and a miss among the arguments of a call.
                Err(miss) if miss.is_past_end() => Ok(Value::Null),
                Err(_) => self.path(field, path),
            },
            Node::Call(call) => self.call(call),
        }
    }
}
