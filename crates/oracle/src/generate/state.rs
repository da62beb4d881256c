//! Segments of a flow: a state, or some that belong together.

use super::known::{Known, Shape};
use super::{Fields, Language, Maker};
use serde_json::{Value as Json, json};

/// How deep Parallel and Map states nest.
const MAX_DEPTH: u32 = 3;

impl Maker {
    /// Adds a segment that starts at the state `name` and goes on to `next`.
    pub(super) fn segment(
        &mut self,
        name: &str,
        next: &str,
        known: &mut Known,
        depth: u32,
        states: &mut Fields,
    ) {
        let can_nest = depth < MAX_DEPTH && self.states_left > 2;
        match self.below(0..20) {
            0..4 => self.task(name, next, known, states),
            4..7 if can_nest => self.parallel(name, next, known, depth, states),
            7..10 if can_nest => self.map(name, next, known, depth, states),
            10..13 => self.choice(name, next, known, states),
            13..15 if can_nest => self.repeat(name, next, known, depth, states),
            15 => self.wait(name, next, known, states),
            _ => self.pass(name, next, known, states),
        }
    }

    pub(super) fn machine_language(&self) -> Language {
        if self.all_jsonata { Language::Jsonata } else { Language::JsonPath }
    }

    fn pass(&mut self, name: &str, next: &str, known: &mut Known, states: &mut Fields) {
        let language = self.language();
        let mut state = self.state("Pass", language);
        let field = self.name("f");
        let adds = self.chance(60);
        match (language, adds) {
            (Language::JsonPath, true) => {
                if self.chance(30) {
                    state.insert("Result".into(), json!({"m": 1, "kept": [1.0, "x"]}));
                } else {
                    state.insert("Parameters".into(), self.small_template(known).into());
                }
                state.insert("ResultPath".into(), format!("$.{field}").into());
            }
            (Language::JsonPath, false) => {
                state.insert("Parameters".into(), self.base_template(known).into());
            }
            (Language::Jsonata, true) => {
                let shape = *self.one(&Shape::ALL);
                let value = self.expression(known, shape, 3);
                let output = format!("{{% $merge([$states.input, {{'{field}': {value}}}]) %}}");
                state.insert("Output".into(), output.into());
            }
            (Language::Jsonata, false) => {
                state.insert("Output".into(), self.base_expressions(known).into());
            }
        }
        self.assign(&mut state, known, language);
        if adds {
            known.add(&field, Shape::Any);
        } else {
            known.reset();
        }
        state.insert("Next".into(), next.into());
        states.insert(name.to_owned(), state.into());
    }

    /// Gives the state, perhaps, an `Assign`: of a new variable or of one that the scope has.
    pub(super) fn assign(&mut self, state: &mut Fields, known: &mut Known, language: Language) {
        if !self.chance(30) {
            return;
        }
        // Counters of loops stay as they are.
        let own = known.variables[known.outer..].iter().filter(|(name, _)| name.starts_with('v'));
        let own: Vec<_> = own.cloned().collect();
        let (name, shape) = if own.is_empty() || self.chance(60) {
            (self.name("v"), *self.one(&Shape::ALL))
        } else {
            self.one(&own).clone()
        };
        let kind = state.get("Type").and_then(Json::as_str).unwrap_or_default();
        // What `$` is in an Assign differs by state; variables and literals are the same.
        let is_plain = language == Language::JsonPath && kind != "Choice" && kind != "Wait";
        let assign = match language {
            Language::JsonPath if is_plain => {
                let known = Known { fields: Vec::new(), ..known.clone() };
                match known.variables.iter().any(|(_, have)| *have == shape) {
                    true => {
                        let value = known.reference(self, shape, Language::JsonPath);
                        json!({format!("{name}.$"): value})
                    }
                    false => json!({ &name: literal(shape) }),
                }
            }
            Language::JsonPath => json!({format!("{name}.$"): self.value(known, shape, 2)}),
            Language::Jsonata => json!({ &name: self.expressed(known, shape, 2) }),
        };
        state.insert("Assign".into(), assign);
        if !known.variables.iter().any(|(have, _)| *have == name) {
            known.variables.push((name, shape));
        }
    }

    fn wait(&mut self, name: &str, next: &str, known: &mut Known, states: &mut Fields) {
        let language = self.language();
        let mut state = self.state("Wait", language);
        let (field, value) = match (language, self.below(0..3)) {
            (_, 0) => ("Timestamp", "2020-02-29T00:00:00Z".into()),
            (Language::JsonPath, 1) => {
                ("SecondsPath", known.reference(self, Shape::Number, language).into())
            }
            (Language::Jsonata, 1) => ("Seconds", self.expressed(known, Shape::Number, 1)),
            _ => ("Seconds", self.below(0..4).into()),
        };
        state.insert(field.into(), value);
        self.assign(&mut state, known, language);
        state.insert("Next".into(), next.into());
        states.insert(name.to_owned(), state.into());
    }

    /// A Choice whose rules lead past a state of their own, to the end, or straight on.
    fn choice(&mut self, name: &str, next: &str, known: &mut Known, states: &mut Fields) {
        let language = self.language();
        let mut state = self.state("Choice", language);
        let before = known.clone();
        let mut rules = Vec::new();
        for _ in 0..self.below(1..4) {
            let mut rule = self.rule(&before, language);
            let target = self.target(next, &before, states);
            rule.insert("Next".into(), target.into());
            rules.push(Json::Object(rule));
        }
        state.insert("Choices".into(), rules.into());
        if !self.chance(5) {
            let mut after = before.clone();
            self.assign(&mut state, &mut after, language);
            state.insert("Default".into(), next.into());
        } else {
            let always = match language {
                Language::JsonPath => json!({"Variable": "$", "IsPresent": true, "Next": next}),
                Language::Jsonata => json!({"Condition": true, "Next": next}),
            };
            if let Some(rules) = state.get_mut("Choices").and_then(Json::as_array_mut) {
                rules.push(always);
            }
        }
        states.insert(name.to_owned(), state.into());
    }

    fn target(&mut self, next: &str, known: &Known, states: &mut Fields) -> String {
        let name = self.name("Side ");
        match self.below(0..8) {
            0 => {
                let language = self.language();
                let mut state = self.state("Fail", language);
                let cause = match language {
                    Language::JsonPath => {
                        ("CausePath", known.reference(self, Shape::Text, language).into())
                    }
                    Language::Jsonata => ("Cause", self.expressed(known, Shape::Text, 2)),
                };
                state.insert("Error".into(), "Chosen".into());
                state.insert(cause.0.into(), cause.1);
                states.insert(name.clone(), state.into());
            }
            1 => {
                let state = self.state("Succeed", self.machine_language());
                states.insert(name.clone(), state.into());
            }
            2..5 => self.pass(&name, next, &mut known.clone(), states),
            _ => return next.to_owned(),
        }
        name
    }

    /// A loop of two or three turns around a segment, counted by a variable.
    fn repeat(
        &mut self,
        name: &str,
        next: &str,
        known: &mut Known,
        depth: u32,
        states: &mut Fields,
    ) {
        let (body, count, again) = (self.name("Body "), self.name("Count "), self.name("Again "));
        let variable = self.name("i");
        let language = self.machine_language();
        let mut set = |maker: &Self, name: &str, value: Json, next: &str| {
            let mut state = maker.state("Pass", language);
            state.insert("Assign".into(), value);
            state.insert("Next".into(), next.into());
            states.insert(name.to_owned(), state.into());
        };
        set(self, name, json!({ &variable: 0 }), &body);
        let (more, rule) = match language {
            Language::JsonPath => (
                json!({format!("{variable}.$"): format!("States.MathAdd(${variable}, 1)")}),
                json!({"Variable": format!("${variable}"), "NumericLessThan": self.below(2..4),
                       "Next": body}),
            ),
            Language::Jsonata => (
                json!({ &variable: format!("{{% ${variable} + 1 %}}") }),
                json!({"Condition": format!("{{% ${variable} < {} %}}", self.below(2..4)),
                       "Next": body}),
            ),
        };
        set(self, &count, more, &again);
        let mut state = self.state("Choice", language);
        state.insert("Choices".into(), json!([rule]));
        state.insert("Default".into(), next.into());
        states.insert(again, state.into());
        known.variables.push((variable, Shape::Number));
        self.states_left = self.states_left.saturating_sub(1);
        // A later turn finds what an earlier one left, at least the base fields.
        self.segment(&body, &count, known, depth + 1, states);
    }
}

fn literal(shape: Shape) -> Json {
    match shape {
        Shape::Number => 2.into(),
        Shape::Text => "ünï".into(),
        Shape::Boolean => true.into(),
        Shape::Numbers => json!([7, 8, 9]),
        Shape::Object => json!({"m": 5, "q": null}),
        Shape::Any => Json::Null,
    }
}
