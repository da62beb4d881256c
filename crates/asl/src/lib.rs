//! The Amazon States Language: reading, checking and compiling definitions, and the parts of
//! the language that need no engine to have a meaning.
//!
//! [`parse`] reads a text and reports everything that is wrong with it. What it returns is
//! immutable and whole. Nothing here does IO, looks at a clock or panics, whatever the input.

pub mod ast;
mod finding;
mod timestamp;

pub use ast::Definition;
pub use finding::{Code, Finding, Severity, invalid_definition};
pub use timestamp::Timestamp;
