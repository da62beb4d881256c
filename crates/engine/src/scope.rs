//! Scopes: the threads of control of an execution.

use crate::{Payload, TaskAttempt, Variables};
use stepwell_asl::ast::{FlowId, StateId};

/// The number of a scope in its execution; never used again after the scope is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

impl ScopeId {
    /// The scope of the top level.
    pub const MAIN: Self = Self(0);
}

/// The top level of an execution, one branch of a Parallel state or one iteration of a Map state.
/// Its states run one at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Scope {
    /// The states that the scope runs.
    pub flow: FlowId,
    /// The Parallel or Map state that opened the scope; none for [`ScopeId::MAIN`].
    pub parent: Option<Parent>,
    /// The public event that the scope's next one follows, 0 where it follows none.
    pub tail: u64,
    /// The variables that its states have assigned; a finished scope keeps none.
    pub variables: Variables,
    /// Where the scope is.
    pub position: Position,
}

/// The place of a branch or an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The scope whose current state is the Parallel or Map state.
    pub scope: ScopeId,
    /// The index of the branch in `Branches`, or of the item.
    pub branch: u32,
}

/// Where a scope is in its flow.
#[derive(Clone, Debug, PartialEq)]
pub enum Position {
    /// About to enter a state.
    Entering {
        /// The state.
        state: StateId,
        /// Its input.
        input: Payload,
    },
    /// In a state.
    In(StateRun),
    /// At the end of a branch; the scope is kept for the branch's output until all are there.
    Finished {
        /// The output of the last state.
        output: Payload,
    },
}

/// One visit of a state.
#[derive(Clone, Debug, PartialEq)]
pub struct StateRun {
    /// The state.
    pub state: StateId,
    /// The id of the event by which it was entered.
    pub entered_event: u64,
    /// The public event that `entered_event` follows, 0 where it follows none.
    pub entered_after: u64,
    /// The time of `entered_event`, in milliseconds since the epoch.
    pub entered_ms: i64,
    /// The raw input.
    pub input: Payload,
    /// How many retries each retrier has given, by its index; absent is none.
    pub retries: Vec<u32>,
    /// How far the visit is.
    pub phase: Phase,
}

impl StateRun {
    /// Retries of this visit over all retriers.
    #[must_use]
    pub fn retry_count(&self) -> u32 {
        self.retries.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// How far the visit of a state is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Entered, nothing done yet.
    Entered,
    /// A Wait state until it goes on.
    Waiting {
        /// The time, in milliseconds since the epoch.
        until_ms: i64,
    },
    /// A Task state with an open attempt.
    Task(Box<TaskAttempt>),
    /// A Task, Parallel or Map state that failed, until it is tried again.
    Backoff {
        /// The time, in milliseconds since the epoch.
        until_ms: i64,
    },
    /// A Parallel state with open branches: the scopes `first` and the `count` - 1 after it.
    Branches {
        /// The scope of branch 0.
        first: ScopeId,
        /// Number of branches.
        count: u32,
        /// Branches that are not finished.
        open: u32,
    },
    /// A Map state with open iterations. The iteration of item `i` has the scope `first` + `i`
    /// from its start on; a finished one keeps it until all are.
    Iterations {
        /// The array to iterate over.
        items: Payload,
        /// How many items there are.
        length: u32,
        /// The scope of the first iteration.
        first: ScopeId,
        /// The first item whose iteration is not started.
        next: u32,
        /// Iterations that are started and not finished.
        open: u32,
    },
    /// The work has ended. What follows from it belongs to the same decision, so that no stored
    /// snapshot has this phase.
    Ended,
}

impl Scope {
    /// The visit of the current state.
    #[must_use]
    pub fn run(&self) -> Option<&StateRun> {
        if let Position::In(run) = &self.position { Some(run) } else { None }
    }

    pub(crate) fn run_mut(&mut self) -> Option<&mut StateRun> {
        if let Position::In(run) = &mut self.position { Some(run) } else { None }
    }

    /// The open attempt of the current state.
    #[must_use]
    pub fn attempt(&self) -> Option<&TaskAttempt> {
        match self.run()?.phase {
            Phase::Task(ref attempt) => Some(attempt),
            _ => None,
        }
    }

    pub(crate) fn attempt_mut(&mut self) -> Option<&mut TaskAttempt> {
        match self.run_mut()?.phase {
            Phase::Task(ref mut attempt) => Some(attempt),
            _ => None,
        }
    }

    /// Whether the scope can go on without anything from outside.
    pub(crate) fn is_runnable(&self) -> bool {
        match &self.position {
            Position::Entering { .. } => true,
            Position::In(run) => matches!(run.phase, Phase::Entered),
            Position::Finished { .. } => false,
        }
    }

    /// When the scope next has to be looked at, though nothing happens to it.
    pub(crate) fn due_ms(&self) -> Option<i64> {
        match &self.run()?.phase {
            Phase::Waiting { until_ms } | Phase::Backoff { until_ms } => Some(*until_ms),
            Phase::Task(attempt) => attempt.due_ms(),
            Phase::Entered | Phase::Branches { .. } | Phase::Iterations { .. } | Phase::Ended => {
                None
            }
        }
    }
}
