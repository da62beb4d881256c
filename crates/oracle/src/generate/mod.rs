//! Random definitions with random workers, from a seed: the same seed always gives the same
//! scenario.
//!
//! Definitions are valid, end, and use both query languages, nested Parallel and Map states,
//! retriers and catchers, loops, variables, templates, functions and expressions. Most of what
//! they refer to is there, so that executions go deep; some of it is not.

mod condition;
mod jsonata;
mod jsonpath;
mod known;
mod nested;
mod outcome;
mod state;
mod task;

use crate::{Outcome, TaskCall};
use known::Known;
use outcome::Script;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use stepwell_json::Value;

/// Who does the tasks of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workers {
    /// Activities, one for each Task state.
    Activities,
    /// Activities and Lambda functions, one or the other for each Task state.
    ActivitiesAndFunctions,
}

/// A definition, an input and what workers do.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The text of the definition.
    pub definition: String,
    /// The text of the input.
    pub input: String,
    scripts: BTreeMap<String, Script>,
}

impl Scenario {
    /// The scenario of this seed.
    #[must_use]
    pub fn generate(seed: u64, workers: Workers) -> Self {
        let mut maker = Maker {
            rng: StdRng::seed_from_u64(seed),
            workers,
            names: 0,
            states_left: 14,
            all_jsonata: false,
            scripts: BTreeMap::new(),
        };
        maker.all_jsonata = maker.chance(40);
        let mut definition = maker.flow(Known::of_input(), 0);
        if maker.all_jsonata {
            definition.insert("QueryLanguage".into(), "JSONata".into());
        }
        if maker.chance(10) {
            definition.insert("TimeoutSeconds".into(), maker.below(1..40).into());
        }
        let input = json!({
            "n": maker.below(0..6), "s": "text", "b": maker.chance(50),
            "a": [3, 1, 2], "o": {"m": maker.below(0..4)},
        });
        Self {
            definition: Json::Object(definition).to_string(),
            input: input.to_string(),
            scripts: maker.scripts,
        }
    }

    /// The ARNs of all workers: activities, and functions where there are any.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.scripts.keys().map(String::as_str)
    }

    /// What the worker `resource` does with a task: a function of the task's input.
    #[must_use]
    pub fn outcome(&self, resource: &str, input: &Value) -> Outcome {
        self.scripts.get(resource).map_or(Outcome::Silence, |script| script.outcome(input))
    }

    /// As [`Scenario::outcome`], for [`crate::Case`].
    #[must_use]
    pub fn answer(&self, call: &TaskCall<'_>) -> Outcome {
        self.outcome(call.resource, call.input)
    }
}

/// A language of paths or of expressions, of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    JsonPath,
    Jsonata,
}

/// A state with its name, before it is known where it goes on to.
type Fields = Map<String, Json>;

struct Maker {
    rng: StdRng,
    workers: Workers,
    names: u32,
    states_left: u32,
    /// Whether the machine's language is JSONata; else each state has its own.
    all_jsonata: bool,
    scripts: BTreeMap<String, Script>,
}

impl Maker {
    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn below(&mut self, range: std::ops::Range<u32>) -> u32 {
        self.rng.random_range(range)
    }

    /// One of `choices`, which are not empty.
    fn one<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.rng.random_range(0..choices.len())]
    }

    /// A new name that starts with `kind`.
    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    fn language(&mut self) -> Language {
        if self.all_jsonata || self.chance(35) { Language::Jsonata } else { Language::JsonPath }
    }

    /// A state of `kind` in `language`.
    fn state(&self, kind: &str, language: Language) -> Fields {
        let mut fields = Fields::new();
        fields.insert("Type".into(), kind.into());
        if language == Language::Jsonata && !self.all_jsonata {
            fields.insert("QueryLanguage".into(), "JSONata".into());
        }
        fields
    }

    /// States one after the other, at most `depth` levels below the top.
    fn flow(&mut self, mut known: Known, depth: u32) -> Fields {
        let count = self.below(1..5).min(self.states_left.max(1));
        let names: Vec<_> = (0..=count).map(|_| self.name("State ")).collect();
        let mut states = Fields::new();
        for pair in names.windows(2) {
            self.states_left = self.states_left.saturating_sub(1);
            self.segment(&pair[0], &pair[1], &mut known, depth, &mut states);
        }
        let last = &names[names.len() - 1];
        let language = self.language();
        let mut end = self.state("Succeed", language);
        if language == Language::JsonPath && self.chance(20) {
            let path = known.path(self);
            end.insert("OutputPath".into(), path.into());
        }
        states.insert(last.clone(), end.into());
        let mut flow = Fields::new();
        flow.insert("StartAt".into(), names[0].clone().into());
        flow.insert("States".into(), states.into());
        flow
    }
}
