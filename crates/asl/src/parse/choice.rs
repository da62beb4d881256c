//! Choice states.

use super::fields::{Allowed, BOTH, Fields, JSONATA, Lang, PATHS};
use super::flow::Scope;
use super::jsonata::{self, Offers};
use super::paths;
use super::report::Report;
use super::variables;
use crate::ast::{
    Choice, ChoiceRule, Comparison, Condition, Operand, Order, QueryLanguage, StateKind, Test,
    TypeTest,
};
use stepwell_json::Value;

/// The fields of a rule around its condition; rules nested in another have a comment at most.
const RULE: &[Allowed] =
    &[("Comment", BOTH), ("Next", BOTH), ("Assign", BOTH), ("Output", JSONATA)];
const NESTED: &[Allowed] = &[("Comment", BOTH)];

/// What makes the condition.
const CONDITIONS: &[&str] = &["And", "Or", "Not", "Variable", "Condition"];

const FAMILIES: &[&str] = &["String", "Numeric", "Timestamp"];

const ORDERS: &[(&str, Order)] = &[
    ("Equals", Order::Equals),
    ("LessThan", Order::LessThan),
    ("GreaterThan", Order::GreaterThan),
    ("LessThanEquals", Order::LessThanEquals),
    ("GreaterThanEquals", Order::GreaterThanEquals),
];

const TYPE_TESTS: &[(&str, TypeTest)] = &[
    ("IsNull", TypeTest::Null),
    ("IsPresent", TypeTest::Present),
    ("IsNumeric", TypeTest::Numeric),
    ("IsString", TypeTest::String),
    ("IsBoolean", TypeTest::Boolean),
    ("IsTimestamp", TypeTest::Timestamp),
];

/// A comparison operator, told from its name.
#[derive(Clone, Copy)]
enum Operator {
    Ordered(&'static str, Order, From),
    Boolean(From),
    StringMatches,
    Is(TypeTest),
}

/// Where the operand comes from.
#[derive(Clone, Copy)]
enum From {
    Literal,
    Path,
}

fn operator(name: &str) -> Option<Operator> {
    if let Some((_, question)) = TYPE_TESTS.iter().find(|(test, _)| *test == name) {
        return Some(Operator::Is(*question));
    }
    match name {
        "StringMatches" => return Some(Operator::StringMatches),
        "BooleanEquals" => return Some(Operator::Boolean(From::Literal)),
        "BooleanEqualsPath" => return Some(Operator::Boolean(From::Path)),
        _ => {}
    }
    let family = FAMILIES.iter().find(|family| name.starts_with(**family))?;
    let rest = &name[family.len()..];
    let (rest, from) = match rest.strip_suffix("Path") {
        Some(rest) => (rest, From::Path),
        None => (rest, From::Literal),
    };
    let (_, order) = ORDERS.iter().find(|(order, _)| *order == rest)?;
    Some(Operator::Ordered(family, *order, from))
}

/// `Choices` and `Default`
pub(super) fn choice(
    fields: &Fields<'_>,
    scope: &mut Scope<'_>,
    report: &mut Report,
) -> Option<StateKind> {
    fields.require(&["Choices"], report);
    let elements = fields.some_elements("Choices", report).unwrap_or_default();
    let place = fields.at("Choices");
    let mut rules = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let rule = Fields::of(element, place.element(index), fields.language, report);
        rules.push(rule.and_then(|rule| self::rule(&rule, scope, report)));
    }
    let default = scope.target(fields, "Default", report);
    let rules = rules.into_iter().collect::<Option<Vec<_>>>()?;
    Some(StateKind::Choice(Choice { rules, default }))
}

fn rule(fields: &Fields<'_>, scope: &mut Scope<'_>, report: &mut Report) -> Option<ChoiceRule> {
    fields.require(&["Next"], report);
    let condition = condition(fields, RULE, report);
    let next = scope.target(fields, "Next", report);
    Some(ChoiceRule {
        comment: fields.comment(report),
        assign: variables::assign(fields, Offers::Input, scope, report),
        output: jsonata::template(fields, "Output", Offers::Input, report),
        condition: condition?,
        next: next?,
    })
}

fn condition(
    fields: &Fields<'_>,
    others: &'static [Allowed],
    report: &mut Report,
) -> Option<Condition> {
    fields.check(|key| languages(key, others), report);
    let present: Vec<_> = CONDITIONS.iter().copied().filter(|key| fields.has(key)).collect();
    match present.as_slice() {
        ["And"] => nested(fields, "And", report).map(Condition::And),
        ["Or"] => nested(fields, "Or", report).map(Condition::Or),
        ["Not"] => {
            let place = fields.at("Not");
            let inner = Fields::of(fields.get("Not")?, place, fields.language, report)?;
            condition(&inner, NESTED, report).map(|inner| Condition::Not(Box::new(inner)))
        }
        ["Variable"] => test(fields, report).map(Condition::Test),
        ["Condition"] => match fields.get("Condition")? {
            Value::Bool(value) => Some(Condition::Literal(*value)),
            _ => match jsonata::field(fields, "Condition", report) {
                Some(expression) => expression.map(Condition::Expression),
                None if fields.language == QueryLanguage::JsonPath => None,
                None => {
                    let message = "JSONata string must start with {% and end with %}";
                    report.schema(message, &fields.at("Condition"));
                    None
                }
            },
        },
        _ => {
            let keys = CONDITIONS.join(", ");
            let message =
                format!("The object must have only one of the following fields, [{keys}]");
            report.schema(message, &fields.place);
            None
        }
    }
}

/// Where a rule has the field `key`.
fn languages(key: &str, others: &[Allowed]) -> Option<Lang> {
    if key == "Condition" {
        return Some(JSONATA);
    }
    if CONDITIONS.contains(&key) || operator(key).is_some() {
        return Some(PATHS);
    }
    others.iter().find(|(name, _)| *name == key).map(|(_, languages)| *languages)
}

fn nested(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<Vec<Condition>> {
    let elements = fields.some_elements(key, report)?;
    let place = fields.at(key);
    let mut conditions = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let inner = Fields::of(element, place.element(index), fields.language, report);
        conditions.push(inner.and_then(|inner| condition(&inner, NESTED, report)));
    }
    conditions.into_iter().collect()
}

fn test(fields: &Fields<'_>, report: &mut Report) -> Option<Test> {
    let variable = paths::reference(fields, "Variable", report);
    let operators: Vec<_> = fields
        .object
        .keys()
        .filter_map(|key| operator(key).map(|operator| (&**key, operator)))
        .collect();
    let [(key, operator)] = operators.as_slice() else {
        let message = match operators.as_slice() {
            [] => "This object should have only one of the following fields",
            _ => "There should only be one of the following fields",
        };
        report.schema(format!("{message}: [{}]", operator_names().join(", ")), &fields.place);
        return None;
    };
    let comparison = comparison(fields, key, *operator, report);
    Some(Test { variable: variable?, comparison: comparison? })
}

fn comparison(
    fields: &Fields<'_>,
    key: &str,
    operator: Operator,
    report: &mut Report,
) -> Option<Comparison> {
    Some(match operator {
        Operator::Ordered("String", order, from) => {
            Comparison::String(order, operand(fields, key, from, Fields::text, report)?)
        }
        Operator::Ordered("Numeric", order, from) => {
            Comparison::Numeric(order, operand(fields, key, from, Fields::number, report)?)
        }
        Operator::Ordered(_, order, from) => {
            Comparison::Timestamp(order, operand(fields, key, from, Fields::timestamp, report)?)
        }
        Operator::Boolean(from) => {
            Comparison::Boolean(operand(fields, key, from, Fields::boolean, report)?)
        }
        Operator::StringMatches => Comparison::StringMatches(fields.text(key, report)?),
        Operator::Is(question) => Comparison::Is(question, fields.boolean(key, report)?),
    })
}

fn operand<'a, T>(
    fields: &Fields<'a>,
    key: &str,
    from: From,
    literal: impl FnOnce(&Fields<'a>, &str, &mut Report) -> Option<T>,
    report: &mut Report,
) -> Option<Operand<T>> {
    match from {
        From::Literal => literal(fields, key, report).map(Operand::Literal),
        From::Path => paths::reference(fields, key, report).map(Operand::Path),
    }
}

/// Every operator, as a message lists them.
fn operator_names() -> Vec<String> {
    let mut names = Vec::new();
    for family in FAMILIES {
        for (order, _) in ORDERS {
            names.push(format!("{family}{order}"));
            names.push(format!("{family}{order}Path"));
        }
    }
    let others = ["StringMatches", "BooleanEquals", "BooleanEqualsPath"];
    names.extend(others.iter().map(|name| (*name).to_owned()));
    names.extend(TYPE_TESTS.iter().map(|(name, _)| (*name).to_owned()));
    names
}
