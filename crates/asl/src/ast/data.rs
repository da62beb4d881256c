//! Fields by which states take, shape and pass on data.

use super::{Call, Expression, Expressions, Template};
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;
use stepwell_jsonpath::Path;

/// The language that paths and expressions of a state are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueryLanguage {
    /// Paths, payload templates and intrinsic functions.
    #[default]
    JsonPath,
    /// Expressions in `{% … %}`.
    Jsonata,
}

impl Display for QueryLanguage {
    /// As definitions write it.
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        })
    }
}

/// `InputPath`, `OutputPath`, `ResultPath`: a place in a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DataPath {
    /// Absent or `$`: the whole document.
    #[default]
    Whole,
    /// `null`: an empty object for `InputPath` and `OutputPath`, no result for `ResultPath`.
    Nothing,
    /// Any other path; a reference path from `$` for `ResultPath`.
    At(Path),
}

/// What a state does to data, in the order of work: input → `InputPath` → `Parameters` →
/// (work) → `ResultSelector` → `ResultPath` → `OutputPath` → output. Fields that a state's type
/// lacks are at their defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataFlow {
    /// `InputPath`; may start from the context object or a variable.
    pub input_path: DataPath,
    /// `Parameters`
    pub parameters: Option<Template>,
    /// `Arguments`
    pub arguments: Option<Expressions>,
    /// `ResultSelector`
    pub result_selector: Option<Template>,
    /// `ResultPath`
    pub result_path: DataPath,
    /// `OutputPath`; may start from the context object or a variable.
    pub output_path: DataPath,
    /// `Output`
    pub output: Option<Expressions>,
    /// `Assign`
    pub assign: Option<Assign>,
}

/// `Assign`: values of variables by name, an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Assign {
    /// In JSONPath states.
    Template(Template),
    /// In JSONata states.
    Expressions(Expressions),
}

/// A whole number that is known at creation, or found in the data.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// A literal, within the bounds of its field.
    Literal(u32),
    /// A path to the number.
    Path(Path),
    /// A JSONata expression.
    Expression(Expression),
}

/// A text that is known at creation, or found in the data.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// The text itself.
    Literal(Arc<str>),
    /// A path to the text.
    Path(Path),
    /// A call of an intrinsic function.
    Call(Call),
    /// A JSONata expression.
    Expression(Expression),
}
