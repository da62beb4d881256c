//! Whether a choice rule holds (States Language, "Choice State").
//!
//! A value of another type than the operator's does not satisfy it, which is no error; a path
//! that finds nothing is one, except under `IsPresent`.

use super::Data;
use crate::Timestamp;
use crate::ast::{ChoiceRule, Comparison, Condition, Operand, Order, Test, TypeTest};
use std::cmp::Ordering;
use stepwell_json::Value;
use stepwell_jsonpath::Path;

/// Why a rule has no answer. Prints as the service does inside the cause of `States.Runtime`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// `Variable` or a `…Path` operand, here as written, finds nothing.
    #[error("Invalid path '{0}': The choice state's condition path references an invalid value.")]
    InvalidPath(String),
    /// A JSONata expression, which no path evaluates: see [`crate::Query`].
    #[error("The expression '{0}' is none of JSONPath.")]
    Expression(String),
}

impl ChoiceRule {
    /// Whether the rule holds for the effective input and the context object in `data`.
    ///
    /// # Errors
    /// A path of the rule, of those that had to be looked at, finds nothing.
    pub fn evaluate(&self, data: Data<'_>) -> Result<bool, ChoiceError> {
        self.condition.evaluate(data)
    }
}

impl Condition {
    /// Whether the condition holds. Operands of `And` and `Or` are looked at from left to right,
    /// up to the first that decides.
    ///
    /// # Errors
    /// A path that had to be looked at finds nothing.
    pub fn evaluate(&self, data: Data<'_>) -> Result<bool, ChoiceError> {
        match self {
            Self::And(conditions) => {
                for condition in conditions {
                    if !condition.evaluate(data)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Or(conditions) => {
                for condition in conditions {
                    if condition.evaluate(data)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(condition) => condition.evaluate(data).map(|holds| !holds),
            Self::Test(test) => test.evaluate(data),
            Self::Literal(value) => Ok(*value),
            Self::Expression(expression) => {
                Err(ChoiceError::Expression(expression.text().to_owned()))
            }
        }
    }
}

impl Test {
    fn evaluate(&self, data: Data<'_>) -> Result<bool, ChoiceError> {
        if let Comparison::Is(TypeTest::Present, expected) = self.comparison {
            return Ok(data.select(&self.variable).is_ok() == expected);
        }
        let value = find(&self.variable, data)?;
        Ok(match &self.comparison {
            Comparison::String(order, operand) => {
                let operand = operand_value(operand, data, text)?;
                let ordering = text(&value).zip(operand).map(|(one, two)| by_code_unit(&one, &two));
                ordering.is_some_and(|ordering| order.admits(ordering))
            }
            Comparison::Numeric(order, operand) => {
                let operand = operand_value(operand, data, Value::as_f64)?;
                let ordering =
                    value.as_f64().zip(operand).and_then(|(one, two)| one.partial_cmp(&two));
                ordering.is_some_and(|ordering| order.admits(ordering))
            }
            Comparison::Timestamp(order, operand) => {
                let operand = operand_value(operand, data, timestamp)?;
                let ordering = timestamp(&value).zip(operand).map(|(one, two)| one.cmp(&two));
                ordering.is_some_and(|ordering| order.admits(ordering))
            }
            Comparison::Boolean(operand) => {
                let operand = operand_value(operand, data, Value::as_bool)?;
                value.as_bool().zip(operand).is_some_and(|(one, two)| one == two)
            }
            Comparison::StringMatches(pattern) => {
                value.as_str().is_some_and(|text| fits(pattern, text))
            }
            Comparison::Is(question, expected) => is(*question, &value) == *expected,
        })
    }
}

fn find(path: &Path, data: Data<'_>) -> Result<Value, ChoiceError> {
    data.select(path).map_err(|_| ChoiceError::InvalidPath(path.text().to_owned()))
}

/// The operand as a value of the operator's type; none where the data holds another type.
fn operand_value<T: Clone>(
    operand: &Operand<T>,
    data: Data<'_>,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, ChoiceError> {
    match operand {
        Operand::Literal(value) => Ok(Some(value.clone())),
        Operand::Path(path) => find(path, data).map(|value| read(&value)),
    }
}

fn text(value: &Value) -> Option<std::sync::Arc<str>> {
    if let Value::String(text) = value { Some(text.clone()) } else { None }
}

fn timestamp(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(Timestamp::parse)
}

fn by_code_unit(one: &str, two: &str) -> Ordering {
    one.encode_utf16().cmp(two.encode_utf16())
}

fn is(question: TypeTest, value: &Value) -> bool {
    match question {
        TypeTest::Present => true,
        TypeTest::Null => value.is_null(),
        TypeTest::String => value.as_str().is_some(),
        TypeTest::Numeric => value.as_number().is_some(),
        TypeTest::Boolean => value.as_bool().is_some(),
        TypeTest::Timestamp => timestamp(value).is_some(),
    }
}

impl Order {
    fn admits(self, ordering: Ordering) -> bool {
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::GreaterThan => ordering.is_gt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

/// Whether `text` fits a `StringMatches` pattern: the pieces between asterisks must occur one
/// after another, the first at the start and the last at the end.
fn fits(pattern: &str, text: &str) -> bool {
    let pieces = pieces(pattern);
    let [first, middle @ .., last] = pieces.as_slice() else {
        return pieces.first().is_some_and(|whole| whole == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

/// The literal texts between the asterisks of a pattern; a backslash makes the next character
/// literal.
fn pieces(pattern: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let literal = match character {
            '*' => {
                pieces.push(String::new());
                continue;
            }
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        };
        if let Some(piece) = pieces.last_mut() {
            piece.push(literal);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{by_code_unit, fits};
    use std::cmp::Ordering;

    #[test]
    fn patterns_fit_whole_texts() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*", "", true),
            ("*", "anything", true),
            ("foo*.log", "foo23.log", true),
            ("foo*.log", "foo.log", true),
            ("foo*.log", "foolog", false),
            ("*.log", "zebra.log", true),
            ("foo*.*", "foobar.zebra", true),
            ("a*a", "a", false),
            ("a*ab*b", "aabb", true),
            ("a*ab*b", "aab", false),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("a\\\\*", "a\\b", true),
            ("ä*ö", "äüö", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn texts_are_ordered_by_code_unit() {
        assert_eq!(by_code_unit("Z", "a"), Ordering::Less);
        // A surrogate pair starts below U+E000, its character lies above.
        assert_eq!(by_code_unit("\u{10000}", "\u{ffff}"), Ordering::Less);
        assert_eq!(by_code_unit("ab", "a"), Ordering::Greater);
    }
}
