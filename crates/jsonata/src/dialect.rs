//! What JSONata of the Amazon States Language leaves out: `$eval`, the operators that came after
//! 2.0.6, and every reference to an input document, since there is none.

use crate::error::ExpressionError;
use crate::scope::{Role, name, walk};
use jlens_core::ast::{FallbackOp, Node, NodeKind};

/// # Errors
/// The first thing below `root` that the language has not got.
pub(crate) fn check(root: &Node) -> Result<(), ExpressionError> {
    let mut refused = None;
    walk(root, &mut |sight| {
        if refused.is_none() {
            refused = refusal(sight.node, sight.top, sight.role);
        }
    });
    refused.map_or(Ok(()), Err)
}

fn refusal(node: &Node, top: bool, role: Role) -> Option<ExpressionError> {
    match &node.kind {
        NodeKind::Fallback { op, .. } => return Some(unknown_operator(*op, node.position)),
        NodeKind::Name { name } if top => return Some(at_top_level(name)),
        NodeKind::Wildcard if top => return Some(at_top_level("*")),
        NodeKind::Descendant if top => return Some(at_top_level("**")),
        _ => {}
    }
    match (name(node)?, role) {
        ("$", _) => Some(at_top_level("$$")),
        ("", _) if top => Some(at_top_level("$")),
        ("eval", Role::Called | Role::Applied(_) | Role::Value) => {
            Some(ExpressionError::Unsupported("The function '$eval' is not supported.".to_owned()))
        }
        _ => None,
    }
}

fn at_top_level(name: &str) -> ExpressionError {
    ExpressionError::Unsupported(format!(
        "Reference to '{name}' at the top level is not supported."
    ))
}

/// What a parser of JSONata 2.0.6 says of `??` and `?:`: it takes the first `?` for a condition.
fn unknown_operator(op: FallbackOp, position: usize) -> ExpressionError {
    let token = match op {
        FallbackOp::Coalesce => "?",
        FallbackOp::Default => ":",
    };
    ExpressionError::Invalid {
        code: "S0211".to_owned(),
        message: format!("The symbol \"{token}\" cannot be used as a unary operator"),
        position: Some(position),
    }
}
