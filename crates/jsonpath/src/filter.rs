//! Filters: which nodes `[?(…)]` keeps.

use crate::path::Path;
use crate::pattern::Pattern;
use crate::work::Work;
use std::borrow::Cow;
use std::cmp::Ordering;
use stepwell_json::Value;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    Any(Vec<Filter>),
    All(Vec<Filter>),
    Not(Box<Filter>),
    Exists(Operand),
    Test(Condition),
    /// `=~`
    Match(Operand, Pattern),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub(crate) left: Operand,
    pub(crate) operator: Operator,
    pub(crate) right: Operand,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    /// `@…`, from the node that is being tested.
    Node(Path),
    /// `$…`, from the whole document.
    Path(Path),
    Literal(Value),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    Contains,
    Size,
    Empty,
}

impl Operator {
    /// Longer tokens stand before those that they start with.
    pub(crate) const TOKENS: &'static [(&'static str, Operator)] = &[
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        ("<", Operator::Less),
        (">=", Operator::GreaterOrEqual),
        (">", Operator::Greater),
        ("in ", Operator::In),
        ("nin ", Operator::NotIn),
        ("contains ", Operator::Contains),
        ("size ", Operator::Size),
        ("empty ", Operator::Empty),
    ];
}

impl Filter {
    pub(crate) fn keeps(&self, node: &Value, document: &Value, work: &Work) -> bool {
        match self {
            Self::Any(filters) => filters.iter().any(|filter| filter.keeps(node, document, work)),
            Self::All(filters) => filters.iter().all(|filter| filter.keeps(node, document, work)),
            Self::Not(filter) => !filter.keeps(node, document, work),
            Self::Match(operand, pattern) => {
                operand.value(node, document, work).is_some_and(|value| {
                    let text = printed(&value);
                    // An exhausted bound is noticed by whoever filters.
                    text.is_some_and(|text| {
                        work.charge(pattern.cost(&text)).is_ok() && pattern.matches(&text)
                    })
                })
            }
            Self::Exists(operand) => operand.value(node, document, work).is_some(),
            Self::Test(Condition { left, operator, right }) => {
                let (left, right) =
                    (left.value(node, document, work), right.value(node, document, work));
                holds(*operator, left.as_deref(), right.as_deref(), work)
            }
        }
    }
}

impl Operand {
    fn value<'a>(&'a self, node: &Value, document: &Value, work: &Work) -> Option<Cow<'a, Value>> {
        match self {
            Self::Node(path) => path.select_within(node, work).ok().map(Cow::Owned),
            Self::Path(path) => path.select_within(document, work).ok().map(Cow::Owned),
            Self::Literal(value) => Some(Cow::Borrowed(value)),
        }
    }
}

fn holds(operator: Operator, left: Option<&Value>, right: Option<&Value>, work: &Work) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        // An absent node differs from everything that is there.
        return matches!(operator, Operator::NotEqual | Operator::NotIn) && left != right;
    };
    let among = |items: &Value, item: &Value| {
        // An exhausted bound is noticed by whoever filters.
        let items = items.as_array().filter(|items| work.charge(items.len()).is_ok());
        items.is_some_and(|items| items.iter().any(|other| equal(item, other)))
    };
    match operator {
        Operator::Equal => equal(left, right),
        Operator::NotEqual => !equal(left, right),
        Operator::Less => order(left, right) == Some(Ordering::Less),
        Operator::Greater => order(left, right) == Some(Ordering::Greater),
        Operator::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
        Operator::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
        Operator::In => among(right, left),
        Operator::NotIn => !among(right, left),
        Operator::Contains => match (left.as_str(), right.as_str()) {
            (Some(text), Some(part)) => text.contains(part),
            _ => among(left, right),
        },
        Operator::Size => {
            let length = length(left).and_then(|length| i64::try_from(length).ok());
            length.is_some() && length == right.as_number().and_then(|number| number.as_i64())
        }
        Operator::Empty => length(left).map(|length| length == 0) == right.as_bool(),
    }
}

/// What a pattern is matched with; none for arrays, objects and null.
fn printed(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Borrowed(number.text())),
        Value::Bool(_) => Some(Cow::Owned(value.to_json())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Elements of an array or characters of a text.
fn length(value: &Value) -> Option<usize> {
    match value {
        Value::Array(items) => Some(items.len()),
        Value::String(text) => Some(text.chars().count()),
        _ => None,
    }
}

/// A number equals the text that it is written with.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(number), Value::String(text))
        | (Value::String(text), Value::Number(number)) => number.text() == &**text,
        _ => left == right,
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(one), Value::Number(two)) => match (one.as_i64(), two.as_i64()) {
            (Some(one), Some(two)) => Some(one.cmp(&two)),
            _ => one.as_f64().partial_cmp(&two.as_f64()),
        },
        (Value::String(one), Value::String(two)) => Some(one.cmp(two)),
        _ => None,
    }
}
