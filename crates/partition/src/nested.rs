//! Nested executions between partitions: what a parent and its child tell each other.
//!
//! A start, a stop and a report of an end are entries of an outbox, so each is made at least once;
//! and each may be made again without harm. The start names the task that it is made for, which the
//! child's record keeps: the same task gets the first one's answer. The parent takes a report only
//! for an attempt that is open.

use crate::Execution;
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;
use stepwell_engine::{Child, ChildEnd, JsonForm, Reason, TaskRef, Trigger, child_end};
use stepwell_ids::ExecutionArn;

/// Outbox entries of stops have the number of the event that scheduled the task, and this.
const STOPS: u64 = 1 << 40;
/// Outbox entries of ends have the index of the waiter, and this.
const ENDS: u64 = 1 << 41;

/// An attempt of a task, of whichever execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteTask {
    /// The execution.
    pub arn: ExecutionArn,
    /// Its run.
    pub run_id: u128,
    /// The attempt.
    pub task: TaskRef,
}

impl RemoteTask {
    /// The request id of the start of its child.
    #[must_use]
    pub fn request_id(&self) -> String {
        format!("nested/{:032x}/{}", self.run_id, self.task.scheduled_event)
    }
}

/// A task of another execution that waits for the end of this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// The task.
    pub task: RemoteTask,
    /// How the end is described to it.
    pub form: JsonForm,
    /// Whether it knows of the end.
    pub(crate) told: bool,
}

impl Waiter {
    /// A task that knows of no end yet.
    #[must_use]
    pub fn new(task: RemoteTask, form: JsonForm) -> Self {
        Self { task, form, told: false }
    }
}

/// An execution to start for a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NestedStart {
    /// The task.
    pub task: RemoteTask,
    /// The account that the start is made in; its region is that of the task.
    pub account: String,
    /// What to start.
    pub child: Child,
    /// How the end is to be described; none where the task does not wait for it.
    pub form: Option<JsonForm>,
}

/// What a task is told about its child.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildReport {
    /// ARN of the child.
    pub child: Arc<str>,
    /// When it started, in milliseconds since the epoch.
    pub started_ms: i64,
    /// Its end, where the task waits for that and it has come.
    pub end: Option<ChildEnd>,
}

impl ChildReport {
    /// What a task that wants the end in `form` is told of its child.
    #[must_use]
    pub fn new(child: &Execution, form: Option<JsonForm>) -> Self {
        let (arn, root) = (&child.origin.identity.arn, child.snapshot.root());
        let end = form.and_then(|form| child_end(arn, root, form));
        Self { child: arn.to_string().into(), started_ms: root.started_ms, end }
    }

    /// The trigger that tells `task`.
    #[must_use]
    pub fn trigger(self, task: TaskRef) -> Trigger {
        let Self { child, started_ms, end } = self;
        Trigger::NestedReported { task, child, started_ms, end }
    }
}

/// Why a call to another execution gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// It may have taken effect. To be made again.
    #[error("{0}")]
    Unavailable(String),
    /// It never will, and the task fails like this.
    #[error("{0:?}")]
    Refused(Reason),
}

/// What a stop has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// An execution that runs no more, or is not the task's.
    Over,
    /// No execution: its start may still be on its way.
    Absent,
}

/// The way to other executions, wherever their partitions are.
#[async_trait]
pub trait NestedCalls: Send + Sync + 'static {
    /// Starts an execution for a task, and says what the task is to be told.
    async fn start(&self, start: &NestedStart) -> Result<ChildReport, CallError>;

    /// Stops the child of a task, where it is that task's and runs.
    async fn stop(&self, task: &RemoteTask, child: &ExecutionArn) -> Result<Stopped, CallError>;

    /// Tells a task about its child, where it still wants to know.
    async fn report(&self, task: &RemoteTask, report: &ChildReport) -> Result<(), CallError>;
}

/// A call that an outbox holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The execution whose outbox it is in.
    pub(crate) from: ExecutionArn,
    /// The number of the entry.
    pub(crate) entry: u64,
    /// The task that it is made for.
    pub(crate) task: RemoteTask,
    pub(crate) kind: CallKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    /// The child of the task, which is of the same execution, is to be started.
    Start,
    /// It is to be stopped.
    Stop { child: ExecutionArn },
    /// The task, which waits for the execution of the entry, is to be told of the end.
    End,
}

impl Call {
    /// To start the child of `task`.
    pub(crate) fn start(task: RemoteTask) -> Self {
        let (from, entry) = (task.arn.clone(), task.task.scheduled_event);
        Self { from, entry, task, kind: CallKind::Start }
    }

    /// To stop the child of `task`.
    pub(crate) fn stop(task: RemoteTask, child: ExecutionArn) -> Self {
        let (from, entry) = (task.arn.clone(), STOPS + task.task.scheduled_event);
        Self { from, entry, task, kind: CallKind::Stop { child } }
    }

    /// To tell `waiter`, one of those of `from`, of the end.
    pub(crate) fn end(from: &ExecutionArn, at: usize, waiter: &Waiter) -> Self {
        let entry = ENDS + at as u64;
        Self { from: from.clone(), entry, task: waiter.task.clone(), kind: CallKind::End }
    }

    /// Names the call in its partition.
    pub(crate) fn id(&self) -> (Bytes, u64) {
        (crate::key_of(&self.from), self.entry)
    }
}

/// The waiter whose outbox entry has this number.
pub(crate) fn waiter_of(entry: u64) -> Option<usize> {
    usize::try_from(entry.checked_sub(ENDS)?).ok()
}
