//! Writing through a reference path.

use crate::path::{Path, Step};
use std::sync::Arc;
use stepwell_json::{MAX_DEPTH, Object, Value};

/// A place that can't be written: a step leads through a value of another kind, or past the end
/// of an array, or the path is no reference path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reference path can't be applied to the value")]
pub struct Unreachable;

impl Path {
    /// `base` with `value` at this reference path. Objects on the way are made as needed, arrays
    /// are never extended (States Language, "ResultPath"). A path of more than [`MAX_DEPTH`]
    /// steps reaches nothing: what it made could not be read back.
    ///
    /// # Errors
    /// [`Unreachable`], with nothing written.
    pub fn set(&self, base: Value, value: Value) -> Result<Value, Unreachable> {
        if self.steps.len() > MAX_DEPTH {
            return Err(Unreachable);
        }
        let mut result = base;
        let mut place = &mut result;
        for step in &self.steps {
            place = match (step, place) {
                (Step::Field(name), Value::Object(members)) => Arc::make_mut(members)
                    .entry(name.as_str().into())
                    .or_insert_with(|| Object::new().into()),
                (Step::Index(index), Value::Array(items)) => {
                    let items = Arc::make_mut(items);
                    let index = usize::try_from(*index).map_err(|_| Unreachable)?;
                    items.get_mut(index).ok_or(Unreachable)?
                }
                _ => return Err(Unreachable),
            };
        }
        *place = value;
        Ok(result)
    }
}
