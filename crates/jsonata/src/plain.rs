//! Plain references, `$states.input.orders[0].id` and the like: the most common expressions,
//! followed through the values themselves. Nothing is copied and numbers keep their text.

use crate::expression::Bindings;
use jlens_core::ast::{Attrs, Node, NodeKind, Stage};
use stepwell_json::Value;

/// A variable and the steps to follow from it.
#[derive(Debug)]
pub(crate) struct Plain {
    variable: String,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Member(String),
    /// An element, counted from the end where negative.
    Element(i32),
}

/// What a plain reference leads to.
pub(crate) enum Lead {
    Value(Value),
    Undefined,
    /// It meets an array where it looks for a member, or an array in an array: JSONata looks
    /// into those, which is for the evaluator.
    Evaluate,
}

impl Plain {
    /// The plain reference that the expression at `root` is, if it is one.
    pub(crate) fn of(root: &Node) -> Option<Self> {
        let alone = std::slice::from_ref(root);
        let nodes = match &root.kind {
            NodeKind::Path { steps, keep_singleton_array: false } if is_bare(&root.attrs) => {
                steps.as_slice()
            }
            _ => alone,
        };
        let (first, rest) = nodes.split_first()?;
        let NodeKind::Variable { name } = &first.kind else { return None };
        let mut steps = Vec::new();
        elements(&first.attrs, &mut steps)?;
        for node in rest {
            let NodeKind::Name { name } = &node.kind else { return None };
            steps.push(Step::Member(name.clone()));
            elements(&node.attrs, &mut steps)?;
        }
        Some(Self { variable: name.clone(), steps })
    }

    pub(crate) fn follow(&self, bindings: &Bindings<'_>) -> Lead {
        let Some(start) = bindings.variable(&self.variable) else { return Lead::Evaluate };
        let mut value = &start;
        for step in &self.steps {
            let next = match (step, value) {
                (Step::Member(_), Value::Array(_)) => return Lead::Evaluate,
                (Step::Member(name), _) => value.get(name),
                (Step::Element(index), Value::Array(items)) => match element(items, *index) {
                    Some(Value::Array(_)) => return Lead::Evaluate,
                    other => other,
                },
                (Step::Element(_), _) => return Lead::Evaluate,
            };
            match next {
                Some(next) => value = next,
                None => return Lead::Undefined,
            }
        }
        Lead::Value(value.clone())
    }
}

fn element(items: &[Value], index: i32) -> Option<&Value> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    if index < 0 { items.get(items.len().checked_sub(distance)?) } else { items.get(distance) }
}

/// Adds the elements that the predicates of a step pick; none where they do anything else.
fn elements(attrs: &Attrs, steps: &mut Vec<Step>) -> Option<()> {
    for stage in attrs.stages.iter().chain(&attrs.predicate) {
        let Stage::Filter { expr, .. } = stage else { return None };
        let index = match &expr.kind {
            NodeKind::Number { value } if is_bare(&expr.attrs) => *value,
            _ => return None,
        };
        if index.fract() != 0.0 || index.abs() > f64::from(i32::MAX) {
            return None;
        }
        steps.push(Step::Element(index as i32));
    }
    is_plain(attrs).then_some(())
}

fn is_bare(attrs: &Attrs) -> bool {
    is_plain(attrs) && attrs.stages.is_empty() && attrs.predicate.is_empty()
}

/// Nothing but predicates is attached.
fn is_plain(attrs: &Attrs) -> bool {
    !attrs.keep_array
        && !attrs.tuple
        && attrs.group.is_none()
        && attrs.focus.is_none()
        && attrs.index.is_none()
}
