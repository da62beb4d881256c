//! Gates: variables that a guard binds, by which the meter hears of what is about to happen.

use crate::scope::name;
use jlens_core::ast::{Node, NodeKind};

/// What the value of a gate is about to be used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Gate {
    /// It is walked whole.
    Walk,
    /// Its keys are collected, each compared with those found before.
    Keys,
    /// Each of its members becomes an object.
    Spread,
    /// Each of its elements becomes one of another array.
    Items,
    /// Its elements are compared pair by pair.
    Pairs,
    /// It is the first number of a range.
    From,
    /// It is the last number of a range.
    To,
    /// It is the context of a call, or what is left of `~>`: the text that the call searches,
    /// unless its arguments name one.
    Context,
    /// It is an argument of a call, not the last one.
    Argument,
    /// It is the last argument of a call that searches a text.
    Search,
    /// It is the last argument of a call that replaces in a text.
    Replace,
}

impl Gate {
    const ALL: [Self; 11] = [
        Self::Walk,
        Self::Keys,
        Self::Spread,
        Self::Items,
        Self::Pairs,
        Self::From,
        Self::To,
        Self::Context,
        Self::Argument,
        Self::Search,
        Self::Replace,
    ];

    fn variable(self) -> &'static str {
        match self {
            Self::Walk => "_gate_walk",
            Self::Keys => "_gate_keys",
            Self::Spread => "_gate_spread",
            Self::Items => "_gate_items",
            Self::Pairs => "_gate_pairs",
            Self::From => "_gate_from",
            Self::To => "_gate_to",
            Self::Context => "_gate_context",
            Self::Argument => "_gate_argument",
            Self::Search => "_gate_search",
            Self::Replace => "_gate_replace",
        }
    }

    /// The gate that `node` passes, if it binds the variable of one.
    pub(crate) fn of(node: &Node) -> Option<Self> {
        let NodeKind::Bind { lhs, .. } = &node.kind else { return None };
        let name = name(lhs)?.strip_prefix("_gate_")?;
        Self::ALL.into_iter().find(|gate| gate.variable().ends_with(name))
    }

    /// What goes before the guarded text. There is no parenthesis right before it, since JSONata
    /// takes the `/` of a regular expression there for a division.
    pub(super) fn open(self) -> String {
        format!("(${}:=", self.first().variable())
    }

    /// The gate that the text passes first: what is counted is printed before.
    fn first(self) -> Self {
        if matches!(self, Self::Keys | Self::Spread) { Self::Walk } else { self }
    }

    /// What goes behind it: the value itself, printed first where it will be walked, since
    /// printing ends at the longest string.
    pub(super) fn close(self) -> String {
        let variable = self.variable();
        match self {
            Self::Walk | Self::Pairs => format!(";${variable} & \"\";${variable})"),
            Self::Keys | Self::Spread => {
                let printed = self.first().variable();
                format!(";${printed} & \"\";${variable}:=${printed})")
            }
            _ => format!(";${variable})"),
        }
    }

    /// `text` behind the gate.
    pub(super) fn around(self, text: &str) -> String {
        format!("{}{text}{}", self.open(), self.close())
    }

    /// How many arguments the call has that ends with this gate, its text among them and a limit
    /// on matches not.
    pub(crate) fn arguments(self) -> usize {
        if self == Self::Replace { 3 } else { 2 }
    }

    /// The gate of the value that a call of the function `name` works on, unless it is a text.
    pub(crate) fn of_subject(name: &str) -> Option<Self> {
        match name {
            "boolean" | "not" | "lookup" | "merge" => Some(Self::Walk),
            "keys" => Some(Self::Keys),
            "spread" => Some(Self::Spread),
            "distinct" => Some(Self::Pairs),
            _ => None,
        }
    }

    /// The gates of the arguments of a call of the function `name`, by its last one; none where
    /// the function needs none.
    pub(super) fn of_call(name: &str) -> Option<Self> {
        match name {
            "match" | "split" => Some(Self::Search),
            "replace" => Some(Self::Replace),
            _ => None,
        }
    }
}
