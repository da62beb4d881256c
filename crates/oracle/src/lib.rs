//! A naive evaluator of the states language, to compare the durable engine with.
//!
//! It follows a definition by plain recursion, from the input to the ending, and knows neither
//! events nor snapshots nor stores: a Parallel state evaluates one branch after the other, and
//! time is a sum. It shares the syntax tree and the evaluation of single paths, templates and
//! expressions with the engine, which have tests of their own, and nothing else. Not for
//! production: it looks at every value again and again.
//!
//! Where branches fail, which failure comes first is a matter of time: [`endings`] lists all that
//! can be. A definition without such races has one.
//!
//! [`Scenario`] makes definitions, inputs and workers up from a seed.

mod choices;
mod data;
mod failure;
mod fields;
mod flow;
mod generate;
mod scope;
mod state;
mod work;

pub use failure::without_event_ids;
pub use generate::{Scenario, Workers};

use std::sync::Arc;
use stepwell_asl::Definition;
use stepwell_ids::ExecutionArn;
use stepwell_json::Value;

/// An execution to evaluate.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What is executed.
    pub definition: &'a Definition,
    /// The name of the execution, as the context object shows it.
    pub execution: &'a ExecutionArn,
    /// The role, as the context object shows it.
    pub role_arn: &'a str,
    /// The caller's input.
    pub input: &'a Value,
    /// When the execution starts, in milliseconds since the epoch.
    pub started_ms: i64,
    /// What workers do with a task: a function, so that the order of calls does not matter.
    pub outcomes: &'a dyn Fn(&TaskCall<'_>) -> Outcome,
    /// How long workers take.
    pub latency: Latency,
    /// Quotas.
    pub limits: &'a Limits,
}

/// A task that a worker is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct TaskCall<'a> {
    /// The name of the Task state.
    pub state: &'a str,
    /// Its `Resource`.
    pub resource: &'a str,
    /// The input of the work.
    pub input: &'a Value,
    /// The number of the attempt in this visit of the state, from 1.
    pub attempt: u32,
}

/// What a worker does with a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// `SendTaskSuccess`, or the result of a call.
    Success(Value),
    /// `SendTaskFailure`, or the failure of a call.
    Failure {
        /// The name of the error.
        error: Option<Arc<str>>,
        /// More about it.
        cause: Option<Arc<str>>,
    },
    /// The task is taken and never heard of again: it runs into its heartbeat or timeout, or
    /// lasts for ever.
    Silence,
}

/// How long workers take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// No time at all: only waits, delays of retries and timeouts take time.
    Zero,
    /// Any time, below the timeouts of tasks: any branch that fails can be the first.
    Arbitrary,
}

/// Quotas with an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a task's input or result and of a state's output, in UTF-8.
    pub payload_bytes: usize,
    /// Bytes of all that one `Assign` sets, in UTF-8.
    pub variable_bytes: usize,
    /// Iterations of a Map state that are open at once.
    pub map_concurrency: u32,
    /// How long an execution may run, in seconds.
    pub execution_seconds: u32,
    /// States that the search visits before it is given up.
    pub visits: u32,
}

/// The quotas of today's service.
impl Default for Limits {
    fn default() -> Self {
        Self {
            payload_bytes: 262_144,
            variable_bytes: 256 * 1024,
            map_concurrency: 40,
            execution_seconds: 365 * 24 * 60 * 60,
            visits: 20_000,
        }
    }
}

/// How an execution ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// `SUCCEEDED`, with its output.
    Succeeded(Value),
    /// `FAILED`
    Failed {
        /// `error`
        error: Option<Arc<str>>,
        /// `cause`, with 0 for the number of an event: see [`without_event_ids`].
        cause: Option<Arc<str>>,
    },
    /// `TIMED_OUT`
    TimedOut,
}

/// All endings that an execution can have.
#[derive(Clone, Debug, PartialEq)]
pub struct Endings {
    /// Each once.
    pub possible: Vec<Ending>,
    /// Whether there can be no other; false where a limit of the search was reached.
    pub complete: bool,
}

impl Endings {
    /// Whether `ending` can be. Texts of it have gone through [`without_event_ids`].
    #[must_use]
    pub fn allow(&self, ending: &Ending) -> bool {
        !self.complete || self.possible.contains(ending)
    }
}

/// Every way in which the execution of `case` can end.
#[must_use]
pub fn endings(case: &Case<'_>) -> Endings {
    let mut found = Endings { possible: Vec::new(), complete: true };
    let mut choices = choices::Choices::default();
    let mut visits_left = case.limits.visits;
    loop {
        match flow::run(case, &mut choices, &mut visits_left) {
            Some(ending) if found.possible.contains(&ending) => {}
            Some(ending) => found.possible.push(ending),
            None => {
                found.complete = false;
                break;
            }
        }
        if !choices.advance() {
            break;
        }
    }
    let is_bounded = case.definition.timeout_seconds.is_some();
    if is_bounded
        && case.latency == Latency::Arbitrary
        && !found.possible.contains(&Ending::TimedOut)
    {
        found.possible.push(Ending::TimedOut);
    }
    found
}
