//! Fail states.

use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::Reason;
use std::sync::Arc;
use stepwell_asl::ast::{Fail, Text};

impl<'a> Turn<'a> {
    /// Always fails: with what the state says, or because it can't be found.
    pub(super) fn fail_state(&mut self, visit: &Visit<'a>, fail: &Fail) -> Result<(), Failure> {
        let error = self.text(visit, fail.error.as_ref(), "ErrorPath")?;
        let cause = self.text(visit, fail.cause.as_ref(), "CausePath")?;
        Err(Failure::named(Reason { error, cause }))
    }

    fn text(
        &self,
        visit: &Visit<'a>,
        text: Option<&Text>,
        field: &str,
    ) -> Result<Option<Arc<str>>, Failure> {
        let path = match text {
            None => return Ok(None),
            Some(Text::Literal(text)) => return Ok(Some(Arc::clone(text))),
            Some(Text::Path(path)) => path,
            Some(Text::Intrinsic(_) | Text::Expression(_)) => {
                let text = format!("A function in the field '{field}' can't be executed.");
                return Err(Failure::runtime(visit, &text));
            }
        };
        let value = self.find(visit, path, &visit.input).map_err(|unfound| {
            unfound.or(visit, || {
                let (path, input) = (path.text(), visit.input.text());
                format!(
                    "The JSONPath '{path}' specified for the field '{field}' \
                     could not be found in the input '{input}'"
                )
            })
        })?;
        value.as_str().map(|text| Some(text.into())).ok_or_else(|| {
            let text = format!(
                "The field '{field}' must refer to a text, but '{path}' is none.",
                path = path.text()
            );
            Failure::runtime(visit, &text)
        })
    }
}
