//! JSONPath with the semantics of the evaluator that the Amazon States Language follows (Jayway).
//!
//! A path is parsed once, when a definition is created. A *definite* path names one node and
//! misses with an error; any other gives an array of matches, empty allowed.

mod filter;
mod parse;
mod path;
mod reference;
mod select;

pub use parse::PathError;
pub use path::{Path, Root};
pub use reference::Unreachable;
pub use select::Miss;
