//! Paths, calls of intrinsic functions and payload templates.

use super::known::{BASE, Known, Shape};
use super::{Fields, Language, Maker};
use serde_json::json;

impl Maker {
    /// A path or a call that gives a value of this shape.
    pub(super) fn value(&mut self, known: &Known, shape: Shape, depth: u32) -> String {
        if depth == 0 || shape == Shape::Any || self.chance(40) {
            return known.reference(self, shape, Language::JsonPath);
        }
        let depth = depth - 1;
        match shape {
            Shape::Number => self.number_call(known, depth),
            Shape::Text => self.text_call(known, depth),
            Shape::Boolean => {
                let numbers = self.value(known, Shape::Numbers, depth);
                let number = self.argument(known, Shape::Number, depth);
                format!("States.ArrayContains({numbers}, {number})")
            }
            Shape::Numbers => self.array_call(known, depth),
            Shape::Object | Shape::Any => {
                let one = self.value(known, Shape::Object, depth);
                if self.chance(50) {
                    return format!("States.StringToJson(States.JsonToString({one}))");
                }
                let two = self.value(known, Shape::Object, depth);
                format!("States.JsonMerge({one}, {two}, false)")
            }
        }
    }

    /// A value as an argument of a call: now and then a literal.
    fn argument(&mut self, known: &Known, shape: Shape, depth: u32) -> String {
        match shape {
            Shape::Number if self.chance(30) => self.below(0..9).to_string(),
            Shape::Text if self.chance(30) => "'é \\'quoted\\''".to_owned(),
            shape => self.value(known, shape, depth),
        }
    }

    fn number_call(&mut self, known: &Known, depth: u32) -> String {
        match self.below(0..6) {
            0 => {
                let numbers = self.value(known, Shape::Numbers, depth);
                format!("States.ArrayLength({numbers})")
            }
            1 => {
                let numbers = self.value(known, Shape::Numbers, depth);
                format!("States.ArrayGetItem({numbers}, 0)")
            }
            2 => "States.MathRandom(5, 6)".to_owned(),
            3 => "States.ArrayLength(States.StringSplit(States.UUID(), '-'))".to_owned(),
            _ => {
                let one = self.argument(known, Shape::Number, depth);
                let two = self.argument(known, Shape::Number, depth);
                format!("States.MathAdd({one}, {two})")
            }
        }
    }

    fn text_call(&mut self, known: &Known, depth: u32) -> String {
        match self.below(0..6) {
            0 => {
                let text = self.argument(known, Shape::Text, depth);
                format!("States.Base64Encode({text})")
            }
            1 => {
                let text = self.argument(known, Shape::Text, depth);
                format!("States.Base64Decode(States.Base64Encode({text}))")
            }
            2 => {
                let object = self.value(known, Shape::Object, depth);
                format!("States.Hash({object}, 'SHA-256')")
            }
            3 => {
                let numbers = self.value(known, Shape::Numbers, depth);
                format!("States.JsonToString({numbers})")
            }
            4 => "$$.Execution.Name".to_owned(),
            _ => {
                let one = self.argument(known, Shape::Number, depth);
                let two = self.argument(known, Shape::Text, depth);
                format!("States.Format('{{}} \\{{of\\}} {{}}', {one}, {two})")
            }
        }
    }

    fn array_call(&mut self, known: &Known, depth: u32) -> String {
        match self.below(0..5) {
            0 => {
                let one = self.argument(known, Shape::Number, depth);
                let two = self.argument(known, Shape::Number, depth);
                format!("States.Array({one}, {two})")
            }
            1 => "States.ArrayRange(1, 6, 2)".to_owned(),
            2 => {
                let numbers = self.value(known, Shape::Numbers, depth);
                format!("States.ArrayUnique({numbers})")
            }
            3 => {
                let numbers = self.value(known, Shape::Numbers, depth);
                format!("States.ArrayGetItem(States.ArrayPartition({numbers}, 2), 0)")
            }
            _ => {
                let path = known.reference(self, Shape::Numbers, Language::JsonPath);
                format!("{path}{}", self.one(&["[0:2]", "[*]", "[?(@ > 0)]", "[0,-1]"]))
            }
        }
    }

    /// A template of all base fields, some kept and some made.
    pub(super) fn base_template(&mut self, known: &Known) -> Fields {
        let mut template = Fields::new();
        for (name, shape) in BASE {
            let depth = if self.chance(30) { 2 } else { 0 };
            template.insert(format!("{name}.$"), self.value(known, shape, depth).into());
        }
        template
    }

    /// A template of one or two values, some of them deep.
    pub(super) fn small_template(&mut self, known: &Known) -> Fields {
        let mut template = Fields::new();
        for at in 0..self.below(1..3) {
            let shape = *self.one(&Shape::ALL);
            let value = self.value(known, shape, 3);
            if self.chance(30) {
                let deep = json!([{"literal": {"x": [1.50, null]}}, {"v.$": value}]);
                template.insert(format!("k{at}"), deep);
            } else {
                template.insert(format!("k{at}.$"), value.into());
            }
        }
        template
    }
}
