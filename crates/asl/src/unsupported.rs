//! What the engine can't execute yet. Each construct that gets its evaluation leaves this list.

use crate::ast::{Definition, Flow, Map, Resource, State, StateKind, Task};
use crate::{Code, Finding};

/// Every construct of `definition` that the engine can't execute, with its place, flow by flow.
#[must_use]
pub fn unsupported(definition: &Definition) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    for flow in definition.flows() {
        flow.states().iter().for_each(|state| findings.state(flow, state));
    }
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, what: &str, location: String) {
        let message = format!("{what} is not supported by this version");
        self.0.push(Finding::error(Code::SchemaValidationFailed, message, location));
    }

    fn state(&mut self, flow: &Flow, state: &State) {
        let place = flow.location_of(state);
        match &state.kind {
            StateKind::Task(task) => self.task(task, &place),
            StateKind::Map(map) => self.map(map, &place),
            StateKind::Pass(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed
            | StateKind::Fail(_)
            | StateKind::Parallel(_) => {}
        }
    }

    fn map(&mut self, map: &Map, place: &str) {
        if map.is_distributed() {
            self.add("The processor mode 'DISTRIBUTED'", format!("{place}/ItemProcessor"));
        }
        for field in ["ItemReader", "ItemBatcher", "ResultWriter"] {
            if map.fields.contains_key(field) {
                self.add(&format!("The field '{field}'"), format!("{place}/{field}"));
            }
        }
    }

    fn task(&mut self, task: &Task, place: &str) {
        if let Resource::Integration(integration) = &task.resource
            && (&*integration.service, &*integration.action) != ("lambda", "invoke")
        {
            self.add(&format!("The resource '{}'", integration.arn), format!("{place}/Resource"));
        }
        if task.credentials.is_some() {
            self.add("The field 'Credentials'", format!("{place}/Credentials"));
        }
    }
}
