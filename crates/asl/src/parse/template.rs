//! Templates: payload templates are compiled; of those whose evaluation comes later the shape is
//! checked, and their values are kept as they are.

use super::fields::{Fields, shared_text};
use super::jsonata::{self, Offers};
use super::report::{Place, Report, quote};
use super::{intrinsic, order};
use crate::Code;
use crate::ast::{Node, QueryLanguage, Template, Text};
use std::sync::Arc;
use stepwell_json::{Object, Value};
use stepwell_jsonpath::Path;

/// A field with a payload template (`Parameters`, `ResultSelector`, …).
pub(super) fn payload(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<Template> {
    Some(Template::new(payload_node(fields.get(key)?, &fields.at(key), report)))
}

/// A field with a template in the language of its state whose evaluation comes later: checked,
/// and kept as it is.
pub(super) fn either(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<Value> {
    let value = fields.get(key)?;
    if fields.language == QueryLanguage::Jsonata {
        jsonata::template(fields, key, Offers::Input, report);
        return Some(value.clone());
    }
    payload_node(value, &fields.at(key), report);
    Some(value.clone())
}

fn payload_node(value: &Value, place: &Place<'_>, report: &mut Report) -> Node {
    let node = match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            Node::Array(
                items
                    .map(|(index, item)| payload_node(item, &place.element(index), report))
                    .collect(),
            )
        }
        Value::Object(members) => payload_object(members, place, report),
        _ => {
            if value.as_str().is_some_and(|text| text.starts_with("$.") || text.starts_with("$$."))
            {
                let message = "The value looks like a path, but the name of its field does not \
                               end with '.$': it is taken literally";
                report.warning(Code::NoDollar, message, place);
            }
            return Node::Literal(value.clone());
        }
    };
    if node.is_constant() { Node::Literal(value.clone()) } else { node }
}

/// The members of an object: the literal ones, then the others in their order.
fn payload_object(members: &Object, place: &Place<'_>, report: &mut Report) -> Node {
    let (mut literal, mut evaluated) = (Vec::with_capacity(members.len()), Vec::new());
    for (position, (key, item)) in members.iter().enumerate() {
        let Some(plain) = key.strip_suffix(".$") else {
            let node = payload_node(item, &place.member(key, position), report);
            literal.push((Arc::clone(key), node));
            continue;
        };
        if members.contains_key(plain) {
            let (plain, key) = (quote(plain), quote(key));
            let message =
                format!("There should only be one of the following fields: [{plain}, {key}]");
            report.schema(message, place);
        }
        match shared_text(item).and_then(|text| path_or_call(key, &text)) {
            Some(node) => evaluated.push((plain.into(), node)),
            None => report_unreadable(key, place, report),
        }
    }
    order::sort(&mut evaluated);
    literal.append(&mut evaluated);
    Node::Object(literal)
}

/// Reports a member `key` of `place` whose value is neither a path nor a call.
pub(super) fn report_unreadable(key: &str, place: &Place<'_>, report: &mut Report) {
    let key = quote(key);
    let message = format!(
        "The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function \
         call"
    );
    report.schema(message, place);
}

/// The path or the call that a text is.
pub(super) fn found(text: &Arc<str>) -> Option<Text> {
    if text.starts_with('$') {
        return Path::parse(text).ok().map(Text::Path);
    }
    intrinsic::call(text).map(Text::Call)
}

fn path_or_call(key: &Arc<str>, text: &Arc<str>) -> Option<Node> {
    Some(match found(text)? {
        Text::Path(path) => Node::Path { field: Arc::clone(key), path },
        Text::Call(call) => Node::Call(call),
        Text::Literal(_) | Text::Expression(_) => return None,
    })
}
