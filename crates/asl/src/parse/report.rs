//! Findings as they are made, and the places they are made at.

use crate::{Code, Finding, Severity};
use std::fmt::{self, Display, Formatter};

/// How many findings are kept; a definition with more has one cause, told often enough.
pub(crate) const MAX_FINDINGS: usize = 1000;

/// The longest part of the document that a message or a place quotes, in characters.
const MAX_QUOTE: usize = 80;

/// A value in the document. Lives on the stack of whoever looks at the value; only a finding
/// makes a text of it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
    /// Where the value stands among its siblings.
    position: usize,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Member(&'a str),
    /// A member of `States`.
    State(&'a str),
    Element,
}

impl<'a> Place<'a> {
    pub(super) const ROOT: Place<'static> = Place { parent: None, step: Step::Root, position: 0 };

    pub(super) fn member(&'a self, key: &'a str, position: usize) -> Place<'a> {
        Place { parent: Some(self), step: Step::Member(key), position }
    }

    /// The state `name` of this `States`.
    pub(super) fn state(&'a self, name: &'a str, position: usize) -> Place<'a> {
        Place { parent: Some(self), step: Step::State(name), position }
    }

    /// The place as the state that holds it counts: `Choices[0]/Output/a`.
    pub(super) fn in_state(&self) -> String {
        let mut out = match (self.parent, self.step) {
            (Some(parent), Step::Member(_) | Step::Element) => parent.in_state(),
            _ => return String::new(),
        };
        match self.step {
            Step::Member(key) if out.is_empty() => out.push_str(key),
            Step::Member(key) => out.extend(["/", key]),
            _ => out.push_str(&format!("[{}]", self.position)),
        }
        out
    }

    pub(super) fn element(&'a self, index: usize) -> Place<'a> {
        Place { parent: Some(self), step: Step::Element, position: index }
    }

    /// Positions from the root down: sorts places by document order, outer before inner.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order = self.parent.map_or_else(Vec::new, Place::order);
        if self.parent.is_some() {
            order.push(self.position);
        }
        order
    }

    fn write(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else { return Ok(()) };
        parent.write(out)?;
        match self.step {
            Step::Root => Ok(()),
            Step::Member(key) | Step::State(key) => write!(out, "/{}", quote(key)),
            Step::Element => write!(out, "[{}]", self.position),
        }
    }
}

/// As the service prints places: `/`, `/States/Pay/Catch[0]/Next`.
impl Display for Place<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        if self.parent.is_none() { out.write_str("/") } else { self.write(out) }
    }
}

/// `text`, cut where it is long.
pub(super) fn quote(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The findings so far.
#[derive(Default)]
pub(super) struct Report {
    findings: Vec<(Vec<usize>, Finding)>,
    failed: bool,
}

impl Report {
    pub(super) fn error(&mut self, code: Code, message: impl Into<String>, place: &Place<'_>) {
        self.add(place.order(), Finding::error(code, message, place.to_string()));
    }

    /// A [`Code::SchemaValidationFailed`].
    pub(super) fn schema(&mut self, message: impl Into<String>, place: &Place<'_>) {
        self.error(Code::SchemaValidationFailed, message, place);
    }

    /// As [`Report::schema`], at a place that is told by its order and its text.
    pub(super) fn schema_at(&mut self, message: String, order: Vec<usize>, location: String) {
        self.add(order, Finding::error(Code::SchemaValidationFailed, message, location));
    }

    pub(super) fn warning(&mut self, code: Code, message: impl Into<String>, place: &Place<'_>) {
        let finding = Finding::error(code, message, place.to_string());
        self.add(place.order(), Finding { severity: Severity::Warning, ..finding });
    }

    /// An error that concerns the document as a whole; comes after those that have a place.
    pub(super) fn error_overall(&mut self, code: Code, message: impl Into<String>) {
        let finding = Finding::error(code, message, "");
        self.add(vec![usize::MAX], Finding { location: None, ..finding });
    }

    fn add(&mut self, order: Vec<usize>, finding: Finding) {
        self.failed |= finding.severity == Severity::Error;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push((order, finding));
        }
    }

    /// Whether there is an error among the findings.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// The findings in document order; those at one place as they were made.
    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        self.findings.sort_by(|(one, _), (two, _)| one.cmp(two));
        self.findings.into_iter().map(|(_, finding)| finding).collect()
    }
}
