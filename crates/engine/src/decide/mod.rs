//! From a trigger to a decision.
//!
//! A [`turn::Turn`] builds one event after another and applies each at once; what it knows of
//! the execution it reads from the snapshot so changed, never from notes of its own.

mod assign;
mod call;
mod choice;
mod data;
mod fail;
mod failure;
mod jsonata;
mod map;
mod nested;
mod parallel;
mod pass;
mod random;
mod retry;
mod step;
mod succeed;
mod task;
mod timers;
mod turn;
mod wait;
mod work;

use crate::{Context, Decision, Refusal, Snapshot, Trigger};

/// Decides what follows from `trigger`: events up to the point where every scope waits for
/// something from outside, or until [`crate::Limits::steps`] is reached.
///
/// # Errors
/// The trigger does not fit the snapshot; nothing follows from it.
pub fn decide(
    snapshot: &Snapshot,
    trigger: Trigger,
    context: &Context<'_>,
) -> Result<Decision, Refusal> {
    let mut turn = turn::Turn::new(snapshot, context);
    match trigger {
        Trigger::Start { input } => turn.start(input)?,
        Trigger::TaskStarted { task, delivery_id, worker_name } => {
            turn.task_started(task, delivery_id, worker_name)?;
        }
        Trigger::TaskRedelivered { task, failed_delivery_id, delivery_id, worker_name } => {
            turn.task_redelivered(task, failed_delivery_id, delivery_id, worker_name)?;
        }
        Trigger::TaskSucceeded { task, output } => turn.task_succeeded(task, &output)?,
        Trigger::TaskFailed { task, failure, error, cause } => {
            turn.task_failed(task, failure, crate::Reason { error, cause })?;
        }
        Trigger::NestedReported { task, child, started_ms, end } => {
            turn.nested_reported(task, &child, started_ms, end)?;
        }
        Trigger::TaskHeartbeat { task } => turn.task_heartbeat(task)?,
        Trigger::CallAnswered { task, output } => turn.call_answered(task, &output)?,
        Trigger::CallFailed { task, failure, error, cause } => {
            turn.call_failed(task, failure, crate::Reason { error, cause })?;
        }
        Trigger::CallAlive { task } => turn.call_alive(task)?,
        Trigger::TimerFired => {
            turn.timer_fired()?;
            turn.run();
            turn.expire();
        }
        Trigger::Abort { error, cause } => turn.abort(crate::Reason { error, cause })?,
    }
    turn.run();
    Ok(turn.finish(snapshot))
}
