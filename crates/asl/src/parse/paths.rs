//! Fields that hold paths.

use super::fields::Fields;
use super::jsonata;
use super::report::{Place, Report};
use crate::ast::{DataPath, Quantity, QueryLanguage};
use std::ops::RangeInclusive;
use stepwell_json::Value;
use stepwell_jsonpath::{Path, Root};

/// The longest time that a definition may write, in seconds.
pub(super) const MAX_SECONDS: u32 = 99_999_999;

/// A field of any path.
pub(super) fn any(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<Path> {
    let path = Path::parse(&fields.text(key, report)?);
    if path.is_err() {
        report.schema("Value must be a valid JSONPath.", &fields.at(key));
    }
    path.ok()
}

/// A field of a reference path, from whatever root.
pub(super) fn reference(fields: &Fields<'_>, key: &str, report: &mut Report) -> Option<Path> {
    let text = fields.text(key, report)?;
    reference_text(&text, &fields.at(key), report)
}

fn reference_text(text: &str, place: &Place<'_>, report: &mut Report) -> Option<Path> {
    if !text.starts_with('$') {
        let reason = "Reference path didn't start with '$'";
        report.schema(format!("Value is not a Reference Path: {reason}"), place);
        return None;
    }
    let path = Path::parse(text).ok().filter(Path::is_reference);
    if path.is_none() {
        report.schema("Value is not a Reference Path", place);
    }
    path
}

/// `InputPath`, `OutputPath`
pub(super) fn data(fields: &Fields<'_>, key: &str, report: &mut Report) -> DataPath {
    match fields.get(key) {
        Some(Value::Null) => DataPath::Nothing,
        Some(_) => any(fields, key, report).map_or(DataPath::Whole, data_path),
        None => DataPath::Whole,
    }
}

/// `ResultPath`
pub(super) fn result(fields: &Fields<'_>, report: &mut Report) -> DataPath {
    let key = "ResultPath";
    match fields.get(key) {
        None => return DataPath::Whole,
        Some(Value::Null) => return DataPath::Nothing,
        Some(_) => {}
    }
    let Some(path) = reference(fields, key, report) else { return DataPath::Whole };
    if *path.root() != Root::Input {
        report.schema("Value is not a Reference Path", &fields.at(key));
    }
    data_path(path)
}

fn data_path(path: Path) -> DataPath {
    if path.text().trim() == "$" { DataPath::Whole } else { DataPath::At(path) }
}

/// A whole number: `key` as a literal or an expression, or `path_key`.
pub(super) fn quantity(
    fields: &Fields<'_>,
    key: &str,
    path_key: &str,
    range: RangeInclusive<u32>,
    report: &mut Report,
) -> Option<Quantity> {
    fields.at_most_one(&[key, path_key], report);
    if fields.language == QueryLanguage::JsonPath && fields.has(path_key) {
        return reference(fields, path_key, report).map(Quantity::Path);
    }
    match jsonata::field(fields, key, report) {
        Some(expression) => expression.map(Quantity::Expression),
        None => fields.integer(key, range, report).map(Quantity::Literal),
    }
}
