//! JSON as workflow payloads need it: key order and the text of numbers survive, values are
//! shared instead of copied, and nesting is bounded by [`MAX_DEPTH`].
//!
//! Parsing follows RFC 8259 strictly. Printing writes no white space and escapes only what the
//! RFC requires. Nothing here panics, whatever the input.

mod number;
mod parse;
mod print;
mod refusal;
mod value;

pub use number::Number;
pub use parse::{ParseError, parse};
pub use value::{Object, Value};

/// The deepest nesting of arrays and objects that [`parse`] accepts. Values deeper than this are
/// refused, so that walking, printing and dropping a parsed value fit in any thread's stack.
pub const MAX_DEPTH: usize = 256;
