//! What a decision may look at besides the snapshot and the trigger.

use crate::TaskRef;
use std::sync::Arc;
use stepwell_asl::Definition;
use stepwell_ids::ExecutionArn;

/// The surroundings of one decision. The same snapshot, trigger and context always give the same
/// decision.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The definition that the execution was started with, never a newer one; taken by
    /// [`stepwell_asl::executable`], so that nothing in it lacks an evaluation here.
    pub definition: &'a Definition,
    /// Who the execution is.
    pub execution: &'a Identity,
    /// The time, in milliseconds since the epoch. Where it is behind the execution's last event,
    /// that event's time counts.
    pub now_ms: i64,
    /// Unpredictable bits, new for each decision: nonces, jitter and what intrinsic functions draw
    /// are derived from them.
    pub seed: u128,
    /// Quotas and constants.
    pub limits: &'a Limits,
    /// The incarnation of the activity with this ARN; none where there is no such activity now.
    pub activity: &'a dyn Fn(&str) -> Option<u128>,
    /// The token of a task of this execution, sealed so that only the installation can have made
    /// it; the context object shows it.
    pub task_token: &'a dyn Fn(TaskRef) -> Arc<str>,
    /// Whether the state machine still stands.
    pub machine: MachineStatus,
}

/// The status of the state machine (API reference, `DescribeStateMachine`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MachineStatus {
    /// Executions run.
    #[default]
    Active,
    /// A running execution ends at its next state transition (API reference,
    /// `DeleteStateMachine`).
    Deleting,
}

/// The names of an execution, as its context object and its history show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The execution's ARN, which holds its own and its state machine's name.
    pub arn: ExecutionArn,
    /// The role that the state machine had when the execution started.
    pub role_arn: Arc<str>,
}

/// Quotas and constants of execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps of one decision, at least 1: entering a state is one, doing its work or dealing with
    /// what was due another, and looking at 1,000 values in paths and templates, or 1,000 bytes
    /// of what a template, an `Assign` or a new output writes, one more. A decision that reaches the bound leaves a snapshot that is due
    /// at once.
    pub steps: u32,
    /// Bytes of a task's input or result, of a state's output, and of any text that a function
    /// makes, in UTF-8 (262,144 today, 32,768 in 2017).
    pub payload_bytes: usize,
    /// Bytes of a variable's value, and of all that one `Assign` sets, in UTF-8 (256 KiB).
    pub variable_bytes: usize,
    /// Bytes of all variables of an execution, in UTF-8 (10 MiB).
    pub all_variables_bytes: usize,
    /// Iterations of a Map state that are open at once, at least 1, whatever `MaxConcurrency`
    /// allows (40 in effect).
    pub map_concurrency: u32,
    /// Events of a history; the last of them fails the execution. At least 2.
    pub history_events: u64,
    /// How long an execution may run, in seconds (one year).
    pub execution_seconds: u32,
    /// A call whose node has given no sign of life for so many seconds counts as lost.
    pub function_heartbeat_seconds: u32,
}

/// The quotas of today's service.
impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 2_000,
            payload_bytes: 262_144,
            variable_bytes: 256 * 1024,
            all_variables_bytes: 10 * 1024 * 1024,
            map_concurrency: 40,
            history_events: 25_000,
            execution_seconds: 365 * 24 * 60 * 60,
            function_heartbeat_seconds: 30,
        }
    }
}
