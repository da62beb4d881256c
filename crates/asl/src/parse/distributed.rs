//! The fields that only a distributed Map state has: where its items come from, how they are put
//! together, where its results go.

use super::fields::{Allowed, BOTH, Fields, JSONATA, PATHS};
use super::report::Report;
use super::{jsonata, paths, resource, template};
use crate::ast::QueryLanguage;
use stepwell_json::Value;

/// `Mode` of `ProcessorConfig`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Iterations are part of the execution.
    Inline,
    /// Iterations are executions of their own.
    Distributed,
}

const CALL: &[Allowed] = &[("Resource", BOTH), ("Parameters", PATHS), ("Arguments", JSONATA)];
const READER: &[Allowed] = &[("ReaderConfig", BOTH)];
const READER_CONFIG: &[Allowed] = &[
    ("InputType", BOTH),
    ("CSVHeaderLocation", BOTH),
    ("CSVHeaders", BOTH),
    ("CSVDelimiter", BOTH),
    ("ManifestType", BOTH),
    ("ItemsPointer", BOTH),
    ("Transformation", BOTH),
    ("MaxItems", BOTH),
    ("MaxItemsPath", PATHS),
];
const BATCHER: &[Allowed] = &[
    ("MaxItemsPerBatch", BOTH),
    ("MaxItemsPerBatchPath", PATHS),
    ("MaxInputBytesPerBatch", BOTH),
    ("MaxInputBytesPerBatchPath", PATHS),
    ("BatchInput", BOTH),
];
const WRITER: &[Allowed] = &[("WriterConfig", BOTH)];
const WRITER_CONFIG: &[Allowed] = &[("OutputType", BOTH), ("Transformation", BOTH)];

const INPUT_TYPES: &[&str] = &["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"];
const DELIMITERS: &[&str] = &["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"];

/// Most items that an `ItemReader` hands on.
const MAX_ITEMS: u32 = 100_000_000;
/// Most bytes of a batch.
const MAX_BATCH_BYTES: u32 = 262_144;

/// Checks `ItemReader`, `ItemBatcher` and `ResultWriter` of a Map state.
pub(super) fn check(fields: &Fields<'_>, mode: Mode, report: &mut Report) {
    type Check = fn(&Fields<'_>, &mut Report);
    let all: [(&str, Check); 3] =
        [("ItemReader", reader), ("ItemBatcher", batcher), ("ResultWriter", writer)];
    for (key, check) in all {
        let Some(value) = fields.get(key) else { continue };
        let Some(inner) = Fields::of(value, fields.at(key), fields.language, report) else {
            continue;
        };
        if mode == Mode::Inline {
            report.schema(format!("Field '{key}' is not supported"), &fields.place);
        }
        check(&inner, report);
    }
}

fn reader(fields: &Fields<'_>, report: &mut Report) {
    fields.only(&[CALL, READER], report);
    fields.require(&["Resource"], report);
    let call = call(fields, &["getObject", "listObjectsV2"], report);
    let key = "ReaderConfig";
    let Some(value) = fields.get(key) else {
        if call == Some(0) {
            fields.require(&[key], report);
        }
        return;
    };
    let Some(config) = Fields::of(value, fields.at(key), fields.language, report) else { return };
    config.only(&[READER_CONFIG], report);
    if call == Some(0) {
        config.require(&["InputType"], report);
    }
    config.one_of("InputType", INPUT_TYPES, report);
    config.one_of("CSVDelimiter", DELIMITERS, report);
    config.one_of("ManifestType", &["S3_INVENTORY", "ATHENA_DATA"], report);
    config.one_of("Transformation", &["NONE", "LOAD_AND_FLATTEN"], report);
    config.text("ItemsPointer", report);
    paths::quantity(&config, "MaxItems", "MaxItemsPath", 1..=MAX_ITEMS, report);
    headers(&config, report);
}

/// `CSVHeaders` stand where `CSVHeaderLocation` says that they are given.
fn headers(config: &Fields<'_>, report: &mut Report) {
    let location = config.one_of("CSVHeaderLocation", &["FIRST_ROW", "GIVEN"], report);
    if location == Some(1) {
        config.require(&["CSVHeaders"], report);
    } else if config.get("InputType").and_then(Value::as_str) == Some("CSV") {
        config.require(&["CSVHeaderLocation"], report);
    }
    let place = config.at("CSVHeaders");
    for (index, header) in config.elements("CSVHeaders", report).into_iter().flatten().enumerate() {
        if header.as_str().is_none() {
            report.schema("Expected value of type String", &place.element(index));
        }
    }
}

fn batcher(fields: &Fields<'_>, report: &mut Report) {
    fields.only(&[BATCHER], report);
    let bounds = BATCHER.iter().map(|(key, _)| *key).filter(|key| *key != "BatchInput");
    if !bounds.clone().any(|key| fields.has(key)) {
        let bounds = bounds.collect::<Vec<_>>().join(", ");
        let message =
            format!("This object should have at least one of the following fields: [{bounds}]");
        report.schema(message, &fields.place);
    }
    paths::quantity(fields, "MaxItemsPerBatch", "MaxItemsPerBatchPath", 1..=u32::MAX, report);
    let (key, path_key) = ("MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath");
    paths::quantity(fields, key, path_key, 1..=MAX_BATCH_BYTES, report);
    template::either(fields, "BatchInput", report);
}

fn writer(fields: &Fields<'_>, report: &mut Report) {
    fields.only(&[CALL, WRITER], report);
    // A configuration alone shapes the results and keeps them in the execution.
    let key = "WriterConfig";
    if !fields.has(key) {
        fields.require(&["Resource"], report);
    }
    call(fields, &["putObject"], report);
    let Some(value) = fields.get(key) else { return };
    let Some(config) = Fields::of(value, fields.at(key), fields.language, report) else { return };
    config.only(&[WRITER_CONFIG], report);
    config.one_of("OutputType", &["JSON", "JSONL"], report);
    config.one_of("Transformation", &["NONE", "COMPACT", "FLATTEN"], report);
}

/// A call of S3: which of `actions`, as its index.
fn call(fields: &Fields<'_>, actions: &[&str], report: &mut Report) -> Option<usize> {
    match fields.language {
        QueryLanguage::JsonPath => {
            template::payload(fields, "Parameters", report);
        }
        QueryLanguage::Jsonata => {
            jsonata::template(fields, "Arguments", jsonata::Offers::Input, report);
        }
    }
    let arn = fields.text("Resource", report)?;
    let action = arn.strip_prefix("arn:").and_then(|arn| {
        let (partition, call) = arn.split_once(":states:::s3:")?;
        partition.starts_with("aws").then_some(call)
    });
    let found = actions.iter().position(|known| Some(*known) == action);
    if found.is_none() {
        resource::report_unknown(&arn, &fields.at("Resource"), report);
    }
    found
}
