//! What can be asked of a partition's owner, and the answers.

use crate::Execution;
use crate::nested::Waiter;
use bytes::Bytes;
use std::sync::Arc;
use stepwell_api::internal::Revision;
use stepwell_engine::{Payload, Refusal, Trigger};

/// What is to happen to an execution.
#[derive(Clone, Debug)]
pub enum Action {
    /// It starts, unless its name is taken.
    Start(Box<Start>),
    /// A trigger of a running execution.
    Trigger {
        /// The run that the trigger is for; none where it is for whichever runs now.
        run_id: Option<u128>,
        /// The trigger: any but [`Trigger::Start`] and [`Trigger::TimerFired`].
        trigger: Trigger,
    },
    /// A trigger that starts a task which an owner gave past its queue: no queue holds it, so the
    /// outbox keeps it until it is delivered or ended.
    StartGiven {
        /// The run that the task is of.
        run_id: u128,
        /// The trigger.
        trigger: Trigger,
    },
    /// What the outbox of the execution holds is done: a call was made, or a given task delivered.
    Retire {
        /// The run that made the entry.
        run_id: u128,
        /// The entry's number.
        entry: u64,
    },
}

/// An execution to start.
#[derive(Clone, Debug)]
pub struct Start {
    /// The caller's input.
    pub input: Payload,
    /// Names the call: the same call again gets the first one's answer.
    pub request_id: String,
    /// The incarnation of the state machine, 16 bytes.
    pub incarnation: Bytes,
    /// The revision to run.
    pub revision: Revision,
    /// The task that is to be told of the end.
    pub waiter: Option<Waiter>,
}

/// The execution as the request left it, from a commit.
pub type Reply = Result<Arc<Execution>, SubmitError>;

/// Why a request did nothing, or may have done nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// The partition is not this node's. Nothing happened.
    #[error("this node does not own the partition")]
    NotOwner,
    /// More waits than the partition takes. Nothing happened.
    #[error("too many requests wait for the partition")]
    Overloaded,
    /// Nothing is known to have happened: the store can't be reached, or did not say what became
    /// of the write. The same request may be made again.
    #[error("{0}")]
    Unavailable(String),
    /// What is stored can't be used.
    #[error("{0}")]
    Broken(String),
    /// The request does not fit what is stored. Nothing happened.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Why a request does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such execution, or another run of it.
    #[error("there is no such execution")]
    Absent,
    /// Another execution has the name.
    #[error("another execution has the name")]
    NameTaken,
    /// The state machine starts nothing any more.
    #[error("the state machine starts nothing any more")]
    Gated,
    /// The execution can't take the trigger.
    #[error(transparent)]
    Trigger(#[from] Refusal),
}

/// What follows from a start under a name that is taken.
pub(crate) enum Repeated {
    /// The answer is the execution that is there.
    Known,
    /// So it is, and this task is to be told of its end.
    Waits(Waiter),
}

/// What follows from a start under a name that is taken (API reference, `StartExecution`): the same
/// call again, and the same input while the first is open, get the first one's answer.
pub(crate) fn repeated(existing: &Execution, start: &Start) -> Result<Repeated, Refused> {
    let origin = existing.origin();
    let same_call = !start.request_id.is_empty() && origin.request_id == start.request_id;
    let snapshot = existing.snapshot();
    let same_start = snapshot.is_running()
        && origin.incarnation == start.incarnation
        && snapshot.root().input.text() == start.input.text();
    let waits = |waiter: &Waiter| existing.waiters.iter().any(|known| known.task == waiter.task);
    match &start.waiter {
        Some(waiter) if waits(waiter) => Ok(Repeated::Known),
        Some(waiter) if same_start && !same_call => Ok(Repeated::Waits(waiter.clone())),
        _ if same_call || same_start => Ok(Repeated::Known),
        _ => Err(Refused::NameTaken),
    }
}
