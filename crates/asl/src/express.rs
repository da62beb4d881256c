//! What a state machine of type EXPRESS may not use.

use crate::ast::{CallPattern, Definition, Resource, StateKind};
use crate::{Code, Finding};

/// Every use of what Express state machines lack: activities, and calls that wait for the end of
/// a job or for a callback. In flow order, with the texts of the service.
#[must_use]
pub fn unsupported_in_express(definition: &Definition) -> Vec<Finding> {
    let mut findings = Vec::new();
    for flow in definition.flows() {
        for state in flow.states() {
            let StateKind::Task(task) = &state.kind else { continue };
            if let Some(what) = unsupported(&task.resource) {
                let message = format!("Express state machine does not support {what}");
                let location = format!("{}/Resource", flow.location_of(state));
                findings.push(Finding::error(Code::SchemaValidationFailed, message, location));
            }
        }
    }
    findings
}

/// The space at the end is the service's (recorded).
fn unsupported(resource: &Resource) -> Option<&'static str> {
    match resource {
        Resource::Activity(_) => Some("Activity ARN"),
        Resource::Function(_) => None,
        Resource::Integration(integration) => match integration.pattern {
            CallPattern::RequestResponse => None,
            CallPattern::Sync | CallPattern::Sync2 => Some("'.sync' service integration "),
            CallPattern::WaitForTaskToken => Some("'.waitForTaskToken' service integration "),
        },
    }
}
