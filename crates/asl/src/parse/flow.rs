//! The document and its flows.

use super::fields::{Allowed, BOTH, Fields};
use super::report::{Report, quote};
use super::variables::{self, Assigned};
use super::{graph, paths, state};
use crate::Code;
use crate::ast::{Definition, Flow, FlowId, QueryLanguage, State, StateId};
use std::collections::HashSet;
use std::sync::Arc;
use stepwell_json::Object;

const MACHINE: &[Allowed] = &[("Version", BOTH), ("TimeoutSeconds", BOTH), ("QueryLanguage", BOTH)];

/// The fields of every flow.
pub(super) const FLOW: &[Allowed] = &[("Comment", BOTH), ("StartAt", BOTH), ("States", BOTH)];

/// What the whole document shares.
#[derive(Default)]
pub(super) struct Document {
    pub(super) report: Report,
    /// By id; none while a flow is being read, and for good when it has an error.
    pub(super) flows: Vec<Option<Flow>>,
    names: HashSet<Arc<str>>,
    /// `Label` of Map states.
    pub(super) labels: HashSet<Arc<str>>,
    /// Assignments of variables, in whatever flows.
    pub(super) assigned: Vec<Assigned>,
    /// The machine's.
    pub(super) language: QueryLanguage,
}

/// The flow around a state: what its transitions may lead to, and those seen.
pub(super) struct Scope<'a> {
    pub(super) flow: FlowId,
    states: &'a Object,
    /// Where the states lead to, by state.
    edges: Vec<Vec<StateId>>,
    /// What the states assign.
    pub(super) assigned: Vec<Assigned>,
}

impl Scope<'_> {
    /// The state that is being read.
    pub(super) fn state(&self) -> StateId {
        let states = u32::try_from(self.edges.len()).unwrap_or(u32::MAX);
        StateId(states.saturating_sub(1))
    }

    /// The state that the field `key` names.
    pub(super) fn target(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        report: &mut Report,
    ) -> Option<StateId> {
        let name = fields.text(key, report)?;
        let target = state_id(self.states, &name);
        match target {
            Some(target) => self.edges.last_mut()?.push(target),
            None => {
                let message = format!("Missing 'Next' target: {}", quote(&name));
                report.error(Code::MissingTransitionTarget, message, &fields.at(key));
            }
        }
        target
    }
}

fn state_id(states: &Object, name: &str) -> Option<StateId> {
    u32::try_from(states.get_index_of(name)?).ok().map(StateId)
}

/// The whole document.
pub(super) fn machine(fields: &Fields<'_>, document: &mut Document) -> Option<Definition> {
    let report = &mut document.report;
    fields.only(&[FLOW, MACHINE], report);
    let language = match fields.one_of("QueryLanguage", &["JSONPath", "JSONata"], report) {
        Some(1) => QueryLanguage::Jsonata,
        _ => QueryLanguage::JsonPath,
    };
    fields.one_of("Version", &["1.0"], report);
    let version = fields.get("Version").and_then(|version| version.as_str()).map(Arc::from);
    let timeout_seconds = fields.integer("TimeoutSeconds", 1..=paths::MAX_SECONDS, report);
    document.language = language;
    flow(fields, None, document);
    variables::check_scopes(document);
    if document.report.failed() {
        return None;
    }
    Some(Definition {
        comment: fields.comment(&mut document.report),
        version,
        query_language: language,
        timeout_seconds,
        flows: std::mem::take(&mut document.flows).into_iter().collect::<Option<_>>()?,
    })
}

/// A flow with all that is nested in it.
pub(super) fn flow(
    fields: &Fields<'_>,
    parent: Option<(FlowId, StateId)>,
    document: &mut Document,
) -> FlowId {
    let slot = document.flows.len();
    // A definition has at most a million characters.
    let id = FlowId(u32::try_from(slot).unwrap_or(u32::MAX));
    document.flows.push(None);
    fields.require(&["States", "StartAt"], &mut document.report);
    let comment = fields.comment(&mut document.report);
    let start = fields.text("StartAt", &mut document.report);
    let place = fields.at("States");
    let states = fields
        .get("States")
        .and_then(|states| Fields::of(states, place, document.language, &mut document.report));
    let Some(states) = states else { return id };
    if states.object.is_empty() {
        document.report.schema("Value cannot be empty", &fields.at("States"));
        return id;
    }
    let start_at = start.as_deref().and_then(|start| state_id(states.object, start));
    if let (Some(start), None) = (&start, start_at) {
        let message = format!("Missing 'StartAt' target: {}", quote(start));
        document.report.error(Code::MissingTransitionTarget, message, &fields.at("StartAt"));
    }
    let mut scope =
        Scope { flow: id, states: states.object, edges: Vec::new(), assigned: Vec::new() };
    let read = all_states(&states, &mut scope, document);
    document.assigned.append(&mut scope.assigned);
    graph::check(&states, start_at, &scope.edges, &mut document.report);
    if let (Some(start_at), Some(states)) = (start_at, read) {
        let location = fields.place.to_string().into();
        let flow = Flow { id, parent, comment, start_at, location, states };
        document.flows[slot] = Some(flow);
    }
    id
}

fn all_states(
    states: &Fields<'_>,
    scope: &mut Scope<'_>,
    document: &mut Document,
) -> Option<Vec<State>> {
    let mut read = Vec::with_capacity(states.object.len());
    for (position, (name, value)) in states.object.iter().enumerate() {
        let place = states.place.state(name, position);
        let report = &mut document.report;
        if name.is_empty() {
            report.error(Code::InvalidStateName, "The name of a state cannot be empty", &place);
        } else if name.chars().nth(80).is_some() {
            let message = format!(
                "The state name '{}' exceeds the 80-character limit allowed by the service",
                quote(name)
            );
            report.error(Code::InvalidStateName, message, &place);
        }
        if !document.names.insert(Arc::clone(name)) {
            let message = format!("Duplicate State name: {}", quote(name));
            report.error(Code::DuplicateStateName, message, &place);
        }
        scope.edges.push(Vec::new());
        let id = StateId(u32::try_from(position).unwrap_or(u32::MAX));
        read.push(state::state(id, name, value, place, scope, document));
    }
    read.into_iter().collect()
}
