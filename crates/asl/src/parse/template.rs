//! Templates, whose evaluation comes later: their shape is checked, their values are kept as
//! they are.

use super::fields::Fields;
use super::intrinsic;
use super::report::{Place, Report, quote};
use crate::Code;
use crate::ast::QueryLanguage;
use stepwell_json::Value;
use stepwell_jsonpath::Path;

/// A field with a payload template (`Parameters`, `ResultSelector`, …).
pub(super) fn payload(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<Value> {
    let value = fields.get(key)?;
    payload_value(value, &fields.at(key), report);
    Some(value.clone())
}

/// A field with a JSONata template (`Arguments`, `Output`, …).
pub(super) fn jsonata(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<Value> {
    let value = fields.get(key)?;
    jsonata_value(value, &fields.at(key), report);
    Some(value.clone())
}

/// A field with a template in the language of its state.
pub(super) fn either(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<Value> {
    match fields.language {
        QueryLanguage::JsonPath => payload(fields, key, report),
        QueryLanguage::Jsonata => jsonata(fields, key, report),
    }
}

/// `Assign`
pub(super) fn assign(fields: &Fields<'_>, report: &mut Report) -> Option<Value> {
    let key = "Assign";
    let value = either(fields, key, report)?;
    let place = fields.at(key);
    let Some(variables) = value.as_object() else {
        report.schema("Expected value of type Object", &place);
        return None;
    };
    for (position, name) in variables.keys().enumerate() {
        let place = place.member(name, position);
        let name = match fields.language {
            QueryLanguage::JsonPath => name.strip_suffix(".$").unwrap_or(name),
            QueryLanguage::Jsonata => name,
        };
        if name == "states" {
            let message = "Cannot assign to reserved variable '$states'.";
            report.error(Code::ReservedVariableName, message, &place);
        } else if !is_variable_name(name) {
            let name = quote(name);
            let message = format!(
                "Invalid variable name '{name}': the variable name contains invalid characters."
            );
            report.error(Code::InvalidVariableName, message, &place);
        }
    }
    Some(value)
}

fn is_variable_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|c| c.is_alphanumeric() || c == '_')
        && name.chars().count() <= 80
}

fn payload_value(value: &Value, place: &Place<'_>, report: &mut Report) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                payload_value(item, &place.element(index), report);
            }
        }
        Value::Object(members) => {
            for (position, (key, item)) in members.iter().enumerate() {
                match key.strip_suffix(".$") {
                    None => payload_value(item, &place.member(key, position), report),
                    Some(_) if !item.as_str().is_some_and(is_path_or_call) => {
                        let key = quote(key);
                        let message = format!(
                            "The value for the field '{key}' must be a valid JSONPath or a valid \
                             intrinsic function call"
                        );
                        report.schema(message, place);
                    }
                    Some(plain) if members.contains_key(plain) => {
                        let (plain, key) = (quote(plain), quote(key));
                        let message = format!(
                            "There should only be one of the following fields: [{plain}, {key}]"
                        );
                        report.schema(message, place);
                    }
                    Some(_) => {}
                }
            }
        }
        Value::String(text) if text.starts_with("$.") || text.starts_with("$$.") => {
            let message = "The value looks like a path, but the name of its field does not end \
                           with '.$': it is taken literally";
            report.warning(Code::NoDollar, message, place);
        }
        _ => {}
    }
}

fn is_path_or_call(text: &str) -> bool {
    if text.starts_with('$') { Path::parse(text).is_ok() } else { intrinsic::is_call(text) }
}

fn jsonata_value(value: &Value, place: &Place<'_>, report: &mut Report) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                jsonata_value(item, &place.element(index), report);
            }
        }
        Value::Object(members) => {
            for (position, (key, item)) in members.iter().enumerate() {
                jsonata_value(item, &place.member(key, position), report);
            }
        }
        Value::String(text) if text.starts_with("{%") && !text.ends_with("%}") => {
            report.schema("JSONata string must start with {% and end with %}", place);
        }
        _ => {}
    }
}
