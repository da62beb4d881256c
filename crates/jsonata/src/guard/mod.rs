//! Guards: the places of an expression where a single step of the evaluator could do unbounded
//! work are rewritten, so that the [`Meter`](crate::meter::Meter) is asked first.
//!
//! - `a = b` walks both values, and a value that holds itself twice, many levels deep, is walked
//!   exponentially: `b` is printed first, which ends at the longest string.
//! - A condition, an operand of `and` and `or`, a predicate, a function's answer to `$filter` and
//!   the arguments of `$boolean`, `$not`, `$lookup` and `$merge` are walked as well: the same.
//! - `$keys(a)` compares keys and `$spread(a)` makes an object a member, wherever in nested arrays
//!   they are: printed first, then what they come to is charged. `$zip` is charged by its arguments.
//! - `$distinct(a)` compares every pair: the square of its length is charged first.
//! - `[a..b]` is built whole before its length is looked at: the length is looked at first.
//! - `$replace` builds its result before its length is looked at, and `$match`, `$split` and
//!   `$replace` count from the start of the text at every match of a regular expression: what
//!   could come of text, pattern and replacement is charged first.
//! - A function of the evaluator that is handed to another (`$map($x, $append(?, $y))`) is called
//!   out of the meter's sight: it becomes a function of the expression that calls it.
//!
//! A guarded expression means the same as the original.

mod answers;
mod edits;
mod gate;

pub(crate) use gate::Gate;

use crate::functions;
use crate::scope::{Role, name, uses, walk};
use edits::Edits;
use jlens_core::ast::{Ast, BinaryOp, Node, NodeKind, Stage};
use std::collections::HashMap;

/// Ranges up to this long need no guard.
const SMALL_RANGE: f64 = 1_000.0;

/// The functions that take what a function gives for a condition.
const ANSWERED: [&str; 3] = ["filter", "single", "sift"];

/// What a call is given, by the node that is called.
#[derive(Clone, Copy)]
struct Call<'a> {
    /// What stands left of `~>`.
    applied: Option<&'a Node>,
    arguments: &'a [Node],
}

/// The text of `ast` with its guards; none where it needs none. Functions whose names are in
/// `shadowed` are variables here and stay as they are.
pub(crate) fn guarded(ast: &Ast, shadowed: &[&str]) -> Option<String> {
    let answers = ANSWERED.iter().any(|name| uses(&ast.root, name));
    guarded_with(ast, shadowed, answers)
}

/// As [`guarded`]; `answers` tells whether what functions give may be taken for a condition.
fn guarded_with(ast: &Ast, shadowed: &[&str], answers: bool) -> Option<String> {
    let mut edits = Edits::default();
    let mut calls: HashMap<u32, Call<'_>> = HashMap::new();
    walk(&ast.root, &mut |sight| {
        let node = sight.node;
        match &node.kind {
            NodeKind::Function { procedure, args } => {
                calls.entry(procedure.id).or_insert(Call { applied: None, arguments: args });
            }
            NodeKind::Apply { lhs, rhs } => {
                if let NodeKind::Function { procedure, args } = &rhs.kind {
                    calls.insert(procedure.id, Call { applied: Some(lhs), arguments: args });
                }
            }
            NodeKind::Binary { op, lhs, rhs } => guard_operator(*op, lhs, rhs, &mut edits),
            NodeKind::Condition { condition, .. } => guard_condition(condition, &mut edits),
            NodeKind::Lambda(definition) if answers && !definition.thunk => {
                answers::guard(&definition.body, &mut edits);
            }
            _ => {}
        }
        for stage in node.attrs.stages.iter().chain(&node.attrs.predicate) {
            if let Stage::Filter { expr, .. } = stage {
                guard_condition(expr, &mut edits);
            }
        }
        let Some(name) = name(node) else { return };
        let arity = match sight.role {
            Role::Called => {
                if let Some(call) = calls.get(&node.id) {
                    guard_call(name, *call, &mut edits);
                }
                return;
            }
            Role::Value if !shadowed.contains(&name) => functions::arity(name),
            Role::Applied(count) => functions::arity(name).map(|_| count),
            _ => None,
        };
        if let Some(arity) = arity.filter(|arity| *arity > 0) {
            edits.replace(node, as_lambda(name, arity, answers));
        }
    });
    edits.applied(&ast.source)
}

fn guard_operator(op: BinaryOp, lhs: &Node, rhs: &Node, edits: &mut Edits) {
    match op {
        BinaryOp::Eq | BinaryOp::Ne if !is_scalar(lhs) && !is_scalar(rhs) => {
            edits.gate(Gate::Walk, rhs);
        }
        BinaryOp::And | BinaryOp::Or => {
            guard_condition(lhs, edits);
            guard_condition(rhs, edits);
        }
        BinaryOp::Range => {
            if let (NodeKind::Number { value: from }, NodeKind::Number { value: to }) =
                (&lhs.kind, &rhs.kind)
                && to - from < SMALL_RANGE
            {
                return;
            }
            edits.gate(Gate::From, lhs);
            edits.gate(Gate::To, rhs);
        }
        _ => {}
    }
}

/// Guards a value that is taken for true or false.
fn guard_condition(node: &Node, edits: &mut Edits) {
    if !is_scalar(node) {
        edits.gate(Gate::Walk, node);
    }
}

fn guard_call(name: &str, call: Call<'_>, edits: &mut Edits) {
    if let Some(gate) = Gate::of_subject(name) {
        if let Some(subject) = call.applied.or(call.arguments.first())
            && !is_scalar(subject)
        {
            edits.gate(gate, subject);
        }
        return;
    }
    if name == "zip" {
        let arrays = call.applied.into_iter().chain(call.arguments);
        arrays.for_each(|array| edits.gate(Gate::Items, array));
        return;
    }
    let Some(end) = Gate::of_call(name) else { return };
    if let Some(applied) = call.applied {
        edits.gate(Gate::Context, applied);
    }
    let last = call.arguments.len().saturating_sub(1);
    let names_text =
        call.arguments.len() >= end.arguments() && call.arguments.last().is_some_and(is_text);
    for (index, argument) in call.arguments.iter().enumerate() {
        let gate = if index == last { end } else { Gate::Argument };
        if index == 0 && call.applied.is_none() && names_text {
            edits.gate(Gate::Context, argument);
        } else if index == 0 && call.applied.is_none() {
            let context = Gate::Context.around("$");
            edits.surround(argument, format!("({context};{}", gate.open()), gate.close() + ")");
        } else {
            edits.gate(gate, argument);
        }
    }
}

/// The function `name` as one of the expression, whose calls are guarded like any other.
fn as_lambda(name: &str, arity: usize, answers: bool) -> String {
    let parameters: Vec<String> = (0..arity).map(|index| format!("$_{index}")).collect();
    let text = format!("function({}){{${name}({})}}", parameters.join(","), parameters.join(","));
    let guarded = jlens_core::parse(&text).ok().and_then(|ast| guarded_with(&ast, &[], answers));
    guarded.unwrap_or(text)
}

/// Whether `node` is no limit on matches, so that the arguments before it are all there.
fn is_text(node: &Node) -> bool {
    matches!(node.kind, NodeKind::String { .. } | NodeKind::Regex { .. } | NodeKind::Lambda(_))
}

/// Whether `node` can only give something that is not an array or object.
fn is_scalar(node: &Node) -> bool {
    match &node.kind {
        NodeKind::String { .. }
        | NodeKind::Number { .. }
        | NodeKind::Bool { .. }
        | NodeKind::Null
        | NodeKind::Negate { .. } => true,
        NodeKind::Binary { op, .. } => *op != BinaryOp::Range,
        NodeKind::Function { procedure, .. } => {
            name(procedure).is_some_and(functions::gives_scalar)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    fn guard(text: &str) -> Option<String> {
        guarded(&jlens_core::parse(text).unwrap(), &[])
    }

    #[test]
    fn only_what_could_run_away_is_guarded() {
        for text in [
            "$states.input.a = 1",
            "$count($a) = $b",
            "[1..10]",
            "$uppercase($a) & $b",
            "$map($a, function($x) { $x + 1 })",
        ] {
            assert_eq!(guard(text), None, "{text}");
        }
        for (text, expected) in [
            ("$a[x = y]", r#"$a[x = ($_gate_walk:=y;$_gate_walk & "";$_gate_walk)] "#),
            ("[1..$n]", "[($_gate_from:=1;$_gate_from)..($_gate_to:=$n;$_gate_to)] "),
            ("$map($a, $uppercase)", "$map($a, function($_0){$uppercase($_0)}) "),
            ("$map($a, $append(?, $b))", "$map($a, function($_0,$_1){$append($_0,$_1)}(?, $b)) "),
            (
                "$a ~> $split(',')",
                "($_gate_context:=$a;$_gate_context) ~> $split(($_gate_search:=',';$_gate_search)) ",
            ),
        ] {
            assert_eq!(guard(text).as_deref(), Some(expected));
        }
    }

    #[test]
    fn guards_nest() {
        for text in [
            "$distinct($distinct($a.b[c = d]))",
            "$a ~> $distinct()",
            "$a ~> $map($distinct)",
            "$a = ($b = $c)",
            "[[1..$n]..[1..$n][0]]",
            "($a[0] = $b{'x': y}) and $distinct($a.b[].c) = $d^(>e)",
            "$replace($replace($a, /x/, $b), $split($c, 'y')[0], $trim)",
            "$map($a, $replace(?, 'x', 'y')) ~> $map($match(?, /z/))",
        ] {
            let guarded = guard(text).unwrap();
            jlens_core::parse(&guarded).unwrap_or_else(|error| panic!("{guarded}: {error}"));
        }
    }
}
