//! JSONata expressions: recognised, parsed, and held to what is there where they stand.

use super::fields::Fields;
use super::report::{Place, Report, quote};
use crate::Code;
use crate::ast::{Expression, ExpressionNode, Expressions, QueryLanguage};
use std::sync::Arc;
use stepwell_json::Value;
use stepwell_jsonata::{ExpressionError, as_expression};

/// What an expression finds in `$states` besides `input` and `context`, which are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offers {
    /// Nothing.
    Input,
    /// `result`: after the work of a state.
    Result,
    /// `errorOutput`: in a catcher.
    ErrorOutput,
}

impl Offers {
    fn has(self, member: &str) -> bool {
        match member {
            "input" | "context" => true,
            "result" => self == Self::Result,
            "errorOutput" => self == Self::ErrorOutput,
            _ => false,
        }
    }

    fn names(self) -> &'static str {
        match self {
            Self::Input => "input, context",
            Self::Result => "input, result, context",
            Self::ErrorOutput => "input, errorOutput, context",
        }
    }
}

/// A field with a JSONata template.
pub(super) fn template(
    fields: &Fields<'_>,
    key: &str,
    offers: Offers,
    report: &mut Report,
) -> Option<Expressions> {
    let value = fields.get(key)?;
    Some(Expressions::new(node(value, &fields.at(key), offers, report)))
}

/// A field with one expression; none where the field is absent, the state's language has no
/// expressions, or the value is something else.
pub(super) fn field(
    fields: &Fields<'_>,
    key: &str,
    report: &mut Report,
) -> Option<Option<Expression>> {
    if fields.language != QueryLanguage::Jsonata {
        return None;
    }
    let text = as_expression(fields.get(key)?.as_str()?)?;
    Some(expression(text, &fields.at(key), Offers::Input, report))
}

/// Reports a text that only looks like an expression.
pub(super) fn check_marks(text: &str, place: &Place<'_>, report: &mut Report) {
    if text.starts_with("{%") && as_expression(text).is_none() {
        report.schema("JSONata string must start with {% and end with %}", place);
    }
}

fn node(value: &Value, place: &Place<'_>, offers: Offers, report: &mut Report) -> ExpressionNode {
    let node = match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let node = |(index, item)| node(item, &place.element(index), offers, report);
            ExpressionNode::Array(items.map(node).collect())
        }
        Value::Object(members) => {
            let members = members.iter().enumerate();
            let member = |(position, (key, item)): (usize, (&Arc<str>, &Value))| {
                (Arc::clone(key), node(item, &place.member(key, position), offers, report))
            };
            ExpressionNode::Object(members.map(member).collect())
        }
        Value::String(text) => {
            check_marks(text, place, report);
            let found = as_expression(text);
            let found = found.and_then(|text| expression(text, place, offers, report));
            found.map_or_else(|| ExpressionNode::Literal(value.clone()), ExpressionNode::Expression)
        }
        _ => ExpressionNode::Literal(value.clone()),
    };
    if node.is_constant() { ExpressionNode::Literal(value.clone()) } else { node }
}

/// The expression of a text without its marks; none where it was reported.
fn expression(
    text: &str,
    place: &Place<'_>,
    offers: Offers,
    report: &mut Report,
) -> Option<Expression> {
    let compiled = match stepwell_jsonata::Expression::parse(text) {
        Ok(compiled) => compiled,
        Err(error) => {
            let code = match error {
                ExpressionError::Invalid { .. } => Code::InvalidJsonataExpression,
                ExpressionError::Unsupported(_) => Code::UnsupportedJsonataExpression,
            };
            report.error(code, error.to_string(), place);
            return None;
        }
    };
    let mut states = compiled.references().states.iter();
    if let Some(member) = states.find(|member| !offers.has(member)) {
        let (member, names) = (quote(member), offers.names());
        let message = format!(
            "The field '{member}' of '$states' is not available here. Available are: [{names}]"
        );
        report.error(Code::UnsupportedJsonataExpression, message, place);
        return None;
    }
    Some(Expression::new(compiled, place.in_state()))
}
