//! Choice rules.

use super::known::{Known, Shape};
use super::{Fields, Language, Maker};
use serde_json::{Value as Json, json};

impl Maker {
    /// A rule without its `Next`.
    pub(super) fn rule(&mut self, known: &Known, language: Language) -> Fields {
        match language {
            Language::JsonPath => self.test(known, 2),
            Language::Jsonata => {
                let condition = self.expressed(known, Shape::Boolean, 2);
                Fields::from_iter([("Condition".to_owned(), condition)])
            }
        }
    }

    fn test(&mut self, known: &Known, depth: u32) -> Fields {
        if depth > 0 && self.chance(35) {
            let one = self.test(known, depth - 1);
            let (name, operand) = match self.below(0..3) {
                0 => ("Not", Json::Object(one)),
                1 => ("And", json!([one, self.test(known, depth - 1)])),
                _ => ("Or", json!([one, self.test(known, depth - 1)])),
            };
            return Fields::from_iter([(name.to_owned(), operand)]);
        }
        let shape = *self.one(&[Shape::Number, Shape::Text, Shape::Boolean]);
        let path = |maker: &mut Self| known.reference(maker, shape, Language::JsonPath);
        let (operator, operand): (&str, Json) = match (shape, self.below(0..4)) {
            (_, 0) => {
                let tests = ["IsPresent", "IsNumeric", "IsString", "IsNull", "IsTimestamp"];
                (*self.one(&tests), self.chance(50).into())
            }
            (Shape::Number, 1) => ("NumericGreaterThanPath", path(self).into()),
            (Shape::Number, 2) => ("NumericLessThanEquals", self.below(0..6).into()),
            (Shape::Number, _) => ("NumericEquals", self.below(0..4).into()),
            (Shape::Text, 1) => ("StringEqualsPath", path(self).into()),
            (Shape::Text, 2) => ("StringMatches", "t*x*".into()),
            (Shape::Text, _) => ("StringLessThan", "s".into()),
            (_, 1) => ("BooleanEqualsPath", path(self).into()),
            _ => ("BooleanEquals", self.chance(50).into()),
        };
        let variable = path(self);
        Fields::from_iter([
            ("Variable".to_owned(), variable.into()),
            (operator.to_owned(), operand),
        ])
    }
}
