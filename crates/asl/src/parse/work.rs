//! The types that have work done: Task, Parallel, Map.

use super::fields::{Allowed, BOTH, Fields, JSONATA, PATHS};
use super::flow::{Document, FLOW, Scope, flow};
use super::paths::{self, MAX_SECONDS};
use super::report::Report;
use super::state::transition;
use super::{jsonata, map, resource, template};
use crate::ast::{Parallel, Quantity, QueryLanguage, StateId, StateKind, Task, Text};

/// The fields of all three types.
pub(super) const WORK: &[Allowed] = &[
    ("Parameters", PATHS),
    ("ResultSelector", PATHS),
    ("ResultPath", PATHS),
    ("Retry", BOTH),
    ("Catch", BOTH),
];

pub(super) const TASK: &[Allowed] = &[
    ("Resource", BOTH),
    ("Arguments", JSONATA),
    ("TimeoutSeconds", BOTH),
    ("TimeoutSecondsPath", PATHS),
    ("HeartbeatSeconds", BOTH),
    ("HeartbeatSecondsPath", PATHS),
    ("Credentials", BOTH),
];

pub(super) const PARALLEL: &[Allowed] = &[("Branches", BOTH), ("Arguments", JSONATA)];

pub(super) use map::{FIELDS as MAP, map};

pub(super) fn task(
    fields: &Fields<'_>,
    scope: &mut Scope<'_>,
    report: &mut Report,
) -> Option<StateKind> {
    fields.require(&["Resource"], report);
    let resource = resource::resource(fields, report);
    let range = 1..=MAX_SECONDS;
    let timeout =
        paths::quantity(fields, "TimeoutSeconds", "TimeoutSecondsPath", range.clone(), report);
    let heartbeat =
        paths::quantity(fields, "HeartbeatSeconds", "HeartbeatSecondsPath", range, report);
    if let (Some(Quantity::Literal(timeout)), Some(Quantity::Literal(heartbeat))) =
        (&timeout, &heartbeat)
        && heartbeat >= timeout
    {
        report.schema(
            "The value of 'HeartbeatSeconds' must be less than that of 'TimeoutSeconds'",
            &fields.at("HeartbeatSeconds"),
        );
    }
    let role_arn = role_arn(fields, report);
    let transition = transition(fields, scope, report)?;
    Some(StateKind::Task(Task { resource: resource?, timeout, heartbeat, role_arn, transition }))
}

/// The role of `Credentials`. Other members are let pass (recorded).
fn role_arn(fields: &Fields<'_>, report: &mut Report) -> Option<Text> {
    let (key, path_key) = ("RoleArn", "RoleArn.$");
    let place = fields.at("Credentials");
    let credentials = Fields::of(fields.get("Credentials")?, place, fields.language, report)?;
    let takes_paths = fields.language == QueryLanguage::JsonPath;
    if takes_paths && credentials.has(path_key) {
        credentials.at_most_one(&[key, path_key], report);
        let found = credentials.text(path_key, report).and_then(|text| template::found(&text));
        if found.is_none() {
            template::report_unreadable(path_key, &credentials.place, report);
        }
        return found;
    }
    if !credentials.has(key) {
        report.schema("The field 'RoleArn' is required but was missing", &credentials.place);
    }
    if let Some(expression) = jsonata::field(&credentials, key, report) {
        return expression.map(Text::Expression);
    }
    let text = credentials.text(key, report)?;
    if !takes_paths {
        jsonata::check_marks(&text, &credentials.at(key), report);
    }
    Some(Text::Literal(text))
}

pub(super) fn parallel(
    fields: &Fields<'_>,
    id: StateId,
    scope: &mut Scope<'_>,
    document: &mut Document,
) -> Option<StateKind> {
    fields.require(&["Branches"], &mut document.report);
    let elements = fields.some_elements("Branches", &mut document.report).unwrap_or_default();
    let place = fields.at("Branches");
    let mut branches = Vec::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let place = place.element(index);
        let branch = Fields::of(element, place, document.language, &mut document.report);
        if let Some(branch) = branch {
            branch.only(&[FLOW], &mut document.report);
            branches.push(flow(&branch, Some((scope.flow, id)), document));
        }
    }
    let transition = transition(fields, scope, &mut document.report)?;
    Some(StateKind::Parallel(Parallel { branches, transition }))
}
