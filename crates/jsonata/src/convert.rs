//! Values into and out of the evaluator, whose own are those of `serde_json`.

use crate::failure::EvaluationError;
use crate::limits::Spent;
use jlens_core::reads::Read;
use serde_json::Value as Json;
use stepwell_json::{MAX_DEPTH, Number, Object, Value};

/// Integers up to here are exact as doubles.
const MAX_EXACT: u64 = 1 << 53;

/// What a value takes in memory besides its text.
const VALUE_BYTES: u64 = 24;

/// What an evaluation that reads `read` of `value` needs of it.
///
/// # Errors
/// A number that no double holds (`D1001`), or nesting deeper than [`MAX_DEPTH`] twice over,
/// which no payload has.
pub(crate) fn to_json(
    value: &Value,
    read: &Read,
    spent: &mut Spent,
) -> Result<Json, EvaluationError> {
    cut(value, read, 0, spent)
}

fn cut(
    value: &Value,
    read: &Read,
    depth: usize,
    spent: &mut Spent,
) -> Result<Json, EvaluationError> {
    spent.work_bytes = spent.work_bytes.saturating_add(VALUE_BYTES);
    if depth > 2 * MAX_DEPTH {
        return Err(EvaluationError::threw("U1001", "A value is nested too deeply"));
    }
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(double(number)?),
        Value::String(text) => {
            spent.work_bytes = spent.work_bytes.saturating_add(text.len() as u64);
            Json::String(text.to_string())
        }
        Value::Array(items) => Json::Array(
            items.iter().map(|item| cut(item, read, depth + 1, spent)).collect::<Result<_, _>>()?,
        ),
        Value::Object(members) => {
            let mut fields = serde_json::Map::new();
            for (key, member) in members.iter() {
                let inner = match read.fields() {
                    None => Some(&Read::Whole),
                    Some(fields) => fields.get(&**key),
                };
                if let Some(inner) = inner {
                    fields.insert(key.to_string(), cut(member, inner, depth + 1, spent)?);
                }
            }
            Json::Object(fields)
        }
    })
}

fn double(number: &Number) -> Result<serde_json::Number, EvaluationError> {
    if let Some(exact) = number.as_i64().filter(|value| value.unsigned_abs() <= MAX_EXACT) {
        return Ok(exact.into());
    }
    serde_json::Number::from_f64(number.as_f64()).ok_or_else(|| {
        EvaluationError::threw("D1001", format!("Number out of range: {}", number.text()))
    })
}

/// A result as a value; none where it nests deeper than a payload may.
pub(crate) fn from_json(json: &Json) -> Option<Value> {
    build(json, 0)
}

fn build(json: &Json, depth: usize) -> Option<Value> {
    let inner = |item| build(item, depth + 1);
    Some(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(match number.as_i64() {
            Some(exact) => Number::from_i64(exact),
            // Printed as JavaScript prints it, which is also JSON.
            None => Number::parse(&jlens_core::format_json(json, false))?,
        }),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(_) | Json::Object(_) if depth >= MAX_DEPTH => return None,
        Json::Array(items) => items.iter().map(inner).collect::<Option<Vec<_>>>()?.into(),
        Json::Object(fields) => {
            let mut members = Object::with_capacity(fields.len());
            for (key, field) in fields {
                members.insert(key.as_str().into(), inner(field)?);
            }
            members.into()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{from_json, to_json};
    use crate::limits::Spent;
    use jlens_core::reads::Read;

    fn through(text: &str) -> String {
        let value = stepwell_json::parse(text).unwrap();
        from_json(&to_json(&value, &Read::Whole, &mut Spent::default()).unwrap()).unwrap().to_json()
    }

    #[test]
    fn numbers_print_as_javascript_prints_them_and_keys_keep_their_order() {
        for (text, printed) in [
            ("1.0", "1"),
            ("-0", "0"),
            ("1e5", "100000"),
            ("1e21", "1e+21"),
            ("0.1", "0.1"),
            ("9007199254740993", "9007199254740992"),
            ("12345678901234567890", "12345678901234567000"),
            (r#"{"b":1,"a":[null,true,"é"]}"#, r#"{"b":1,"a":[null,true,"é"]}"#),
        ] {
            assert_eq!(through(text), printed, "{text}");
        }
    }

    #[test]
    fn what_no_double_holds_is_an_error() {
        let value = stepwell_json::parse("[1e999]").unwrap();
        assert!(
            to_json(&value, &Read::Whole, &mut Spent::default())
                .unwrap_err()
                .to_string()
                .contains("D1001")
        );
    }
}
