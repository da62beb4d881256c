//! What the language means, where no engine is needed to say it: paths over data, payload
//! templates, intrinsic functions, choice rules, matching of errors, delays of retries.
//!
//! Everything is a function of its arguments; randomness is one of them.

mod choice;
mod data;
mod errors;
mod intrinsic;
mod print;
mod template;

pub use choice::ChoiceError;
pub use data::{Data, Variables};
pub use errors::{HEARTBEAT_TIMEOUT, RUNTIME, TASK_FAILED, TIMEOUT, matches};
pub use template::{EvaluationError, Evaluator};
