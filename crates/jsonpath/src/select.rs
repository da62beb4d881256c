//! Evaluation.

use crate::path::{Path, Step};
use std::fmt::Write as _;
use std::sync::Arc;
use stepwell_json::{Object, Value};

/// Most matches of a step. Repeated descents match the same nodes in ever more ways; a result
/// with more elements than this would not fit a payload.
const MAX_MATCHES: usize = 262_144;

/// A path that found nothing. Prints as the service prints it after `Invalid path '…' : `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Miss(String);

impl Path {
    /// What the path finds in `document`, the value of its root: the node of a definite path,
    /// else the array of all matches.
    ///
    /// # Errors
    /// A step that had to find its node did not, or a step found more than 262,144.
    pub fn select(&self, document: &Value) -> Result<Value, Miss> {
        let definite = self.is_definite();
        let mut nodes = vec![document.clone()];
        let mut forked = false;
        let mut at = 0;
        while let Some(step) = self.steps.get(at) {
            let mut found = Vec::new();
            if matches!(step, Step::Descend) {
                at += 1;
                let Some(step) = self.steps.get(at) else { break };
                for node in &nodes {
                    descend(node, step, document, &mut found);
                }
                forked = true;
            } else {
                for node in &nodes {
                    if found.len() > MAX_MATCHES {
                        break;
                    }
                    let result = apply(step, node, document, &mut found);
                    if let (Err(fault), false) = (result, forked) {
                        return Err(self.miss(fault, at, node));
                    }
                }
                forked |= !matches!(step, Step::Field(_) | Step::Index(_) | Step::Length);
            }
            if found.len() > MAX_MATCHES {
                return Err(Miss(format!("More than {MAX_MATCHES} matches")));
            }
            nodes = found;
            at += 1;
        }
        match nodes.pop() {
            Some(node) if definite => Ok(node),
            None if definite => Err(Miss(format!("No results for path: {}", self.prefix(at)))),
            last => {
                nodes.extend(last);
                Ok(nodes.into())
            }
        }
    }

    fn miss(&self, fault: Fault, at: usize, node: &Value) -> Miss {
        let here = self.prefix(at + 1);
        Miss(match (fault, &self.steps[at]) {
            (Fault::NotObject, Step::Field(name)) => format!(
                "Expected to find an object with property ['{name}'] in path {} but found '{}'. \
                 This is not a json object according to the JsonProvider: \
                 'com.jayway.jsonpath.spi.json.JsonSmartJsonProvider'.",
                self.prefix(at),
                kind(node)
            ),
            (Fault::NotArray, step) => format!(
                "Filter: {} can only be applied to arrays. Current context is: {}",
                bracketed(step),
                node.as_str().map_or_else(|| node.to_json(), str::to_owned)
            ),
            (Fault::Absent, Step::Field(_)) if at + 1 < self.steps.len() => {
                format!("Missing property in path {here}")
            }
            _ => format!("No results for path: {here}"),
        })
    }

    /// The first `count` steps in bracket notation.
    fn prefix(&self, count: usize) -> String {
        self.steps.iter().take(count).fold("$".to_owned(), |text, step| text + &bracketed(step))
    }
}

enum Fault {
    NotObject,
    NotArray,
    Absent,
}

fn apply(step: &Step, node: &Value, document: &Value, found: &mut Vec<Value>) -> Result<(), Fault> {
    match step {
        Step::Field(name) => {
            let members = node.as_object().ok_or(Fault::NotObject)?;
            found.push(members.get(name.as_str()).ok_or(Fault::Absent)?.clone());
        }
        Step::Fields(names) => {
            let members = node.as_object().ok_or(Fault::NotObject)?;
            let present = |name: &String| members.get_key_value(name.as_str());
            let picked = names.iter().filter_map(present).map(|(k, v)| (Arc::clone(k), v.clone()));
            found.push(picked.collect::<Object>().into());
        }
        Step::Index(index) => {
            let items = node.as_array().ok_or(Fault::NotArray)?;
            found.push(item(items, *index).ok_or(Fault::Absent)?.clone());
        }
        Step::Indices(indices) => {
            let items = node.as_array().ok_or(Fault::NotArray)?;
            found.extend(indices.iter().filter_map(|index| item(items, *index)).cloned());
        }
        Step::Slice(from, to) => {
            let items = node.as_array().ok_or(Fault::NotArray)?;
            let from = from.map_or(0, |from| bound(items, from));
            let to = to.map_or(items.len(), |to| bound(items, to));
            found.extend(items.get(from..to).unwrap_or_default().iter().cloned());
        }
        Step::Wildcard | Step::Descend => children(node, |child| found.push(child.clone())),
        Step::Filter(filter) => match node {
            Value::Array(items) => {
                found.extend(items.iter().filter(|item| filter.keeps(item, document)).cloned());
            }
            Value::Object(_) if filter.keeps(node, document) => found.push(node.clone()),
            _ => {}
        },
        Step::Length => found.push(match node {
            Value::Array(items) => count(items.len()),
            Value::Object(members) => count(members.len()),
            _ => Value::Null,
        }),
    }
    Ok(())
}

/// Tries `step` on `node` and on everything below, parents first. Filters test the elements of
/// arrays only here.
fn descend(node: &Value, step: &Step, document: &Value, found: &mut Vec<Value>) {
    if found.len() > MAX_MATCHES {
        return;
    }
    if !(matches!(step, Step::Filter(_)) && node.as_array().is_none()) {
        // A node that the step does not fit is not a match, and nothing else.
        let _ = apply(step, node, document, found);
    }
    children(node, |child| descend(child, step, document, found));
}

fn children(node: &Value, visit: impl FnMut(&Value)) {
    match node {
        Value::Array(items) => items.iter().for_each(visit),
        Value::Object(members) => members.values().for_each(visit),
        _ => {}
    }
}

fn count(length: usize) -> Value {
    Value::from(i64::try_from(length).unwrap_or(i64::MAX))
}

fn item(items: &[Value], index: i64) -> Option<&Value> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    if index < 0 { items.get(items.len().checked_sub(distance)?) } else { items.get(distance) }
}

fn bound(items: &[Value], at: i64) -> usize {
    let distance = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
    if at < 0 { items.len().saturating_sub(distance) } else { distance.min(items.len()) }
}

fn bracketed(step: &Step) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = match step {
        Step::Field(name) => write!(text, "['{name}']"),
        Step::Fields(names) => write!(text, "['{}']", names.join("','")),
        Step::Index(index) => write!(text, "[{index}]"),
        Step::Indices(indices) => {
            let indices: Vec<_> = indices.iter().map(i64::to_string).collect();
            write!(text, "[{}]", indices.join(","))
        }
        Step::Slice(from, to) => {
            let side = |at: &Option<i64>| at.map_or_else(String::new, |at| at.to_string());
            write!(text, "[{}:{}]", side(from), side(to))
        }
        Step::Wildcard => write!(text, "[*]"),
        Step::Descend => write!(text, ".."),
        Step::Filter(_) => write!(text, "[?]"),
        Step::Length => write!(text, ".length()"),
    };
    text
}

/// The reference evaluator's name for the kind of a value, as its messages print it.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "java.lang.Boolean",
        Value::Number(number) => match number.as_i64() {
            Some(value) if i32::try_from(value).is_ok() => "java.lang.Integer",
            Some(_) => "java.lang.Long",
            None => "java.lang.Double",
        },
        Value::String(_) => "java.lang.String",
        Value::Array(_) => "net.minidev.json.JSONArray",
        Value::Object(_) => "java.util.LinkedHashMap",
    }
}
