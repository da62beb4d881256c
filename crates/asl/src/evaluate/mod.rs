//! What the language means, where no engine is needed to say it: paths over data, payload
//! templates, intrinsic functions, choice rules, matching of errors, delays of retries.
//!
//! Everything is a function of its arguments; randomness is one of them.

mod choice;
mod data;
mod errors;
mod intrinsic;
mod print;
mod query;
mod template;

pub use choice::ChoiceError;
pub use data::{Data, Variables};
pub use errors::{
    HEARTBEAT_TIMEOUT, QUERY_EVALUATION_ERROR, RUNTIME, TASK_FAILED, TIMEOUT, matches,
};
pub use query::{Query, QueryError};
pub use template::{EvaluationError, Evaluator};
