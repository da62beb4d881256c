//! JSONata as the Amazon States Language uses it: expressions are compiled when a definition is
//! created, say what they refer to, and are evaluated within limits.
//!
//! The language is JSONata 2.0.6 without `$eval`, with the functions that Step Functions adds
//! (`$partition`, `$range`, `$hash`, `$random` with a seed, `$uuid`, `$parse`). There is no input
//! document: an expression starts from `$states`, a variable, a function or a literal.
//!
//! Evaluation is a pure function of expression, bindings, [`Environment`] and [`Limits`]: it
//! reads no clock and no random source, and what it may spend is counted in steps and bytes,
//! never in time, so that it ends the same way on every machine.
//!
//! Numbers are doubles inside an expression. A result that is a plain reference
//! (`$states.input`, `$order.items`) is handed through as it is, with the text of its numbers;
//! anything computed prints its numbers as JavaScript does (`1.0` as `1`, integers beyond 2^53
//! rounded). The order of keys is kept.
//!
//! ```
//! use stepwell_jsonata::{Bindings, Environment, Expression, Limits, as_expression};
//!
//! let text = as_expression("{% $states.input.price * $rate %}").ok_or("literal")?;
//! let expression = Expression::parse(text)?;
//! assert!(expression.references().variables.contains("rate"));
//!
//! let states = stepwell_json::parse(r#"{"input": {"price": 20}}"#)?;
//! let variables = |name: &str| (name == "rate").then(|| 3.into());
//! let bindings = Bindings { states: &states, variables: &variables };
//! let environment = Environment { now_ms: 0, seed: 7 };
//! let result = expression.evaluate(&bindings, &environment, &Limits::default())?;
//! assert_eq!(result.to_json(), "60");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod convert;
mod dialect;
mod error;
mod expression;
mod failure;
mod functions;
mod guard;
mod limits;
mod meter;
mod plain;
mod program;
mod references;
mod scope;
mod size;
#[cfg(test)]
mod suite;

pub use error::ExpressionError;
pub use expression::{Bindings, Environment, Expression, as_expression};
pub use failure::{EvaluationError, type_name};
pub use limits::{Limits, Spent};
pub use references::References;
