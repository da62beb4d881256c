//! Choice states.

use super::failure::Failure;
use super::jsonata::Sees;
use super::step::Visit;
use super::turn::Turn;
use crate::variables::Visible;
use stepwell_asl::Data;
use stepwell_asl::ast::{Choice, Comparison, Condition, Operand, QueryLanguage};
use stepwell_json::Value;
use stepwell_jsonpath::{Path, Root};

impl<'a> Turn<'a> {
    pub(super) fn choose(&mut self, visit: &Visit<'a>, choice: &Choice) -> Result<(), Failure> {
        if visit.state.query_language == QueryLanguage::Jsonata {
            return self.choose_by_expressions(visit, choice);
        }
        let input = self.effective_input(visit)?;
        // The context object is made only for rules that look at it.
        let context = if choice.rules.iter().any(|rule| reads_context(&rule.condition)) {
            self.context_object(visit)?
        } else {
            Value::Null
        };
        let value = input.value().map_err(|error| Failure::unreadable(visit, error))?;
        let variables = &Visible { snapshot: &self.snapshot, scope: visit.scope };
        let data = Data { input: value, context: &context, variables };
        let mut next = choice.default;
        let mut assign = visit.state.data.assign.as_ref();
        for rule in &choice.rules {
            let holds = rule.evaluate(data);
            if holds.map_err(|error| Failure::runtime(visit, &error.to_string()))? {
                // The rule's `Assign` takes the place of the state's.
                (next, assign) = (Some(rule.next), rule.assign.as_ref());
                break;
            }
        }
        if next.is_none() {
            return Err(Failure::no_choice(visit));
        }
        let assigned = self.assigned(visit, assign, &input, Sees::Input)?;
        self.put_out(visit, input, assigned, next)
    }
}

fn reads_context(condition: &Condition) -> bool {
    let starts = |path: &Path| *path.root() == Root::Context;
    match condition {
        Condition::And(inner) | Condition::Or(inner) => inner.iter().any(reads_context),
        Condition::Not(inner) => reads_context(inner),
        Condition::Test(test) => {
            let operand = match &test.comparison {
                Comparison::String(_, Operand::Path(path))
                | Comparison::Numeric(_, Operand::Path(path))
                | Comparison::Timestamp(_, Operand::Path(path))
                | Comparison::Boolean(Operand::Path(path)) => Some(path),
                _ => None,
            };
            starts(&test.variable) || operand.is_some_and(starts)
        }
        Condition::Literal(_) | Condition::Expression(_) => false,
    }
}
