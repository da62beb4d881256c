//! Rules of a Choice state.

use super::{Assign, Expression, Expressions, StateId};
use crate::Timestamp;
use std::sync::Arc;
use stepwell_jsonpath::Path;

/// An element of `Choices`.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceRule {
    /// `Comment`
    pub comment: Option<Arc<str>>,
    /// What must hold for the rule to be taken.
    pub condition: Condition,
    /// `Next`
    pub next: StateId,
    /// `Assign`
    pub assign: Option<Assign>,
    /// `Output`
    pub output: Option<Expressions>,
}

/// What a rule asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `And`, never empty: all of these.
    And(Vec<Condition>),
    /// `Or`, never empty: any of these.
    Or(Vec<Condition>),
    /// `Not`: the contrary.
    Not(Box<Condition>),
    /// `Variable` with one comparison operator.
    Test(Test),
    /// `Condition` as a boolean.
    Literal(bool),
    /// `Condition` as a JSONata expression.
    Expression(Expression),
}

/// A comparison of one value of the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// `Variable`; may start from the context object or a variable.
    pub variable: Path,
    /// The operator with its operand.
    pub comparison: Comparison,
}

/// A comparison operator with its operand.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// `StringEquals` … `StringGreaterThanEqualsPath`
    String(Order, Operand<Arc<str>>),
    /// `NumericEquals` … `NumericGreaterThanEqualsPath`
    Numeric(Order, Operand<f64>),
    /// `TimestampEquals` … `TimestampGreaterThanEqualsPath`
    Timestamp(Order, Operand<Timestamp>),
    /// `BooleanEquals`, `BooleanEqualsPath`
    Boolean(Operand<bool>),
    /// `StringMatches`: a pattern in which `*` stands for any characters and `\\` takes the
    /// special meaning from the character after it.
    StringMatches(Arc<str>),
    /// `IsNull` … `IsTimestamp`, with the answer that satisfies the rule.
    Is(TypeTest, bool),
}

/// How the value must stand to the operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `…Equals`
    Equals,
    /// `…LessThan`
    LessThan,
    /// `…GreaterThan`
    GreaterThan,
    /// `…LessThanEquals`
    LessThanEquals,
    /// `…GreaterThanEquals`
    GreaterThanEquals,
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand<T> {
    /// A literal.
    Literal(T),
    /// `…Path`: a value of the data.
    Path(Path),
}

/// A question about the kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeTest {
    /// `IsNull`
    Null,
    /// `IsPresent`
    Present,
    /// `IsString`
    String,
    /// `IsNumeric`
    Numeric,
    /// `IsBoolean`
    Boolean,
    /// `IsTimestamp`
    Timestamp,
}
