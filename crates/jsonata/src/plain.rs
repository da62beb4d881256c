//! Plain references, `$states.input.order` and the like: the most common expressions, followed
//! through the values themselves. Nothing is copied and numbers keep their text.

use crate::expression::Bindings;
use jlens_core::ast::{Attrs, Node, NodeKind};
use stepwell_json::Value;

/// A variable and the members to follow from it.
#[derive(Debug)]
pub(crate) struct Plain {
    variable: String,
    members: Vec<String>,
}

/// What a plain reference leads to.
pub(crate) enum Lead {
    Value(Value),
    Undefined,
    /// An array on the way: its elements are looked into, which is for the evaluator.
    Evaluate,
}

impl Plain {
    /// The plain reference that the expression at `root` is, if it is one.
    pub(crate) fn of(root: &Node) -> Option<Self> {
        let (variable, members) = match &root.kind {
            NodeKind::Variable { name } => (name, Vec::new()),
            NodeKind::Path { steps, keep_singleton_array: false } => {
                let (first, rest) = steps.split_first()?;
                let NodeKind::Variable { name } = &first.kind else { return None };
                (name, rest.iter().map(member).collect::<Option<_>>()?)
            }
            _ => return None,
        };
        let steps = match &root.kind {
            NodeKind::Path { steps, .. } => steps.as_slice(),
            _ => &[],
        };
        let bare = is_bare(&root.attrs) && steps.iter().all(|step| is_bare(&step.attrs));
        bare.then(|| Self { variable: variable.clone(), members })
    }

    pub(crate) fn follow(&self, bindings: &Bindings<'_>) -> Lead {
        let Some(start) = bindings.variable(&self.variable) else { return Lead::Evaluate };
        let mut value = &start;
        for member in &self.members {
            if let Value::Array(_) = value {
                return Lead::Evaluate;
            }
            match value.get(member) {
                Some(next) => value = next,
                None => return Lead::Undefined,
            }
        }
        Lead::Value(value.clone())
    }
}

fn member(step: &Node) -> Option<String> {
    match &step.kind {
        NodeKind::Name { name } => Some(name.clone()),
        _ => None,
    }
}

fn is_bare(attrs: &Attrs) -> bool {
    !attrs.keep_array
        && !attrs.tuple
        && attrs.stages.is_empty()
        && attrs.predicate.is_empty()
        && attrs.group.is_none()
        && attrs.focus.is_none()
        && attrs.index.is_none()
}
