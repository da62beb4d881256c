//! The Amazon States Language: reading, checking and compiling definitions, and the parts of
//! the language that need no engine to have a meaning.
//!
//! [`parse`] reads a text and reports everything that is wrong with it. What it returns is
//! immutable and whole. Nothing here does IO, looks at a clock or panics, whatever the input.

pub mod ast;
mod evaluate;
mod express;
mod finding;
mod parse;
mod references;
mod timestamp;

pub use ast::Definition;
pub use evaluate::{
    ChoiceError, Data, EvaluationError, Evaluator, HEARTBEAT_TIMEOUT, QUERY_EVALUATION_ERROR,
    Query, QueryError, RUNTIME, TASK_FAILED, TIMEOUT, Variables, matches,
};
pub use express::unsupported_in_express;
pub use finding::{Code, Finding, Severity, invalid_definition};
pub use parse::{Parsed, executable, parse};
pub use timestamp::Timestamp;
