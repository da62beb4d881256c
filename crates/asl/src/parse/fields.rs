//! Reading the fields of an object, each with the finding for a value of the wrong kind.
//!
//! A getter gives none for an absent field and for one that it reported: the report decides
//! whether there is a definition, so a caller may go on with a default.

use super::report::{Place, Report, quote};
use crate::Timestamp;
use crate::ast::QueryLanguage;
use std::ops::RangeInclusive;
use std::sync::Arc;
use stepwell_json::{Object, Value};

/// The query languages in which a field exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lang {
    Both,
    Only(QueryLanguage),
}

/// A field that an object may have.
pub(super) type Allowed = (&'static str, Lang);

pub(super) const BOTH: Lang = Lang::Both;
pub(super) const PATHS: Lang = Lang::Only(QueryLanguage::JsonPath);
pub(super) const JSONATA: Lang = Lang::Only(QueryLanguage::Jsonata);

/// An object in the document.
pub(super) struct Fields<'a> {
    pub(super) object: &'a Object,
    pub(super) place: Place<'a>,
    pub(super) language: QueryLanguage,
}

impl<'a> Fields<'a> {
    /// `value` as an object.
    pub(super) fn of(
        value: &'a Value,
        place: Place<'a>,
        language: QueryLanguage,
        report: &mut Report,
    ) -> Option<Self> {
        let object = value.as_object();
        if object.is_none() {
            report.schema("Expected value of type Object", &place);
        }
        Some(Self { object: object?, place, language })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.object.contains_key(key)
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key)
    }

    /// The place of the field `key`.
    pub(super) fn at<'b>(&'b self, key: &'b str) -> Place<'b> {
        self.place.member(key, self.object.get_index_of(key).unwrap_or(usize::MAX))
    }

    /// Reports fields that the tables do not have, or not in this query language.
    pub(super) fn only(&self, tables: &[&[Allowed]], report: &mut Report) {
        let fields = || tables.iter().copied().flatten();
        self.check(|key| fields().find(|(name, _)| *name == key).map(|(_, lang)| *lang), report);
    }

    /// Reports fields for which `languages` has none, or not this query language.
    pub(super) fn check(&self, languages: impl Fn(&str) -> Option<Lang>, report: &mut Report) {
        for key in self.object.keys() {
            let field = quote(key);
            match languages(key) {
                None => report.schema(format!("Field '{field}' is not supported"), &self.place),
                Some(Lang::Only(language)) if language != self.language => report.schema(
                    format!(
                        "The QueryLanguage is set to '{}', but field '{field}' is only supported \
                         for the '{language}' QueryLanguage",
                        self.language
                    ),
                    &self.place,
                ),
                Some(_) => {}
            }
        }
    }

    /// Reports those of `keys` that are absent.
    pub(super) fn require(&self, keys: &[&str], report: &mut Report) {
        let absent: Vec<_> = keys.iter().copied().filter(|key| !self.has(key)).collect();
        if !absent.is_empty() {
            report
                .schema(format!("These fields are required: [{}]", absent.join(", ")), &self.place);
        }
    }

    /// Reports when more than one of `keys` is there.
    pub(super) fn at_most_one(&self, keys: &[&str], report: &mut Report) {
        if keys.iter().filter(|key| self.has(key)).count() > 1 {
            let keys = keys.join(", ");
            report.schema(
                format!("There should only be one of the following fields: [{keys}]"),
                &self.place,
            );
        }
    }

    /// Reports unless exactly one of `keys` is there.
    pub(super) fn exactly_one(&self, keys: &[&str], report: &mut Report) {
        if !keys.iter().any(|key| self.has(key)) {
            let keys = keys.join(", ");
            report.schema(
                format!("This object should have only one of the following fields: [{keys}]"),
                &self.place,
            );
        }
        self.at_most_one(keys, report);
    }

    fn typed<T>(
        &self,
        key: &str,
        name: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
        report: &mut Report,
    ) -> Option<T> {
        let found = read(self.get(key)?);
        if found.is_none() {
            report.schema(format!("Expected value of type {name}"), &self.at(key));
        }
        found
    }

    pub(super) fn text(&self, key: &str, report: &mut Report) -> Option<Arc<str>> {
        self.typed(key, "String", shared_text, report)
    }

    pub(super) fn boolean(&self, key: &str, report: &mut Report) -> Option<bool> {
        self.typed(key, "Boolean", Value::as_bool, report)
    }

    pub(super) fn number(&self, key: &str, report: &mut Report) -> Option<f64> {
        self.typed(key, "Number", Value::as_f64, report)
    }

    pub(super) fn elements(&self, key: &str, report: &mut Report) -> Option<&'a [Value]> {
        self.typed(key, "Array", Value::as_array, report)
    }

    /// An array that must not be empty.
    pub(super) fn some_elements(&self, key: &str, report: &mut Report) -> Option<&'a [Value]> {
        let elements = self.elements(key, report)?;
        if elements.is_empty() {
            report.schema("Value cannot be empty", &self.at(key));
            return None;
        }
        Some(elements)
    }

    /// One of `values`, as its index.
    pub(super) fn one_of(&self, key: &str, values: &[&str], report: &mut Report) -> Option<usize> {
        let text = self.text(key, report)?;
        let found = values.iter().position(|value| *value == &*text);
        if found.is_none() {
            let values = values.join(", ");
            let message = format!("Value should be one of the following: [{values}]");
            report.schema(message, &self.at(key));
        }
        found
    }

    /// A whole number within `range`.
    pub(super) fn integer(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
        report: &mut Report,
    ) -> Option<u32> {
        let integer = |value: &Value| {
            let number = value.as_number()?;
            let whole = !number.text().contains(['.', 'e', 'E']);
            whole.then(|| number.as_f64())
        };
        let value = self.typed(key, "Integer", integer, report)?;
        if value < f64::from(*range.start()) {
            report.schema(format!("Minimum value is {}", range.start()), &self.at(key));
            return None;
        }
        if value > f64::from(*range.end()) {
            report.schema(format!("Maximum value is {}", range.end()), &self.at(key));
            return None;
        }
        // Within 32 bits, so that the conversion is exact.
        Some(value as u32)
    }

    pub(super) fn timestamp(&self, key: &str, report: &mut Report) -> Option<Timestamp> {
        let timestamp = Timestamp::parse(&self.text(key, report)?);
        if timestamp.is_none() {
            report.schema("String does not match RFC3339 timestamp", &self.at(key));
        }
        timestamp
    }

    pub(super) fn comment(&self, report: &mut Report) -> Option<Arc<str>> {
        self.text("Comment", report)
    }
}

pub(super) fn shared_text(value: &Value) -> Option<Arc<str>> {
    if let Value::String(text) = value { Some(Arc::clone(text)) } else { None }
}
