//! Guards: the places of an expression where a single step of the evaluator could do unbounded
//! work are rewritten, so that the [`Meter`](crate::meter::Meter) is asked first.
//!
//! - `a = b` walks both values, and a value that holds itself twice, many levels deep, is walked
//!   exponentially: `b` is printed first, which ends at the longest string.
//! - `$distinct(a)` compares every pair: the square of its length is charged first.
//! - `[a..b]` is built whole before its length is looked at: the length is looked at first.
//! - A function of the evaluator that is handed to another (`$map($x, $append(?, $y))`) is called
//!   out of the meter's sight: it becomes a function of the expression that calls it.
//!
//! A guarded expression means the same as the original.

use crate::functions;
use crate::scope::{Role, name, walk};
use jlens_core::ast::{Ast, BinaryOp, Node, NodeKind};
use std::collections::HashMap;
use std::fmt::Write as _;

/// The variable bound by a guard, which tells the meter what is about to happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Gate {
    /// Its value is about to be walked.
    Walk,
    /// Its elements are about to be compared pair by pair.
    Pairs,
    /// The first number of a range.
    From,
    /// The last number of a range.
    To,
}

/// Ranges up to this long need no guard.
const SMALL_RANGE: f64 = 1_000.0;

impl Gate {
    const ALL: [Self; 4] = [Self::Walk, Self::Pairs, Self::From, Self::To];

    fn variable(self) -> &'static str {
        match self {
            Self::Walk => "_gate_walk",
            Self::Pairs => "_gate_pairs",
            Self::From => "_gate_from",
            Self::To => "_gate_to",
        }
    }

    /// The gate that `node` passes, if it binds the variable of one.
    pub(crate) fn of(node: &Node) -> Option<Self> {
        let NodeKind::Bind { lhs, .. } = &node.kind else { return None };
        let name = name(lhs)?;
        Self::ALL.into_iter().find(|gate| gate.variable() == name)
    }

    /// What goes behind the guarded text: the value itself, printed first where it will be walked.
    fn close(self) -> String {
        let variable = self.variable();
        match self {
            Self::Walk | Self::Pairs => format!(");${variable} & \"\";${variable})"),
            Self::From | Self::To => format!(");${variable})"),
        }
    }
}

/// The text of `ast` with its guards; none where it needs none. Functions whose names are in
/// `shadowed` are variables here and stay as they are.
pub(crate) fn guarded(ast: &Ast, shadowed: &[&str]) -> Option<String> {
    let mut edits = Edits::default();
    // The first argument of each call, by the node that is called.
    let mut arguments: HashMap<u32, Option<&Node>> = HashMap::new();
    walk(&ast.root, &mut |sight| {
        let node = sight.node;
        match &node.kind {
            NodeKind::Function { procedure, args } => {
                arguments.entry(procedure.id).or_insert(args.first());
            }
            NodeKind::Apply { lhs, rhs } => {
                if let NodeKind::Function { procedure, args } = &rhs.kind
                    && args.is_empty()
                {
                    arguments.insert(procedure.id, Some(lhs));
                }
            }
            NodeKind::Binary { op, lhs, rhs } => edits.operator(*op, lhs, rhs),
            _ => {}
        }
        let Some(name) = name(node) else { return };
        match sight.role {
            Role::Called if name == "distinct" => {
                if let Some(Some(argument)) = arguments.get(&node.id) {
                    edits.gate(Gate::Pairs, argument);
                }
            }
            Role::Value if !shadowed.contains(&name) => {
                edits.function(node, name, functions::arity(name));
            }
            Role::Applied(count) => {
                edits.function(node, name, functions::arity(name).map(|_| count));
            }
            _ => {}
        }
    });
    edits.applied(&ast.source)
}

/// Insertions and replacements, in the order of the walk: outer before inner.
#[derive(Default)]
struct Edits {
    opened: Vec<(usize, String)>,
    closed: Vec<(usize, String)>,
    replaced: Vec<(usize, usize, String)>,
}

impl Edits {
    fn gate(&mut self, gate: Gate, node: &Node) {
        self.opened.push((node.span.start, format!("(${}:=(", gate.variable())));
        self.closed.push((node.span.end, gate.close()));
    }

    fn operator(&mut self, op: BinaryOp, lhs: &Node, rhs: &Node) {
        match op {
            BinaryOp::Eq | BinaryOp::Ne if !is_scalar(lhs) && !is_scalar(rhs) => {
                self.gate(Gate::Walk, rhs);
            }
            BinaryOp::Range => {
                if let (NodeKind::Number { value: from }, NodeKind::Number { value: to }) =
                    (&lhs.kind, &rhs.kind)
                    && to - from < SMALL_RANGE
                {
                    return;
                }
                self.gate(Gate::From, lhs);
                self.gate(Gate::To, rhs);
            }
            _ => {}
        }
    }

    /// `$name` as a function of the expression.
    fn function(&mut self, node: &Node, name: &str, arity: Option<usize>) {
        let Some(arity) = arity.filter(|arity| *arity > 0) else { return };
        let parameters: Vec<String> = (0..arity).map(|index| format!("$_{index}")).collect();
        let parameters = parameters.join(",");
        let mut text = format!("function({parameters}){{${name}(");
        if name == "distinct" {
            let _ =
                write!(text, "(${}:=({parameters}{}", Gate::Pairs.variable(), Gate::Pairs.close());
        } else {
            text.push_str(&parameters);
        }
        text.push_str(")}");
        self.replaced.push((node.span.start, node.span.end, text));
    }

    fn applied(mut self, source: &str) -> Option<String> {
        if self.opened.is_empty() && self.replaced.is_empty() {
            return None;
        }
        // Where several end, the inner ones end first.
        self.closed.reverse();
        self.closed.sort_by_key(|(at, _)| *at);
        self.opened.sort_by_key(|(at, _)| *at);
        self.replaced.sort_by_key(|(start, ..)| *start);
        let (mut closed, mut opened, mut replaced) = (
            self.closed.iter().peekable(),
            self.opened.iter().peekable(),
            self.replaced.iter().peekable(),
        );
        let mut text = String::with_capacity(source.len() * 2);
        let mut hidden = 0;
        for (at, character) in source.char_indices().chain([(source.len(), ' ')]) {
            while let Some((_, insertion)) = closed.next_if(|(close, _)| *close <= at) {
                text.push_str(insertion);
            }
            while let Some((_, insertion)) = opened.next_if(|(open, _)| *open <= at) {
                text.push_str(insertion);
            }
            if let Some((_, end, replacement)) = replaced.next_if(|(start, ..)| *start <= at) {
                text.push_str(replacement);
                hidden = *end;
            }
            if at >= hidden {
                text.push(character);
            }
        }
        Some(text)
    }
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
        assert_eq!(
            guard("$a[x = y]").as_deref(),
            Some(r#"$a[x = ($_gate_walk:=(y);$_gate_walk & "";$_gate_walk)] "#)
        );
        assert_eq!(
            guard("[1..$n]").as_deref(),
            Some("[($_gate_from:=(1);$_gate_from)..($_gate_to:=($n);$_gate_to)] ")
        );
        assert_eq!(
            guard("$map($a, $uppercase)").as_deref(),
            Some("$map($a, function($_0){$uppercase($_0)}) ")
        );
        assert_eq!(
            guard("$map($a, $append(?, $b))").as_deref(),
            Some("$map($a, function($_0,$_1){$append($_0,$_1)}(?, $b)) ")
        );
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
        ] {
            let guarded = guard(text).unwrap();
            jlens_core::parse(&guarded).unwrap_or_else(|error| panic!("{guarded}: {error}"));
        }
    }
}
