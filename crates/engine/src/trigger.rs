//! What can happen to an execution.

use crate::{ChildEnd, Payload, TaskRef};
use std::sync::Arc;

/// Something that happened and asks for a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// `StartExecution`, on a snapshot that is not started.
    Start {
        /// The caller's input.
        input: Payload,
    },
    /// A pending task is about to be given to a worker (or the call of a function to be made).
    /// The same delivery may ask again and gets the same answer.
    TaskStarted {
        /// The task.
        task: TaskRef,
        /// Names the delivery.
        delivery_id: u128,
        /// What the worker calls itself.
        worker_name: Option<Arc<str>>,
    },
    /// A started task is about to be given to a worker again, because its delivery is known to
    /// have failed. Same attempt, same token, and the history keeps the first start.
    TaskRedelivered {
        /// The task.
        task: TaskRef,
        /// The delivery that failed.
        failed_delivery_id: u128,
        /// Names the new delivery.
        delivery_id: u128,
        /// What the worker calls itself.
        worker_name: Option<Arc<str>>,
    },
    /// `SendTaskSuccess`. While the call of the task goes on, its end is kept until that is over.
    TaskSucceeded {
        /// The task.
        task: TaskRef,
        /// Its result.
        output: Payload,
    },
    /// `SendTaskFailure`; as [`Self::TaskSucceeded`].
    TaskFailed {
        /// The task.
        task: TaskRef,
        /// How it failed.
        failure: TaskFailure,
        /// The name of the error.
        error: Option<Arc<str>>,
        /// More about it.
        cause: Option<Arc<str>>,
    },
    /// The child of a nested execution was started, and perhaps has ended. The same may be told
    /// again.
    NestedReported {
        /// The task.
        task: TaskRef,
        /// ARN of the child.
        child: Arc<str>,
        /// When it started, in milliseconds since the epoch.
        started_ms: i64,
        /// How it ended; none where it runs, or where the task does not wait for its end.
        end: Option<ChildEnd>,
    },
    /// `SendTaskHeartbeat`
    TaskHeartbeat {
        /// The task.
        task: TaskRef,
    },
    /// A call was answered: that is the end of the task, or the beginning of its wait.
    CallAnswered {
        /// The task.
        task: TaskRef,
        /// The answer.
        output: Payload,
    },
    /// A call failed, which ends the task unless it has ended under its token.
    CallFailed {
        /// The task.
        task: TaskRef,
        /// How it failed.
        failure: TaskFailure,
        /// The name of the error.
        error: Option<Arc<str>>,
        /// More about it.
        cause: Option<Arc<str>>,
    },
    /// A call is still going on.
    CallAlive {
        /// The task.
        task: TaskRef,
    },
    /// [`crate::Snapshot::next_due_ms`] has come.
    TimerFired,
    /// `StopExecution`
    Abort {
        /// The caller's error.
        error: Option<Arc<str>>,
        /// The caller's cause.
        cause: Option<Arc<str>>,
    },
}

/// How a task failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskFailure {
    /// The work failed.
    Failed,
    /// The task could not be handed to its queue; only while it is pending.
    ScheduleFailed,
    /// The function could not be called; only while the task is pending.
    StartFailed,
    /// The worker itself ran out of time.
    TimedOut,
}

/// Why a trigger changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Any trigger but [`Trigger::Start`], before it.
    #[error("the execution is not started")]
    NotStarted,
    /// [`Trigger::Start`] on an execution that is started.
    #[error("the execution is started already")]
    Started,
    /// [`Trigger::Abort`] or [`Trigger::TimerFired`] on an execution that has ended.
    #[error("the execution has ended")]
    Closed,
    /// The task is over: ended, timed out, superseded by a newer attempt or cut off, or the whole
    /// execution has ended.
    #[error("the task has ended")]
    TaskTimedOut,
    /// The execution never scheduled this task, or never handed it out.
    #[error("the execution has no such task")]
    TaskDoesNotExist,
    /// Another delivery has started the task.
    #[error("another delivery has started the task")]
    AlreadyStarted,
    /// [`Trigger::TimerFired`] before [`crate::Snapshot::next_due_ms`].
    #[error("nothing is due")]
    NothingDue,
}
