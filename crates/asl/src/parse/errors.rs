//! `Retry` and `Catch`.

use super::fields::{Allowed, BOTH, Fields, JSONATA, PATHS, shared_text};
use super::flow::Scope;
use super::jsonata::{self, Offers};
use super::paths::{self, MAX_SECONDS};
use super::report::Report;
use super::variables;
use crate::ast::{Catcher, JitterStrategy, Retrier};
use std::sync::Arc;

const RETRIER: &[Allowed] = &[
    ("Comment", BOTH),
    ("ErrorEquals", BOTH),
    ("IntervalSeconds", BOTH),
    ("MaxAttempts", BOTH),
    ("BackoffRate", BOTH),
    ("MaxDelaySeconds", BOTH),
    ("JitterStrategy", BOTH),
];

const CATCHER: &[Allowed] = &[
    ("Comment", BOTH),
    ("ErrorEquals", BOTH),
    ("Next", BOTH),
    ("ResultPath", PATHS),
    ("Assign", BOTH),
    ("Output", JSONATA),
];

/// A year and a day, as the service has it.
const MAX_DELAY_SECONDS: u32 = 31_622_399;

/// `Retry`
pub(super) fn retriers(state: &Fields<'_>, report: &mut Report) -> Vec<Retrier> {
    each(state, "Retry", report, |fields, last, report| {
        fields.only(&[RETRIER], report);
        let interval = fields.integer("IntervalSeconds", 1..=MAX_SECONDS, report);
        let max_delay = fields.integer("MaxDelaySeconds", 1..=MAX_DELAY_SECONDS, report);
        if let (interval, Some(max_delay)) = (interval.unwrap_or(1), max_delay)
            && max_delay < interval
        {
            report.schema(
                "The value of 'MaxDelaySeconds' must not be less than that of 'IntervalSeconds'",
                &fields.at("MaxDelaySeconds"),
            );
        }
        let backoff_rate = fields.number("BackoffRate", report).unwrap_or(2.0);
        if backoff_rate < 1.0 {
            report.schema("Minimum value is 1.0", &fields.at("BackoffRate"));
        }
        let jitter = fields.one_of("JitterStrategy", &["NONE", "FULL"], report);
        let max_attempts = fields.integer("MaxAttempts", 0..=MAX_SECONDS, report).unwrap_or(3);
        Some(Retrier {
            comment: fields.comment(report),
            error_equals: error_equals(fields, last, report)?,
            interval_seconds: interval.unwrap_or(1),
            max_attempts,
            backoff_rate,
            max_delay_seconds: max_delay,
            jitter_strategy: match jitter {
                Some(1) => JitterStrategy::Full,
                _ => JitterStrategy::None,
            },
        })
    })
}

/// `Catch`
pub(super) fn catchers(
    state: &Fields<'_>,
    scope: &mut Scope<'_>,
    report: &mut Report,
) -> Vec<Catcher> {
    each(state, "Catch", report, |fields, last, report| {
        fields.only(&[CATCHER], report);
        let error_equals = error_equals(fields, last, report);
        fields.require(&["Next"], report);
        let next = scope.target(fields, "Next", report);
        Some(Catcher {
            comment: fields.comment(report),
            result_path: paths::result(fields, report),
            assign: variables::assign(fields, Offers::ErrorOutput, scope, report),
            output: jsonata::template(fields, "Output", Offers::ErrorOutput, report),
            error_equals: error_equals?,
            next: next?,
        })
    })
}

/// Whether an element of `Retry` or `Catch` has others after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Last,
    Followed,
}

fn each<T>(
    state: &Fields<'_>,
    key: &str,
    report: &mut Report,
    mut read: impl FnMut(&Fields<'_>, Order, &mut Report) -> Option<T>,
) -> Vec<T> {
    let elements = state.elements(key, report).unwrap_or_default();
    let place = state.at(key);
    let mut found = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let order = if index + 1 == elements.len() { Order::Last } else { Order::Followed };
        let place = place.element(index);
        if let Some(fields) = Fields::of(element, place, state.language, report) {
            found.extend(read(&fields, order, report));
        }
    }
    found
}

/// `ErrorEquals`, with `States.ALL` alone and last.
fn error_equals(fields: &Fields<'_>, order: Order, report: &mut Report) -> Option<Vec<Arc<str>>> {
    let key = "ErrorEquals";
    fields.require(&[key], report);
    let elements = fields.some_elements(key, report)?;
    let place = fields.at(key);
    let mut names = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let place = place.element(index);
        match shared_text(element) {
            None => report.schema("Expected value of type String", &place),
            Some(name) => {
                if &*name == "States.ALL" && (elements.len() > 1 || order == Order::Followed) {
                    report.schema("States.ALL must appear alone and at end of list", &place);
                }
                names.push(name);
            }
        }
    }
    Some(names)
}
