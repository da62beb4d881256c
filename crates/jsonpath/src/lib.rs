//! JSONPath with the semantics of the evaluator that the Amazon States Language follows (Jayway).
//!
//! A path is parsed once, when a definition is created. A *definite* path names one node and
//! misses with an error; any other gives an array of matches, empty allowed. What a path may look
//! at is bounded.

mod filter;
mod miss;
mod parse;
mod path;
mod pattern;
mod reference;
mod select;
mod work;

pub use miss::Miss;
pub use parse::PathError;
pub use path::{Path, Root};
pub use reference::Unreachable;
pub use work::{Exhausted, Work};
