//! The syntax tree of a path.

use crate::filter::Filter;

/// What a path starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// `$`: the document that is being processed.
    Input,
    /// `$$`: the context object.
    Context,
    /// `$name`: a variable.
    Variable(String),
}

/// A parsed path.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// As written; empty for paths inside filters.
    pub(crate) text: String,
    pub(crate) root: Root,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    Field(String),
    Fields(Vec<String>),
    Index(i64),
    Indices(Vec<i64>),
    Slice(Option<i64>, Option<i64>),
    Wildcard,
    /// `..`: the step after it is tried on every node below.
    Descend,
    Filter(Filter),
    Length,
    /// A function that the service takes at creation and finds nothing with.
    Function,
}

impl Path {
    /// The path as it was written, as messages quote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the path starts from.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Whether the path names one node.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        let last = self.steps.len().saturating_sub(1);
        self.steps.iter().enumerate().all(|(at, step)| match step {
            Step::Field(_) | Step::Index(_) | Step::Length | Step::Function => true,
            // Several names make one object, unless a step goes on from each of them.
            Step::Fields(_) => at == last,
            _ => false,
        })
    }

    /// Whether the path is a reference path (States Language, "Reference Paths"): fields and
    /// indices only, so that it can also be written to.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        self.steps.iter().all(|step| matches!(step, Step::Field(_) | Step::Index(_)))
    }
}
