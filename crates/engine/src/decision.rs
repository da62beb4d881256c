//! What comes of a trigger.

use crate::{Event, ScopeId, Snapshot, TaskAttempt};
use std::collections::BTreeSet;

/// The answer to a trigger. To be stored as one: events, snapshot and commands take effect
/// together or not at all.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The snapshot after all events.
    pub snapshot: Snapshot,
    /// What happened, in order; empty where the trigger has had its effect before.
    pub events: Vec<Event>,
    /// What is still to be done, by scheduled event.
    pub commands: Vec<Command>,
    /// Scopes that were made, changed or removed. Of a snapshot only these and the root need to
    /// be written.
    pub touched: BTreeSet<ScopeId>,
    /// The latest of the times that the decision took as come, by [`crate::Context::now_ms`], in
    /// milliseconds since the epoch: it may not take effect before. None where it rests on none.
    pub not_before_ms: Option<i64>,
}

/// An effect outside the execution, to be performed at least once after the decision is stored.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A task is pending: tell its queue. Everything about it stands in the snapshot.
    EnqueueTask {
        /// The scope of the task.
        scope: ScopeId,
        /// The task; its `scheduled_event` is unique in the execution.
        task: Box<TaskAttempt>,
    },
    /// The child of an attempt that waited for its end is to be stopped, since nobody does any
    /// more.
    StopChild {
        /// The attempt as it was.
        attempt: Box<TaskAttempt>,
    },
    /// A task is pending no more: it was started, or ended before.
    RetireTask {
        /// [`TaskAttempt::scheduled_event`]
        scheduled_event: u64,
    },
}
