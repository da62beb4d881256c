//! What the engine can't execute yet. Each construct that gets its evaluation leaves this list.

use crate::ast::{
    Catcher, ChoiceRule, Comparison, Condition, DataFlow, DataPath, Definition, Fail, Flow,
    Operand, QueryLanguage, Resource, Seconds, State, StateKind, Task, Template, Text, WaitUntil,
};
use crate::{Code, Finding};
use stepwell_jsonpath::{Path, Root};

/// Every construct of `definition` that the engine can't execute, with its place, flow by flow.
#[must_use]
pub fn unsupported(definition: &Definition) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    if definition.query_language == QueryLanguage::Jsonata {
        findings.add("The query language 'JSONata'", "/QueryLanguage".to_owned());
        return findings.0;
    }
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

    fn fields(&mut self, place: &str, fields: &[(&str, bool)]) {
        for (field, _) in fields.iter().filter(|(_, present)| *present) {
            self.add(&format!("The field '{field}'"), format!("{place}/{field}"));
        }
    }

    fn template(&mut self, template: Option<&Template>, location: String) {
        for name in template.map(Template::variables).unwrap_or_default() {
            self.add(&format!("The variable '${name}'"), location.clone());
        }
    }

    fn path(&mut self, path: &Path, location: String) {
        if let Root::Variable(name) = path.root() {
            self.add(&format!("The variable '${name}'"), location);
        }
    }

    fn state(&mut self, flow: &Flow, state: &State) {
        let outer = if &*flow.location == "/" { "" } else { &*flow.location };
        let place = format!("{outer}/States/{}", state.name);
        if state.query_language == QueryLanguage::Jsonata {
            return self.add("The query language 'JSONata'", format!("{place}/QueryLanguage"));
        }
        self.data(&state.data, &place);
        match &state.kind {
            StateKind::Task(task) => self.task(task, &place),
            StateKind::Choice(choice) => {
                for (index, rule) in choice.rules.iter().enumerate() {
                    self.rule(rule, &format!("{place}/Choices[{index}]"));
                }
            }
            StateKind::Wait(wait) => match &wait.until {
                WaitUntil::SecondsPath(path) => self.path(path, format!("{place}/SecondsPath")),
                WaitUntil::TimestampPath(path) => self.path(path, format!("{place}/TimestampPath")),
                _ => {}
            },
            StateKind::Fail(fail) => self.fail(fail, &place),
            StateKind::Map(_) => self.add("The state type 'Map'", format!("{place}/Type")),
            StateKind::Pass(_) | StateKind::Succeed | StateKind::Parallel(_) => {}
        }
        for (index, catcher) in state.catch.iter().enumerate() {
            self.catcher(catcher, &format!("{place}/Catch[{index}]"));
        }
    }

    fn data(&mut self, data: &DataFlow, place: &str) {
        for (field, path) in [("InputPath", &data.input_path), ("OutputPath", &data.output_path)] {
            if let DataPath::At(path) = path {
                self.path(path, format!("{place}/{field}"));
            }
        }
        self.template(data.parameters.as_ref(), format!("{place}/Parameters"));
        self.template(data.result_selector.as_ref(), format!("{place}/ResultSelector"));
        self.fields(
            place,
            &[
                ("Arguments", data.arguments.is_some()),
                ("Output", data.output.is_some()),
                ("Assign", data.assign.is_some()),
            ],
        );
    }

    fn task(&mut self, task: &Task, place: &str) {
        if let Resource::Integration(integration) = &task.resource {
            self.add(&format!("The resource '{}'", integration.arn), format!("{place}/Resource"));
        }
        for (field, seconds) in
            [("TimeoutSecondsPath", &task.timeout), ("HeartbeatSecondsPath", &task.heartbeat)]
        {
            if let Some(Seconds::Path(path)) = seconds {
                self.path(path, format!("{place}/{field}"));
            }
        }
        self.fields(place, &[("Credentials", task.credentials.is_some())]);
    }

    fn fail(&mut self, fail: &Fail, place: &str) {
        for (field, text) in [("ErrorPath", &fail.error), ("CausePath", &fail.cause)] {
            match text {
                Some(Text::Path(path)) => self.path(path, format!("{place}/{field}")),
                Some(Text::Call(call)) => {
                    call.each_path(&mut |path| self.path(path, format!("{place}/{field}")));
                }
                _ => {}
            }
        }
    }

    fn catcher(&mut self, catcher: &Catcher, place: &str) {
        self.fields(
            place,
            &[("Assign", catcher.assign.is_some()), ("Output", catcher.output.is_some())],
        );
    }

    fn rule(&mut self, rule: &ChoiceRule, place: &str) {
        self.fields(place, &[("Assign", rule.assign.is_some()), ("Output", rule.output.is_some())]);
        self.condition(&rule.condition, place);
    }

    fn condition(&mut self, condition: &Condition, place: &str) {
        match condition {
            Condition::And(inner) | Condition::Or(inner) => {
                let name = if matches!(condition, Condition::And(_)) { "And" } else { "Or" };
                for (index, condition) in inner.iter().enumerate() {
                    self.condition(condition, &format!("{place}/{name}[{index}]"));
                }
            }
            Condition::Not(condition) => self.condition(condition, &format!("{place}/Not")),
            Condition::Test(test) => {
                self.path(&test.variable, format!("{place}/Variable"));
                let operand = match &test.comparison {
                    Comparison::String(_, Operand::Path(path))
                    | Comparison::Numeric(_, Operand::Path(path))
                    | Comparison::Timestamp(_, Operand::Path(path))
                    | Comparison::Boolean(Operand::Path(path)) => path,
                    _ => return,
                };
                self.path(operand, place.to_owned());
            }
            Condition::Literal(_) | Condition::Expression(_) => {}
        }
    }
}
