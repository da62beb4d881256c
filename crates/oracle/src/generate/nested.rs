//! Parallel and Map states.

use super::known::{Known, Shape};
use super::{Fields, Language, Maker};
use serde_json::{Value as Json, json};

impl Maker {
    pub(super) fn parallel(
        &mut self,
        name: &str,
        next: &str,
        known: &mut Known,
        depth: u32,
        states: &mut Fields,
    ) {
        let language = self.language();
        let mut state = self.state("Parallel", language);
        match language {
            Language::JsonPath if self.chance(40) => {
                state.insert("Parameters".into(), self.base_template(known).into());
            }
            Language::Jsonata if self.chance(40) => {
                state.insert("Arguments".into(), self.base_expressions(known).into());
            }
            _ => {}
        }
        let count = self.below(1..4);
        let branches: Vec<_> =
            (0..count).map(|_| Json::Object(self.flow(known.inside(), depth + 1))).collect();
        state.insert("Branches".into(), branches.into());
        if language == Language::JsonPath && self.chance(30) {
            state.insert("ResultSelector".into(), json!({"first.$": "$[0]", "all.$": "$[*]"}));
        }
        self.finish(name, next, known, language, state, states);
    }

    pub(super) fn map(
        &mut self,
        name: &str,
        next: &str,
        known: &mut Known,
        depth: u32,
        states: &mut Fields,
    ) {
        let language = self.language();
        let mut state = self.state("Map", language);
        match language {
            Language::JsonPath => {
                let items = known.reference(self, Shape::Numbers, language);
                state.insert("ItemsPath".into(), items.into());
                let mut selector = self.base_template(known);
                selector.insert("n.$".into(), "$$.Map.Item.Value".into());
                selector.insert("i.$".into(), "$$.Map.Item.Index".into());
                state.insert("ItemSelector".into(), selector.into());
            }
            Language::Jsonata => {
                state.insert("Items".into(), self.expressed(known, Shape::Numbers, 2));
                let mut selector = self.base_expressions(known);
                selector.insert("n".into(), "{% $states.context.Map.Item.Value %}".into());
                selector.insert("i".into(), "{% $states.context.Map.Item.Index %}".into());
                state.insert("ItemSelector".into(), selector.into());
            }
        }
        if self.chance(60) {
            state.insert("MaxConcurrency".into(), self.below(0..4).into());
        }
        let processor = self.flow(known.inside(), depth + 1);
        state.insert("ItemProcessor".into(), processor.into());
        self.finish(name, next, known, language, state, states);
    }

    /// Puts the results of branches or iterations into a new field.
    fn finish(
        &mut self,
        name: &str,
        next: &str,
        known: &mut Known,
        language: Language,
        mut state: Fields,
        states: &mut Fields,
    ) {
        let field = self.name("f");
        self.take_result(&mut state, &field, language);
        self.errors(&mut state, &field, next, language, known, states);
        self.assign(&mut state, known, language);
        known.add(&field, Shape::Any);
        state.insert("Next".into(), next.into());
        states.insert(name.to_owned(), state.into());
    }
}
