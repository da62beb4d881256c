//! Choice states.

use super::data::Unfound;
use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::Payload;
use std::cmp::Ordering;
use stepwell_asl::Timestamp;
use stepwell_asl::ast::{
    Choice, ChoiceRule, Comparison, Condition, Operand, Order, Test, TypeTest,
};
use stepwell_json::Value;
use stepwell_jsonpath::Path;

impl<'a> Turn<'a> {
    pub(super) fn choose(&mut self, visit: &Visit<'a>, choice: &Choice) -> Result<(), Failure> {
        let input = self.effective_input(visit)?;
        let mut next = choice.default;
        for ChoiceRule { condition, next: target, .. } in &choice.rules {
            if self.holds(visit, condition, &input)? {
                next = Some(*target);
                break;
            }
        }
        if next.is_none() {
            return Err(Failure::runtime(
                visit,
                "Failed to transition out of the state. \
                 The state does not point to a next state.",
            ));
        }
        self.put_out(visit, input, next)
    }

    /// Operands are asked from left to right until one decides, so that a test of presence can
    /// guard the ones after it.
    fn holds(
        &self,
        visit: &Visit<'a>,
        condition: &Condition,
        input: &Payload,
    ) -> Result<bool, Failure> {
        match condition {
            Condition::And(all) => {
                for condition in all {
                    if !self.holds(visit, condition, input)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Or(any) => {
                for condition in any {
                    if self.holds(visit, condition, input)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::Not(condition) => Ok(!self.holds(visit, condition, input)?),
            Condition::Test(test) => self.test(visit, test, input),
            Condition::Literal(value) => Ok(*value),
            Condition::Expression(_) => {
                Err(Failure::runtime(visit, "An expression can't be executed."))
            }
        }
    }

    fn test(&self, visit: &Visit<'a>, test: &Test, input: &Payload) -> Result<bool, Failure> {
        let variable = match self.find(visit, &test.variable, input) {
            Ok(value) => value,
            Err(Unfound::Miss(_))
                if let Comparison::Is(TypeTest::Present, wanted) = test.comparison =>
            {
                return Ok(!wanted);
            }
            Err(unfound) => return Err(invalid(visit, &test.variable, unfound)),
        };
        let value = &variable;
        Ok(match &test.comparison {
            Comparison::String(order, operand) => {
                let operand =
                    self.operand(visit, operand, input, |v| v.as_str().map(Into::into))?;
                satisfies(*order, value.as_str().zip(operand).map(|(a, b)| by_code_unit(a, &b)))
            }
            Comparison::Numeric(order, operand) => {
                let operand = self.operand(visit, operand, input, Value::as_f64)?;
                let pair = value.as_f64().zip(operand);
                satisfies(*order, pair.and_then(|(a, b)| a.partial_cmp(&b)))
            }
            Comparison::Timestamp(order, operand) => {
                let operand = self.operand(visit, operand, input, timestamp)?;
                satisfies(*order, timestamp(value).zip(operand).map(|(a, b)| a.cmp(&b)))
            }
            Comparison::Boolean(operand) => {
                let operand = self.operand(visit, operand, input, Value::as_bool)?;
                operand.is_some() && value.as_bool() == operand
            }
            Comparison::StringMatches(pattern) => {
                value.as_str().is_some_and(|text| matches_pattern(text, pattern))
            }
            Comparison::Is(question, wanted) => is(*question, value) == *wanted,
        })
    }

    /// The value to compare with; none where a path finds one of another type.
    fn operand<T: Clone>(
        &self,
        visit: &Visit<'a>,
        operand: &Operand<T>,
        input: &Payload,
        typed: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        match operand {
            Operand::Literal(value) => Ok(Some(value.clone())),
            Operand::Path(path) => {
                let found = self.find(visit, path, input);
                Ok(typed(&found.map_err(|unfound| invalid(visit, path, unfound))?))
            }
        }
    }
}

fn invalid(visit: &Visit<'_>, path: &Path, unfound: Unfound) -> Failure {
    unfound.or(visit, || {
        let path = path.text();
        format!(
            "Invalid path '{path}': The choice state's condition path references an invalid value."
        )
    })
}

/// Values of different types, or without an order, satisfy nothing.
fn satisfies(order: Order, ordering: Option<Ordering>) -> bool {
    ordering.is_some_and(|ordering| match order {
        Order::Equals => ordering.is_eq(),
        Order::LessThan => ordering.is_lt(),
        Order::GreaterThan => ordering.is_gt(),
        Order::LessThanEquals => ordering.is_le(),
        Order::GreaterThanEquals => ordering.is_ge(),
    })
}

fn by_code_unit(one: &str, two: &str) -> Ordering {
    one.encode_utf16().cmp(two.encode_utf16())
}

fn timestamp(value: &Value) -> Option<Timestamp> {
    value.as_str().and_then(Timestamp::parse)
}

fn is(question: TypeTest, value: &Value) -> bool {
    match question {
        TypeTest::Null => value.is_null(),
        TypeTest::Present => true,
        TypeTest::String => value.as_str().is_some(),
        TypeTest::Numeric => value.as_number().is_some(),
        TypeTest::Boolean => value.as_bool().is_some(),
        TypeTest::Timestamp => timestamp(value).is_some(),
    }
}

/// Whether `pattern`, in which `*` stands for any characters and `\` takes the meaning from the
/// character after it, covers the whole of `text`.
fn matches_pattern(text: &str, pattern: &str) -> bool {
    let mut characters = pattern.chars();
    let mut tokens = Vec::new();
    while let Some(character) = characters.next() {
        tokens.push(match character {
            '*' => None,
            '\\' => Some(characters.next().unwrap_or('\\')),
            other => Some(other),
        });
    }
    let text: Vec<char> = text.chars().collect();
    // On a mismatch the last star takes one character more; earlier stars need never.
    let (mut at, mut token, mut star) = (0, 0, None);
    while at < text.len() {
        match tokens.get(token) {
            Some(None) => {
                star = Some((token, at));
                token += 1;
            }
            Some(Some(character)) if text.get(at) == Some(character) => {
                at += 1;
                token += 1;
            }
            _ => {
                let Some((star_token, taken)) = star else { return false };
                star = Some((star_token, taken + 1));
                at = taken + 1;
                token = star_token + 1;
            }
        }
    }
    tokens.iter().skip(token).all(Option::is_none)
}

#[cfg(test)]
mod tests {
    use super::matches_pattern;

    #[test]
    fn stars_stand_for_any_characters_and_backslashes_escape() {
        for (text, pattern, expected) in [
            ("log-2024.txt", "log-*.txt", true),
            ("log-2024.txt.gz", "log-*.txt", false),
            ("log-a.txt.txt", "log-*.txt", true),
            ("", "*", true),
            ("", "", true),
            ("a", "", false),
            ("a*b", r"a\*b", true),
            ("axb", r"a\*b", false),
            (r"a\b", r"a\\b", true),
            ("abcabc", "*abc", true),
            ("ünï*", r"*\*", true),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", "*a*a*a*a*b", false),
        ] {
            assert_eq!(matches_pattern(text, pattern), expected, "{text} {pattern}");
        }
    }
}
