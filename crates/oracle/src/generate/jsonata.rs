//! JSONata expressions and templates.

use super::known::{BASE, Known, Shape};
use super::{Fields, Language, Maker};
use serde_json::{Value as Json, json};

impl Maker {
    /// An expression that gives a value of this shape, without its delimiters.
    pub(super) fn expression(&mut self, known: &Known, shape: Shape, depth: u32) -> String {
        if depth == 0 || shape == Shape::Any || self.chance(35) {
            return known.reference(self, shape, Language::Jsonata);
        }
        let depth = depth - 1;
        match shape {
            Shape::Number => self.number_expression(known, depth),
            Shape::Text => self.text_expression(known, depth),
            Shape::Boolean => self.boolean_expression(known, depth),
            Shape::Numbers => self.array_expression(known, depth),
            Shape::Object | Shape::Any => {
                let number = self.expression(known, Shape::Number, depth);
                if self.chance(50) {
                    return format!("{{'m': {number}}}");
                }
                let object = self.expression(known, Shape::Object, depth);
                format!("$merge([{object}, {{'m': {number}, 'x': true}}])")
            }
        }
    }

    fn number_expression(&mut self, known: &Known, depth: u32) -> String {
        let numbers = self.expression(known, Shape::Numbers, depth);
        let number = self.expression(known, Shape::Number, depth);
        match self.below(0..7) {
            0 => format!("$count({numbers})"),
            1 => format!("$sum({numbers})"),
            2 => format!("({numbers})[0]"),
            3 => "$length($uuid())".to_owned(),
            4 => format!("$floor({number} / 2)"),
            5 => format!("({number} % 7)"),
            _ => {
                let other = self.expression(known, Shape::Number, depth);
                format!("({number} + {other})")
            }
        }
    }

    fn text_expression(&mut self, known: &Known, depth: u32) -> String {
        let text = self.expression(known, Shape::Text, depth);
        match self.below(0..6) {
            0 => format!("$uppercase({text})"),
            1 => format!("$hash({text}, 'SHA-1')"),
            2 => format!("$substring({text}, 0, 4)"),
            3 => "$states.context.Execution.Name".to_owned(),
            4 => {
                let object = self.expression(known, Shape::Object, depth);
                format!("$string({object})")
            }
            _ => {
                let number = self.expression(known, Shape::Number, depth);
                format!("({text} & ' ' & {number})")
            }
        }
    }

    fn boolean_expression(&mut self, known: &Known, depth: u32) -> String {
        let one = self.expression(known, Shape::Number, depth);
        let two = self.expression(known, Shape::Number, depth);
        match self.below(0..4) {
            0 => format!("$exists({})", known.reference(self, Shape::Any, Language::Jsonata)),
            1 => {
                let flag = self.expression(known, Shape::Boolean, depth);
                format!("({flag} and {one} > {two})")
            }
            2 => {
                let text = self.expression(known, Shape::Text, depth);
                format!("$contains({text}, 't')")
            }
            _ => format!("({one} {} {two})", self.one(&["<", ">=", "=", "!="])),
        }
    }

    fn array_expression(&mut self, known: &Known, depth: u32) -> String {
        let numbers = self.expression(known, Shape::Numbers, depth);
        match self.below(0..6) {
            0 => "$range(1, 7, 3)".to_owned(),
            1 => format!("$map({numbers}, function($q) {{ $q + 1 }})"),
            2 => format!("$sort({numbers})"),
            3 => format!("({numbers})[$ > 1]"),
            4 => format!("$partition({numbers}, 2)[0]"),
            _ => {
                let one = self.expression(known, Shape::Number, depth);
                let two = self.expression(known, Shape::Number, depth);
                format!("[{one}, {two}]")
            }
        }
    }

    /// A field of a JSONata state.
    pub(super) fn expressed(&mut self, known: &Known, shape: Shape, depth: u32) -> Json {
        let expression = self.expression(known, shape, depth);
        format!("{{% {expression} %}}").into()
    }

    /// A template of all base fields, some kept and some made.
    pub(super) fn base_expressions(&mut self, known: &Known) -> Fields {
        let mut template = Fields::new();
        for (name, shape) in BASE {
            let depth = if self.chance(30) { 2 } else { 0 };
            template.insert(name.to_owned(), self.expressed(known, shape, depth));
        }
        template
    }

    /// A template of one or two values, some of them deep.
    pub(super) fn small_expressions(&mut self, known: &Known) -> Fields {
        let mut template = Fields::new();
        for at in 0..self.below(1..3) {
            let shape = *self.one(&Shape::ALL);
            let value = self.expressed(known, shape, 3);
            let value =
                if self.chance(30) { json!([{"literal": 1.50}, {"v": value}]) } else { value };
            template.insert(format!("k{at}"), value);
        }
        template
    }
}
