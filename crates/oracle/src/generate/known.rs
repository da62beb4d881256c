//! What a state is known to find: fields of its input and variables, with their types.

use super::{Language, Maker};

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A whole number.
    Number,
    Text,
    Boolean,
    /// An array of numbers, not empty.
    Numbers,
    /// An object with the member `m`, a number.
    Object,
    /// Anything.
    Any,
}

impl Shape {
    pub(super) const ALL: [Self; 5] =
        [Self::Number, Self::Text, Self::Boolean, Self::Numbers, Self::Object];
}

/// Fields of the data, which is an object, and variables in sight.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) fields: Vec<(String, Shape)>,
    pub(super) variables: Vec<(String, Shape)>,
    /// How many of the variables belong to scopes around this one.
    pub(super) outer: usize,
}

/// What every data has.
pub(super) const BASE: [(&str, Shape); 5] = [
    ("n", Shape::Number),
    ("s", Shape::Text),
    ("b", Shape::Boolean),
    ("a", Shape::Numbers),
    ("o", Shape::Object),
];

impl Known {
    pub(super) fn of_input() -> Self {
        Self { fields: base(), variables: Vec::new(), outer: 0 }
    }

    /// Of a branch or an iteration that starts with the base fields.
    pub(super) fn inside(&self) -> Self {
        Self { fields: base(), variables: self.variables.clone(), outer: self.variables.len() }
    }

    /// Only the base fields are left.
    pub(super) fn reset(&mut self) {
        self.fields = base();
    }

    pub(super) fn add(&mut self, field: &str, shape: Shape) {
        self.fields.push((field.to_owned(), shape));
    }

    /// A reference to something of this shape, as the language writes it; rarely to nothing.
    pub(super) fn reference(&self, maker: &mut Maker, shape: Shape, language: Language) -> String {
        let root = match language {
            Language::JsonPath => "$",
            Language::Jsonata => "$states.input",
        };
        let misses = if language == Language::Jsonata { 3 } else { 1 };
        if maker.chance(misses) {
            return format!("{root}.missing");
        }
        let fits = |(_, have): &&(String, Shape)| shape == Shape::Any || *have == shape;
        let fields = self.fields.iter().filter(fits).map(|(name, _)| format!("{root}.{name}"));
        let variables = self.variables.iter().filter(fits).map(|(name, _)| format!("${name}"));
        let all: Vec<_> = fields.chain(variables).collect();
        maker.one(&all).clone()
    }

    /// A path to a field.
    pub(super) fn path(&self, maker: &mut Maker) -> String {
        let (name, _) = maker.one(&self.fields);
        format!("$.{name}")
    }
}

fn base() -> Vec<(String, Shape)> {
    BASE.iter().map(|(name, shape)| ((*name).to_owned(), *shape)).collect()
}
