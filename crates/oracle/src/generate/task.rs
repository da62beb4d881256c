//! Task states, retriers and catchers.

use super::known::{Known, Shape};
use super::outcome::ERRORS;
use super::{Fields, Language, Maker, Workers};
use serde_json::{Value as Json, json};

impl Maker {
    pub(super) fn task(&mut self, name: &str, next: &str, known: &mut Known, states: &mut Fields) {
        let language = self.language();
        let mut state = self.state("Task", language);
        let is_activity = self.workers == Workers::Activities || self.chance(60);
        let bounded = is_activity && self.chance(50);
        let worker = self.name("w");
        let resource = if is_activity {
            format!("arn:aws:states:us-east-1:000000000000:activity:{worker}")
        } else {
            format!("arn:aws:lambda:us-east-1:000000000000:function:{worker}")
        };
        let script = self.script(bounded);
        self.scripts.insert(resource.clone(), script);
        state.insert("Resource".into(), resource.into());
        if bounded {
            state.insert("TimeoutSeconds".into(), self.below(20..30).into());
            if self.chance(50) {
                state.insert("HeartbeatSeconds".into(), self.below(10..20).into());
            }
        }
        let field = self.name("f");
        match language {
            Language::JsonPath => {
                let value = self.value(known, Shape::Any, 0);
                let mut template = json!({"try.$": "$$.State.RetryCount", "v.$": value});
                if self.chance(30) {
                    template["more"] = self.small_template(known).into();
                }
                state.insert("Parameters".into(), template);
                if self.chance(30) {
                    state.insert("ResultSelector".into(), json!({"r.$": "$", "k": [1]}));
                }
            }
            Language::Jsonata => {
                let value = self.expressed(known, Shape::Any, 0);
                let mut template =
                    json!({"try": "{% $states.context.State.RetryCount %}", "v": value});
                if self.chance(30) {
                    template["more"] = self.small_expressions(known).into();
                }
                state.insert("Arguments".into(), template);
            }
        }
        self.take_result(&mut state, &field, language);
        self.errors(&mut state, &field, next, language, known, states);
        self.assign(&mut state, known, language);
        known.add(&field, Shape::Any);
        state.insert("Next".into(), next.into());
        states.insert(name.to_owned(), state.into());
    }

    /// Puts the state's result into the new field `field` of its data.
    pub(super) fn take_result(&mut self, state: &mut Fields, field: &str, language: Language) {
        let (name, value) = match language {
            Language::JsonPath => ("ResultPath", format!("$.{field}")),
            Language::Jsonata => (
                "Output",
                format!("{{% $merge([$states.input, {{'{field}': $states.result}}]) %}}"),
            ),
        };
        state.insert(name.into(), value.into());
    }

    /// `Retry` and `Catch`. What is caught has the new field `field` as what is not.
    pub(super) fn errors(
        &mut self,
        state: &mut Fields,
        field: &str,
        next: &str,
        language: Language,
        known: &mut Known,
        states: &mut Fields,
    ) {
        if self.chance(60) {
            let count = self.below(1..3);
            let retry: Vec<_> = (0..count).map(|_| self.retrier()).collect();
            state.insert("Retry".into(), retry.into());
        }
        if self.chance(60) {
            let recover = self.name("Recover ");
            let errors = self.error_equals();
            let mut catch = vec![self.catcher(errors, field, &recover, language)];
            if self.chance(50) {
                catch.push(self.catcher(json!(["States.ALL"]), field, &recover, language));
            }
            state.insert("Catch".into(), catch.into());
            self.recovery(&recover, next, known, states);
        }
    }

    fn catcher(&mut self, errors: Json, field: &str, next: &str, language: Language) -> Json {
        match language {
            Language::JsonPath => {
                json!({"ErrorEquals": errors, "ResultPath": format!("$.{field}"), "Next": next})
            }
            Language::Jsonata => {
                let output =
                    format!("{{% $merge([$states.input, {{'{field}': $states.errorOutput}}]) %}}");
                json!({"ErrorEquals": errors, "Output": output, "Next": next})
            }
        }
    }

    /// Where catchers go: back to the main way, with the data as it is or as it was at first.
    fn recovery(&mut self, name: &str, next: &str, known: &mut Known, states: &mut Fields) {
        let mut state = self.state("Pass", self.machine_language());
        if self.chance(30) {
            let base = json!({"n": 1, "s": "again", "b": true, "a": [4], "o": {"m": 0}});
            let field = if self.all_jsonata { "Output" } else { "Result" };
            state.insert(field.into(), base);
            known.reset();
        }
        state.insert("Next".into(), next.into());
        states.insert(name.to_owned(), state.into());
    }

    fn retrier(&mut self) -> Json {
        let mut retrier = json!({
            "ErrorEquals": self.error_equals(),
            "IntervalSeconds": self.below(1..4),
            "MaxAttempts": self.below(0..4),
            "BackoffRate": 1.5,
        });
        if self.chance(30) {
            retrier["MaxDelaySeconds"] = 3.into();
        }
        retrier
    }

    fn error_equals(&mut self) -> Json {
        let known = [
            ERRORS[0],
            ERRORS[1],
            ERRORS[2],
            "States.TaskFailed",
            "States.Timeout",
            "States.HeartbeatTimeout",
            "States.QueryEvaluationError",
            "States.Runtime",
        ];
        let count = self.below(1..4);
        (0..count).map(|_| *self.one(&known)).collect()
    }
}
