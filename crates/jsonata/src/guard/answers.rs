//! What functions give, where another takes it for a condition: nothing is evaluated between the
//! end of a function and that, so the function's own last expressions are guarded.

use super::edits::Edits;
use super::guard_condition;
use crate::functions;
use crate::scope::name;
use jlens_core::ast::{Node, NodeKind};

/// Guards what `body` can give. A call of a function of the expression is left alone: what that
/// gives is guarded there, and a call that ends a function takes no level of its own.
pub(super) fn guard(body: &Node, edits: &mut Edits) {
    jlens_core::stack::grow(|| enter(body, edits));
}

fn enter(body: &Node, edits: &mut Edits) {
    let filtered = !body.attrs.predicate.is_empty() || body.attrs.group.is_some();
    match &body.kind {
        NodeKind::Lambda(definition) if definition.thunk => guard(&definition.body, edits),
        NodeKind::Function { procedure, .. } => {
            if filtered || name(procedure).is_some_and(functions::exists) {
                guard_condition(body, edits);
            }
        }
        NodeKind::Condition { then, otherwise, .. } if !filtered => {
            guard(then, edits);
            otherwise.iter().for_each(|otherwise| guard(otherwise, edits));
        }
        NodeKind::Block { exprs, .. } if !filtered => {
            exprs.last().into_iter().for_each(|last| guard(last, edits));
        }
        NodeKind::Object { .. } | NodeKind::Lambda(_) => {}
        _ => guard_condition(body, edits),
    }
}
