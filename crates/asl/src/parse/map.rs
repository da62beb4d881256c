//! Map states. The fields that only distributed ones have, whose execution comes later, are checked
//! and kept as they are.

use super::distributed::Mode;
use super::fields::{Allowed, BOTH, Fields, JSONATA, PATHS};
use super::flow::{Document, FLOW, Scope, flow};
use super::jsonata::{self, Offers};
use super::report::{Report, quote};
use super::state::transition;
use super::{distributed, paths, template};
use crate::Code;
use crate::ast::{Expressions, Map, Quantity, QueryLanguage, StateId, StateKind, Template};
use std::sync::Arc;
use stepwell_json::{Object, Value};
use stepwell_jsonpath::Path;

pub(super) const FIELDS: &[Allowed] = &[
    ("ItemProcessor", BOTH),
    ("Iterator", BOTH),
    ("ItemsPath", PATHS),
    ("Items", JSONATA),
    ("ItemSelector", BOTH),
    ("ItemReader", BOTH),
    ("ItemBatcher", BOTH),
    ("ResultWriter", BOTH),
    ("MaxConcurrency", BOTH),
    ("MaxConcurrencyPath", PATHS),
    ("ToleratedFailureCount", BOTH),
    ("ToleratedFailureCountPath", PATHS),
    ("ToleratedFailurePercentage", BOTH),
    ("ToleratedFailurePercentagePath", PATHS),
    ("Label", BOTH),
];

const PROCESSOR: &[Allowed] = &[("ProcessorConfig", BOTH)];
const PROCESSOR_CONFIG: &[Allowed] = &[("Mode", BOTH), ("ExecutionType", BOTH)];

const MAX_LABEL: usize = 40;

pub(super) fn map(
    fields: &Fields<'_>,
    id: StateId,
    scope: &mut Scope<'_>,
    document: &mut Document,
) -> Option<StateKind> {
    fields.exactly_one(&["ItemProcessor", "Iterator"], &mut document.report);
    let key = if fields.has("ItemProcessor") { "ItemProcessor" } else { "Iterator" };
    let place = fields.at(key);
    let processor = fields.get(key).and_then(|processor| {
        Fields::of(processor, place, document.language, &mut document.report)
    });
    let processor = processor.map(|processor| {
        processor.only(&[FLOW, PROCESSOR], &mut document.report);
        let config = processor_config(&processor, &mut document.report);
        (flow(&processor, Some((scope.flow, id)), document), config)
    });
    let max_concurrency = numbers(fields, &mut document.report);
    let items_path = items(fields, &mut document.report);
    check_items(fields, &mut document.report);
    let config = processor.as_ref().and_then(|(_, config)| config.as_ref());
    distributed::check(fields, mode(config), &mut document.report);
    let [items, item_expressions] =
        ["Items", "ItemSelector"].map(|key| expressions(fields, key, &mut document.report));
    let item_selector = selector(fields, &mut document.report);
    label(fields, document);
    let transition = transition(fields, scope, &mut document.report)?;
    let (processor, processor_config) = processor?;
    let kept = |key: &str| {
        FIELDS[2..].iter().any(|(name, _)| *name == key)
            && !key.starts_with("MaxConcurrency")
            && !["Items", "ItemsPath", "ItemSelector"].contains(&key)
    };
    let members = fields.object.iter().filter(|(key, _)| kept(key));
    let others: Object = members.map(|(key, value)| (Arc::clone(key), value.clone())).collect();
    Some(StateKind::Map(Box::new(Map {
        processor,
        processor_config,
        items_path,
        items,
        item_selector,
        item_expressions,
        max_concurrency,
        fields: others,
        transition,
    })))
}

fn processor_config(processor: &Fields<'_>, report: &mut Report) -> Option<Value> {
    let key = "ProcessorConfig";
    let value = processor.get(key)?;
    let config = Fields::of(value, processor.at(key), processor.language, report)?;
    let mode = config.one_of("Mode", &["INLINE", "DISTRIBUTED"], report);
    if mode == Some(1) {
        config.require(&["ExecutionType"], report);
        config.only(&[PROCESSOR_CONFIG], report);
        config.one_of("ExecutionType", &["STANDARD", "EXPRESS"], report);
    } else {
        config.only(&[&PROCESSOR_CONFIG[..1]], report);
    }
    Some(value.clone())
}

fn mode(config: Option<&Value>) -> Mode {
    let mode = config.and_then(|config| config.get("Mode")).and_then(Value::as_str);
    if mode == Some("DISTRIBUTED") { Mode::Distributed } else { Mode::Inline }
}

/// Reads the numbers of a Map state; those of failures are only checked.
fn numbers(fields: &Fields<'_>, report: &mut Report) -> Option<Quantity> {
    let mut quantity = |key, path_key| paths::quantity(fields, key, path_key, 0..=u32::MAX, report);
    let max_concurrency = quantity("MaxConcurrency", "MaxConcurrencyPath");
    quantity("ToleratedFailureCount", "ToleratedFailureCountPath");
    let (key, path_key) = ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath");
    fields.at_most_one(&[key, path_key], report);
    if fields.language == QueryLanguage::JsonPath && fields.has(path_key) {
        paths::reference(fields, path_key, report);
    } else if jsonata::field(fields, key, report).is_none()
        && let Some(percentage) = fields.number(key, report)
    {
        if percentage < 0.0 {
            report.schema("Minimum value is 0.0", &fields.at(key));
        } else if percentage > 100.0 {
            report.schema("Maximum value is 100.0", &fields.at(key));
        }
    }
    max_concurrency
}

fn selector(fields: &Fields<'_>, report: &mut Report) -> Option<Template> {
    if fields.language == QueryLanguage::Jsonata {
        return None;
    }
    fields.at_most_one(&["ItemSelector", "Parameters"], report);
    let key = if fields.has("ItemSelector") { "ItemSelector" } else { "Parameters" };
    template::payload(fields, key, report)
}

fn items(fields: &Fields<'_>, report: &mut Report) -> Option<Path> {
    match fields.language {
        QueryLanguage::JsonPath => paths::reference(fields, "ItemsPath", report),
        QueryLanguage::Jsonata => None,
    }
}

/// `Items` is an array, or an expression that may give one.
fn check_items(fields: &Fields<'_>, report: &mut Report) {
    let array = |items: &Value| match items {
        Value::Array(_) => true,
        Value::String(text) => text.starts_with("{%"),
        _ => false,
    };
    if fields.get("Items").is_some_and(|items| !array(items)) {
        report.schema("Expected value of type Array", &fields.at("Items"));
    }
}

fn expressions(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<Expressions> {
    if fields.language == QueryLanguage::JsonPath {
        return None;
    }
    jsonata::template(fields, key, Offers::Input, report)
}

fn label(fields: &Fields<'_>, document: &mut Document) {
    let key = "Label";
    let Some(label) = fields.text(key, &mut document.report) else { return };
    let place = fields.at(key);
    if label.chars().nth(MAX_LABEL).is_some() {
        let message = format!(
            "The label '{}' exceeds the {MAX_LABEL}-character limit allowed by the service",
            quote(&label)
        );
        document.report.error(Code::InvalidLabelName, message, &place);
    } else if stepwell_ids::Name::parse(&label).is_err() {
        let message =
            format!("The label '{}' is empty or contains invalid characters", quote(&label));
        document.report.error(Code::InvalidLabelName, message, &place);
    }
    if !document.labels.insert(Arc::clone(&label)) {
        let message = format!("Duplicate Label name: {}", quote(&label));
        document.report.error(Code::DuplicateLabelName, message, &place);
    }
}
