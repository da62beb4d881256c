//! Variables, and the item of the iteration that is run.

use std::sync::Arc;
use stepwell_asl::Variables;
use stepwell_json::{Object, Value};

/// The top level, a branch or an iteration.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    outer: Option<&'a Scope<'a>>,
    values: Object,
    item: Option<(u32, Value)>,
}

impl<'a> Scope<'a> {
    /// A scope inside `outer`: of an iteration with its `item`, or of a branch.
    pub(crate) fn inside(outer: &'a Scope<'a>, item: Option<(u32, Value)>) -> Self {
        Self { outer: Some(outer), values: Object::default(), item }
    }

    /// The item of the innermost iteration, with its index.
    pub(crate) fn item(&self) -> Option<&(u32, Value)> {
        self.item.as_ref().or_else(|| self.outer?.item())
    }

    pub(crate) fn assign(&mut self, assigned: Vec<(Arc<str>, Value)>) {
        for (name, value) in assigned {
            self.values.insert(name, value);
        }
    }
}

impl Variables for Scope<'_> {
    fn variable(&self, name: &str) -> Option<Value> {
        self.values.get(name).cloned().or_else(|| self.outer?.variable(name))
    }
}
