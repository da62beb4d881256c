//! `Assign`: the names of variables, and in which flows they are assigned.

use super::fields::Fields;
use super::flow::{Document, Scope};
use super::jsonata::{self, Offers};
use super::report::{Report, quote};
use super::template;
use crate::Code;
use crate::ast::{Assign, Flow, FlowId, QueryLanguage, StateId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// An assignment as it was read.
pub(super) struct Assigned {
    flow: FlowId,
    state: StateId,
    name: Arc<str>,
    /// Where it stands among the places of the document.
    order: Vec<usize>,
    location: String,
}

/// `Assign`, whose expressions see what `offers` says.
pub(super) fn assign(
    fields: &Fields<'_>,
    offers: Offers,
    scope: &mut Scope<'_>,
    report: &mut Report,
) -> Option<Assign> {
    let key = "Assign";
    let value = fields.get(key)?;
    let place = fields.at(key);
    let Some(variables) = value.as_object() else {
        report.schema("Expected value of type Object", &place);
        return None;
    };
    for (position, key) in variables.keys().enumerate() {
        let place = place.member(key, position);
        let name = match fields.language {
            QueryLanguage::JsonPath => key.strip_suffix(".$").unwrap_or(key),
            QueryLanguage::Jsonata => key,
        };
        if name == "states" {
            let message = "Cannot assign to reserved variable '$states'.";
            report.error(Code::ReservedVariableName, message, &place);
        } else if is_name(name) {
            let (order, location) = (place.order(), place.to_string());
            let (flow, state) = (scope.flow, scope.state());
            scope.assigned.push(Assigned { flow, state, name: name.into(), order, location });
        } else {
            let name = quote(name);
            let message = format!(
                "Invalid variable name '{name}': the variable name contains invalid characters."
            );
            report.error(Code::InvalidVariableName, message, &place);
        }
    }
    match fields.language {
        QueryLanguage::JsonPath => template::payload(fields, key, report).map(Assign::Template),
        QueryLanguage::Jsonata => {
            jsonata::template(fields, key, offers, report).map(Assign::Expressions)
        }
    }
}

fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|c| c.is_alphanumeric() || c == '_')
        && name.chars().count() <= 80
}

/// Reports assignments to variables that a flow around theirs assigns (States Language,
/// "Variable scope"). What the Parallel or Map state around them assigns itself does not count:
/// it does so when they are over (recorded).
pub(super) fn check_scopes(document: &mut Document) {
    let mut states: HashMap<(FlowId, &str), HashSet<StateId>> = HashMap::new();
    for Assigned { flow, state, name, .. } in &document.assigned {
        states.entry((*flow, name)).or_default().insert(*state);
    }
    let parent = |flow: FlowId| {
        let flow: Option<&Flow> = document.flows.get(flow.0 as usize)?.as_ref();
        flow?.parent
    };
    let mut shadowing = Vec::new();
    for assigned in &document.assigned {
        let mut outer = parent(assigned.flow);
        while let Some((flow, state)) = outer {
            let others = states.get(&(flow, &*assigned.name));
            if others.is_some_and(|states| states.len() > 1 || !states.contains(&state)) {
                shadowing.push(assigned);
                break;
            }
            outer = parent(flow);
        }
    }
    for Assigned { name, order, location, .. } in shadowing {
        let message = format!("Cannot assign to variable '{name}' of an outer scope");
        document.report.schema_at(message, order.clone(), location.clone());
    }
}
