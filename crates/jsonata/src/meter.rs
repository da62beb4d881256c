//! What an evaluation has built and read so far, and the stop when that is too much.

use crate::failure::EvaluationError;
use crate::guard::Gate;
use crate::limits::{Limits, Spent};
use crate::scope::name;
use crate::size::{self, Reach, length};
use jlens_core::CancelToken;
use jlens_core::ast::{Node, NodeKind};
use jlens_core::audit::{Outcome, Tracer, ValueRef};

/// What an element of an array takes in memory, and about what a member of an object does.
const ELEMENT_BYTES: u64 = 24;
const MEMBER_BYTES: u64 = 64;
/// A value is counted before a walk in about the time that so many elements are read in.
const WALKED_BYTES: u64 = 8;
/// About what an object of one member takes in memory.
const OBJECT_BYTES: u64 = 256;
/// The longest range of JSONata (`D2014`).
const LONGEST_RANGE: f64 = 1e7;
/// About four comparisons of a pair take as long as reading an element.
const PAIRS_A_BYTE: u64 = 4;

/// An argument of a guarded call.
#[derive(Clone, Copy)]
struct Argument {
    kind: &'static str,
    bytes: u64,
}

impl Argument {
    fn of(value: ValueRef<'_>) -> Self {
        let kind = value.type_name();
        Self { kind, bytes: if kind == "string" { length(value) } else { 0 } }
    }
}

/// About so many characters are counted in the time that reading an element takes, and a text is
/// counted from its start once a match.
const COUNTED_A_BYTE: u64 = 16;

/// Charges every value that a node gives against [`Limits::work_bytes`], and cancels the
/// evaluation once they are spent. The evaluator looks at its token at every step.
pub(crate) struct Meter<'l> {
    limits: &'l Limits,
    token: CancelToken,
    left: u64,
    steps: u64,
    /// The first numbers of the ranges that are being evaluated.
    ranges: Vec<f64>,
    /// The context and the arguments so far of the calls that are being evaluated.
    calls: Vec<Vec<Argument>>,
    /// Whether the names that are being looked up are looked up in an array.
    names: Vec<bool>,
    stopped: Option<EvaluationError>,
    gave_function: bool,
}

impl<'l> Meter<'l> {
    pub(crate) fn new(limits: &'l Limits, token: CancelToken) -> Self {
        Self {
            limits,
            token,
            left: limits.work_bytes,
            steps: 0,
            ranges: Vec::new(),
            calls: Vec::new(),
            names: Vec::new(),
            stopped: None,
            gave_function: false,
        }
    }

    /// Why the evaluation was cancelled, if it was.
    pub(crate) fn stopped(self) -> Option<EvaluationError> {
        self.stopped
    }

    /// What the evaluation has spent so far.
    pub(crate) fn spent(&self) -> Spent {
        Spent { steps: self.steps, work_bytes: self.limits.work_bytes - self.left }
    }

    /// Whether the evaluation ended with a function, which has no JSON.
    pub(crate) fn gave_function(&self) -> bool {
        self.gave_function
    }

    fn charge(&mut self, bytes: u64) {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => self.exceed(),
        }
    }

    fn exceed(&mut self) {
        self.left = 0;
        let limit = self.limits.work_bytes;
        self.stop(format!("The evaluation would exceed its budget of {limit} bytes"));
    }

    /// Charges a walk over `value`, arrays and objects that it holds several times included.
    fn walk(&mut self, value: ValueRef<'_>, reach: Reach) {
        match size::walked(value, reach) {
            Some(values) => self.charge(values.saturating_mul(WALKED_BYTES)),
            None => self.exceed(),
        }
    }

    fn stop(&mut self, message: String) {
        self.token.cancel();
        self.stopped.get_or_insert_with(|| EvaluationError::threw("U1001", message));
    }

    /// Charges what a call could do: `wanted` is how many arguments it has besides a limit, the
    /// text first, which is the context where it is left out.
    fn call(&mut self, wanted: usize) {
        let Some(mut call) = self.calls.pop() else { return };
        while call.last().is_some_and(|argument| matches!(argument.kind, "number" | "undefined")) {
            call.pop();
        }
        let start = call.len().saturating_sub(wanted);
        let Some([text, pattern, rest @ ..]) = call.get(start..) else { return };
        let replacement = rest.first().map_or(0, |replacement| replacement.bytes);
        let replaced = text.bytes.saturating_mul(replacement) / pattern.bytes.max(1);
        let counted = match pattern.kind {
            "string" => text.bytes,
            _ => text.bytes.saturating_mul(text.bytes) / COUNTED_A_BYTE,
        };
        self.charge(replaced.saturating_add(counted));
    }

    fn gate(&mut self, gate: Gate, value: ValueRef<'_>) {
        match gate {
            Gate::Walk => {}
            Gate::Keys => self.charge(size::key_pairs(value) / PAIRS_A_BYTE),
            Gate::Spread => self.charge(size::members(value).saturating_mul(OBJECT_BYTES)),
            Gate::Items => self.charge(length(value).saturating_mul(ELEMENT_BYTES)),
            Gate::Pairs => {
                let length = length(value);
                self.charge(length.saturating_mul(length) / PAIRS_A_BYTE);
            }
            Gate::Context => self.calls.push(vec![Argument::of(value)]),
            Gate::Argument | Gate::Search | Gate::Replace => {
                if let Some(call) = self.calls.last_mut() {
                    call.push(Argument::of(value));
                }
                if gate != Gate::Argument {
                    self.call(gate.arguments());
                }
            }
            Gate::From => self.ranges.push(number(value)),
            Gate::To => {
                let items = number(value) - self.ranges.pop().unwrap_or(f64::NAN) + 1.0;
                let limit = self.limits.array_items;
                // Beyond that the evaluator refuses by itself, before it builds.
                if items > limit as f64 && items <= LONGEST_RANGE {
                    self.stop(format!("An array would exceed the size limit of {limit} items"));
                }
            }
        }
    }
}

impl Tracer for Meter<'_> {
    /// Names, `*` and `**` look into every array in an array, and so do some functions when they
    /// work on their context. The evaluator looks at its token after this and before that.
    fn enter(&mut self, node: &Node, input: ValueRef<'_>) {
        match &node.kind {
            NodeKind::Name { .. } => {
                let in_array = input.type_name() == "array";
                if in_array {
                    self.walk(input, Reach::Arrays);
                }
                self.names.push(in_array);
            }
            NodeKind::Wildcard => self.walk(input, Reach::Arrays),
            NodeKind::Descendant => self.walk(input, Reach::Everything),
            NodeKind::Function { procedure, args } if takes_context(procedure, args) => {
                self.walk(input, Reach::Arrays);
            }
            _ => {}
        }
    }

    fn exit(&mut self, node: &Node, outcome: Outcome<'_>) {
        let reads = match node.kind {
            NodeKind::Variable { .. } => true,
            // What a name finds in an array is put into a new one.
            NodeKind::Name { .. } => !self.names.pop().unwrap_or_default(),
            _ => false,
        };
        let Outcome::Value(value) = outcome else { return };
        match value.type_name() {
            "array" => self.charge(length(value) * if reads { 1 } else { ELEMENT_BYTES }),
            "object" if !reads => self.charge(length(value) * MEMBER_BYTES),
            "string" if !matches!(node.kind, NodeKind::String { .. }) => self.charge(length(value)),
            _ => {}
        }
        if let Some(gate) = Gate::of(node) {
            self.gate(gate, value);
        }
    }

    /// As the evaluator's limit counts them: the backtracking of regular expressions and what
    /// functions call back are steps that no node shows.
    fn steps(&mut self, steps: u64) {
        self.steps = steps;
    }

    fn end(&mut self, outcome: Outcome<'_>) {
        self.gave_function =
            matches!(outcome, Outcome::Value(value) if value.type_name() == "function");
    }
}

/// Whether a call leaves out the value that its function would walk.
fn takes_context(procedure: &Node, arguments: &[Node]) -> bool {
    let wanted = match name(procedure) {
        Some("lookup") => 2,
        Some("boolean" | "not" | "keys" | "spread") => 1,
        _ => 0,
    };
    arguments.len() < wanted
}

fn number(value: ValueRef<'_>) -> f64 {
    match value.type_name() {
        "number" => value.to_json().and_then(|json| json.as_f64()).unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}
