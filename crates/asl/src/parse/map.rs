//! Map states, whose execution comes later: their shape is checked, their own fields are kept as
//! they are.

use super::fields::{Allowed, BOTH, Fields, JSONATA, PATHS};
use super::flow::{Document, FLOW, Scope, flow};
use super::report::{Report, quote};
use super::state::transition;
use super::{paths, template};
use crate::Code;
use crate::ast::{Map, QueryLanguage, StateId, StateKind};
use std::sync::Arc;
use stepwell_json::{Object, Value};

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
    numbers(fields, &mut document.report);
    items(fields, &mut document.report);
    label(fields, document);
    let transition = transition(fields, scope, &mut document.report)?;
    let (processor, processor_config) = processor?;
    let own = |key: &str| FIELDS[2..].iter().any(|(name, _)| *name == key);
    let members = fields.object.iter().filter(|(key, _)| own(key));
    let own_fields: Object = members.map(|(key, value)| (Arc::clone(key), value.clone())).collect();
    Some(StateKind::Map(Map { processor, processor_config, fields: own_fields, transition }))
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

fn numbers(fields: &Fields<'_>, report: &mut Report) {
    for (key, path_key) in [
        ("MaxConcurrency", "MaxConcurrencyPath"),
        ("ToleratedFailureCount", "ToleratedFailureCountPath"),
    ] {
        paths::seconds(fields, key, path_key, 0..=u32::MAX, report);
    }
    let (key, path_key) = ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath");
    fields.at_most_one(&[key, path_key], report);
    if fields.language == QueryLanguage::JsonPath && fields.has(path_key) {
        paths::reference(fields, path_key, report);
    } else if fields.expression(key).is_none()
        && let Some(percentage) = fields.number(key, report)
    {
        if percentage < 0.0 {
            report.schema("Minimum value is 0.0", &fields.at(key));
        } else if percentage > 100.0 {
            report.schema("Maximum value is 100.0", &fields.at(key));
        }
    }
}

fn items(fields: &Fields<'_>, report: &mut Report) {
    match fields.language {
        QueryLanguage::JsonPath => {
            paths::reference(fields, "ItemsPath", report);
        }
        QueryLanguage::Jsonata => {
            template::jsonata(fields, "Items", report);
        }
    }
    template::either(fields, "ItemSelector", report);
    for key in ["ItemReader", "ItemBatcher", "ResultWriter"] {
        if let Some(value) = fields.get(key)
            && Fields::of(value, fields.at(key), fields.language, report).is_some()
        {
            template::either(fields, key, report);
        }
    }
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
