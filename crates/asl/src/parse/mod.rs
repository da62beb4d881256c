//! From text to definition: every finding of a definition at once, in document order.
//!
//! One walk over the document reads it, checks it and builds the tree. A reader reports what is
//! wrong where it looks, and goes on; whether there is a definition is decided at the end.

mod choice;
mod distributed;
mod errors;
mod fields;
mod flow;
mod graph;
mod intrinsic;
mod jsonata;
mod map;
mod order;
mod paths;
mod report;
mod resource;
mod state;
mod template;
mod variables;
mod work;

use crate::ast::QueryLanguage;
use crate::{Code, Definition, Finding, Severity};
use fields::Fields;
use flow::Document;
use report::Place;

/// What a text turned out to be.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The definition; none when there is an error among the findings.
    pub definition: Option<Definition>,
    /// In document order, an outer value before what it holds; findings without a place come
    /// last. At most 1,000.
    pub findings: Vec<Finding>,
}

/// Reads a definition of today's language.
///
/// Arrays and objects may nest up to [`stepwell_json::MAX_DEPTH`] deep; beyond that there is one
/// finding, [`Code::TooDeeplyNested`]. Takes time in proportion to the text.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let value = match read(text) {
        Ok(value) => value,
        Err(finding) => return Parsed { definition: None, findings: vec![finding] },
    };
    let mut document = Document::default();
    let fields = Fields::of(&value, Place::ROOT, QueryLanguage::JsonPath, &mut document.report);
    let definition = fields.and_then(|fields| flow::machine(&fields, &mut document));
    let definition = definition.filter(|_| !document.report.failed());
    Parsed { definition, findings: document.report.into_findings() }
}

/// Reads a definition that is about to be executed: warnings are left out.
///
/// # Errors
/// The errors of [`parse`]; never empty.
pub fn executable(text: &str) -> Result<Definition, Vec<Finding>> {
    let Parsed { definition, mut findings } = parse(text);
    definition.ok_or_else(|| {
        findings.retain(|finding| finding.severity == Severity::Error);
        findings
    })
}

/// The text as a JSON object.
fn read(text: &str) -> Result<stepwell_json::Value, Finding> {
    let whole = |code, message: String, location| Finding {
        severity: Severity::Error,
        code,
        message,
        location,
    };
    let no_object = || {
        let message = "Definition must be a valid JSON object".to_owned();
        whole(Code::SchemaValidationFailed, message, None)
    };
    if text.trim().is_empty() {
        return Err(no_object());
    }
    let value = stepwell_json::parse(text).map_err(|error| {
        let code =
            if error.is_too_deep() { Code::TooDeeplyNested } else { Code::InvalidJsonDescription };
        let location = format!("[line: {}, column: {}]", error.line, error.column);
        whole(code, error.message, Some(location))
    })?;
    if value.as_object().is_some() { Ok(value) } else { Err(no_object()) }
}
