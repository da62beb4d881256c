//! Which variables each state reads (API reference, `variableReferences`).

use crate::ast::{
    Assign, Comparison, Condition, DataPath, Definition, Expression, Expressions, Fail, Map,
    Operand, Quantity, State, StateKind, Template, Text, WaitUntil,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use stepwell_json::Value;
use stepwell_jsonpath::{Path, Root};

impl Definition {
    /// The names of the variables that states read, by the names of the states; states that read
    /// none are left out.
    #[must_use]
    pub fn variable_references(&self) -> BTreeMap<Arc<str>, BTreeSet<Arc<str>>> {
        let mut references = BTreeMap::new();
        for state in self.flows().iter().flat_map(|flow| flow.states()) {
            let mut names = Names::default();
            names.state(state);
            if !names.0.is_empty() {
                references.insert(Arc::clone(&state.name), names.0);
            }
        }
        references
    }
}

#[derive(Default)]
struct Names(BTreeSet<Arc<str>>);

impl Names {
    fn path(&mut self, path: &Path) {
        if let Root::Variable(name) = path.root() {
            self.0.insert(name.as_str().into());
        }
    }

    fn template(&mut self, template: Option<&Template>) {
        self.0.extend(template.into_iter().flat_map(Template::variables).cloned());
    }

    fn expression(&mut self, expression: &Expression) {
        let names = expression.references().variables.iter();
        self.0.extend(names.map(|name| name.as_str().into()));
    }

    fn expressions(&mut self, template: Option<&Expressions>) {
        if let Some(template) = template {
            template.each(&mut |expression| self.expression(expression));
        }
    }

    fn assign(&mut self, assign: Option<&Assign>) {
        match assign {
            None => {}
            Some(Assign::Template(template)) => self.template(Some(template)),
            Some(Assign::Expressions(template)) => self.expressions(Some(template)),
        }
    }

    fn quantity(&mut self, quantity: Option<&Quantity>) {
        match quantity {
            None | Some(Quantity::Literal(_)) => {}
            Some(Quantity::Path(path)) => self.path(path),
            Some(Quantity::Expression(expression)) => self.expression(expression),
        }
    }

    fn state(&mut self, state: &State) {
        for path in [&state.data.input_path, &state.data.output_path] {
            if let DataPath::At(path) = path {
                self.path(path);
            }
        }
        self.template(state.data.parameters.as_ref());
        self.template(state.data.result_selector.as_ref());
        self.expressions(state.data.arguments.as_ref());
        self.expressions(state.data.output.as_ref());
        self.assign(state.data.assign.as_ref());
        for catcher in &state.catch {
            self.assign(catcher.assign.as_ref());
            self.expressions(catcher.output.as_ref());
        }
        match &state.kind {
            StateKind::Task(task) => {
                self.quantity(task.timeout.as_ref());
                self.quantity(task.heartbeat.as_ref());
                self.text(task.role_arn.as_ref());
            }
            StateKind::Choice(choice) => {
                for rule in &choice.rules {
                    self.assign(rule.assign.as_ref());
                    self.expressions(rule.output.as_ref());
                    self.condition(&rule.condition);
                }
            }
            StateKind::Wait(wait) => match &wait.until {
                WaitUntil::Seconds(_) | WaitUntil::Timestamp(_) => {}
                WaitUntil::SecondsPath(path) | WaitUntil::TimestampPath(path) => self.path(path),
                WaitUntil::SecondsExpression(expression)
                | WaitUntil::TimestampExpression(expression) => self.expression(expression),
            },
            StateKind::Fail(fail) => self.fail(fail),
            StateKind::Map(map) => self.map(map),
            StateKind::Pass(_) | StateKind::Succeed | StateKind::Parallel(_) => {}
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::And(inner) | Condition::Or(inner) => {
                inner.iter().for_each(|condition| self.condition(condition));
            }
            Condition::Not(inner) => self.condition(inner),
            Condition::Test(test) => {
                self.path(&test.variable);
                match &test.comparison {
                    Comparison::String(_, Operand::Path(path))
                    | Comparison::Numeric(_, Operand::Path(path))
                    | Comparison::Timestamp(_, Operand::Path(path))
                    | Comparison::Boolean(Operand::Path(path)) => self.path(path),
                    _ => {}
                }
            }
            Condition::Literal(_) => {}
            Condition::Expression(expression) => self.expression(expression),
        }
    }

    fn fail(&mut self, fail: &Fail) {
        self.text(fail.error.as_ref());
        self.text(fail.cause.as_ref());
    }

    fn text(&mut self, text: Option<&Text>) {
        match text {
            Some(Text::Path(path)) => self.path(path),
            Some(Text::Call(call)) => call.each_path(&mut |path| self.path(path)),
            Some(Text::Expression(expression)) => self.expression(expression),
            Some(Text::Literal(_)) | None => {}
        }
    }

    fn map(&mut self, map: &Map) {
        map.items_path.iter().for_each(|path| self.path(path));
        self.expressions(map.items.as_ref());
        self.template(map.item_selector.as_ref());
        self.expressions(map.item_expressions.as_ref());
        self.quantity(map.max_concurrency.as_ref());
        let paths = map.fields.iter().filter(|(key, _)| key.ends_with("Path"));
        for text in paths.filter_map(|(_, value)| Value::as_str(value)) {
            Path::parse(text).iter().for_each(|path| self.path(path));
        }
    }
}
