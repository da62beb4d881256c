//! Fail states.

use super::data::Reads;
use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::{Payload, Reason};
use std::sync::Arc;
use stepwell_asl::QueryError;
use stepwell_asl::ast::{Fail, Text};
use stepwell_json::Value;
use stepwell_jsonpath::Root;

impl<'a> Turn<'a> {
    /// Always fails: with what the state says, or because it can't be found.
    pub(super) fn fail_state(&mut self, visit: &Visit<'a>, fail: &Fail) -> Result<(), Failure> {
        let input = &visit.input;
        let error = self.text(visit, fail.error.as_ref(), "ErrorPath", input)?;
        let cause = self.text(visit, fail.cause.as_ref(), "CausePath", input)?;
        Err(Failure::named(Reason { error, cause }))
    }

    /// A text that the definition holds, or that `field` finds in `input`.
    pub(super) fn text(
        &mut self,
        visit: &Visit<'a>,
        text: Option<&Text>,
        field: &str,
        input: &Payload,
    ) -> Result<Option<Arc<str>>, Failure> {
        let value = match text {
            None => return Ok(None),
            Some(Text::Literal(text)) => return Ok(Some(Arc::clone(text))),
            Some(Text::Path(path)) => {
                let of_context = *path.root() == Root::Context;
                let reads = if of_context { Reads::Context } else { Reads::Document };
                self.evaluate(visit, input, reads, |evaluator| evaluator.path(field, path))?
            }
            Some(Text::Call(call)) => {
                let reads = if call.reads_context() { Reads::Context } else { Reads::Document };
                self.evaluate(visit, input, reads, |evaluator| evaluator.call(call))?
            }
            Some(Text::Expression(expression)) => match self.value_of(visit, expression)? {
                Value::String(text) => return Ok(Some(text)),
                other => {
                    let error = QueryError::unexpected(expression, "string", other);
                    return Err(Failure::query(visit, error));
                }
            },
        };
        if let Value::String(text) = value {
            return Ok(Some(text));
        }
        Err(Failure::runtime(visit, &format!("The value of the field '{field}' must be a text.")))
    }
}
