//! Events: the numbered, immutable facts of an execution.
//!
//! They hold evaluated results, so that a replay under another clock, seed or evaluator gives
//! the same snapshot. The history of the API is the public ones among them.

use crate::{Payload, Schedule, ScopeId, TaskOutcome, Variables, WorkerKind};
use std::sync::Arc;
use stepwell_asl::ast::{FlowId, StateId, StateKind};

/// One fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Counts the public events of the execution from 1 without gaps; 0 for a private one.
    pub id: u64,
    /// The public event that this one follows, 0 for none; `previousEventId` of the history.
    pub previous: u64,
    /// Milliseconds since the epoch; never less than that of the event before.
    pub time_ms: i64,
    /// The scope that the event belongs to.
    pub scope: ScopeId,
    /// What happened.
    pub body: EventBody,
}

/// Why something failed. Either part may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// The name of the error.
    pub error: Option<Arc<str>>,
    /// More about it.
    pub cause: Option<Arc<str>>,
}

/// What happened: event types of the API reference (`HistoryEvent`, `type`), those that differ
/// only by the state's type or the worker taken together, and the private ones.
#[derive(Clone, Debug, PartialEq)]
pub enum EventBody {
    /// `ExecutionStarted`
    ExecutionStarted {
        /// The caller's input, text as sent.
        input: Payload,
        /// The role of the state machine.
        role_arn: Arc<str>,
        /// Where the execution starts.
        start_at: StateId,
        /// When the execution times out, in milliseconds since the epoch.
        deadline_ms: i64,
    },
    /// `ExecutionSucceeded`
    ExecutionSucceeded {
        /// The output of the last state.
        output: Payload,
    },
    /// `ExecutionFailed`
    ExecutionFailed(Reason),
    /// `ExecutionAborted`
    ExecutionAborted(Reason),
    /// `ExecutionTimedOut`
    ExecutionTimedOut(Reason),
    /// `PassStateEntered`, `TaskStateEntered`, …
    StateEntered {
        /// The type of the state.
        kind: StateType,
        /// The state in its flow.
        state: StateId,
        /// The name of the state.
        name: Arc<str>,
        /// Its raw input.
        input: Payload,
    },
    /// `PassStateExited`, `TaskStateExited`, …
    StateExited {
        /// The type of the state.
        kind: StateType,
        /// The name of the state.
        name: Arc<str>,
        /// Its output.
        output: Payload,
        /// What `Assign` sets.
        assigned: Variables,
        /// The state that the scope goes on to; none ends the scope.
        next: Option<StateId>,
    },
    /// `TaskStateAborted`, `WaitStateAborted`, `ParallelStateAborted`, `MapStateAborted`: the state
    /// was cut off because a branch failed. Ends its scope.
    StateAborted {
        /// The type of the state.
        kind: StateType,
    },
    /// `ParallelStateStarted`: opens one scope a branch.
    ParallelStateStarted {
        /// The flow of each branch and where it starts.
        branches: Vec<Branch>,
        /// The effective input, which every branch gets.
        input: Payload,
    },
    /// `ParallelStateSucceeded`
    ParallelStateSucceeded,
    /// `ParallelStateFailed`
    ParallelStateFailed,
    /// `MapStateStarted`
    MapStateStarted {
        /// The array to iterate over.
        items: Payload,
        /// How many items there are.
        length: u32,
    },
    /// `MapStateSucceeded`
    MapStateSucceeded,
    /// `MapStateFailed`
    MapStateFailed,
    /// `MapIterationStarted`: opens the iteration's scope.
    MapIterationStarted {
        /// The name of the Map state.
        name: Arc<str>,
        /// The index of the item.
        index: u32,
        /// The flow of the iteration and where it starts.
        branch: Branch,
        /// What the iteration gets: the item, or what `ItemSelector` makes of it.
        input: Payload,
    },
    /// `MapIterationSucceeded`
    MapIterationSucceeded {
        /// The name of the Map state.
        name: Arc<str>,
        /// The index of the item.
        index: u32,
    },
    /// `MapIterationFailed`
    MapIterationFailed {
        /// The name of the Map state.
        name: Arc<str>,
        /// The index of the item.
        index: u32,
    },
    /// `MapIterationAborted`: cut off because another iteration failed.
    MapIterationAborted {
        /// The name of the Map state.
        name: Arc<str>,
        /// The index of the item.
        index: u32,
    },
    /// `ActivityScheduled`, `LambdaFunctionScheduled`, `TaskScheduled`
    TaskScheduled(Schedule),
    /// `ActivityScheduleFailed`, `LambdaFunctionScheduleFailed`; an integration has
    /// `TaskStartFailed` for it.
    TaskScheduleFailed(WorkerKind, Reason),
    /// `ActivityStarted`, `LambdaFunctionStarted`, `TaskStarted`
    TaskStarted {
        /// Who does the work.
        worker: WorkerKind,
        /// Names the delivery.
        delivery_id: u128,
        /// What the worker calls itself; shown for activities.
        worker_name: Option<Arc<str>>,
    },
    /// `TaskSubmitted`: the call was made, and the task ends by what comes of it.
    TaskSubmitted {
        /// Who made the call.
        worker: WorkerKind,
        /// The answer to the call.
        output: Payload,
    },
    /// `LambdaFunctionStartFailed`, `TaskStartFailed`
    TaskStartFailed(WorkerKind, Reason),
    /// `ActivitySucceeded`, `LambdaFunctionSucceeded`, `TaskSucceeded`
    TaskSucceeded {
        /// Who did the work.
        worker: WorkerKind,
        /// The result.
        output: Payload,
    },
    /// `ActivityFailed`, `LambdaFunctionFailed`, `TaskFailed`
    TaskFailed(WorkerKind, Reason),
    /// `ActivityTimedOut`, `LambdaFunctionTimedOut`, `TaskTimedOut`
    TaskTimedOut(WorkerKind, Reason),
    /// `EvaluationFailed`: an expression of a state failed.
    EvaluationFailed {
        /// The name of the state.
        state: Arc<str>,
        /// Where in the state the expression stands; none where it is no single field.
        location: Option<Arc<str>>,
        /// `States.QueryEvaluationError` and what happened.
        reason: Reason,
    },
    /// Private: a Wait state knows until when.
    WaitScheduled {
        /// The time, in milliseconds since the epoch.
        until_ms: i64,
    },
    /// Private: a failed state will be tried again. Ends the scopes of its branches.
    RetryScheduled {
        /// The index of the retrier in `Retry`.
        retrier: u32,
        /// The time, in milliseconds since the epoch.
        until_ms: i64,
    },
    /// Private: a worker said that it is alive. The snapshot holds all that follows from it, so
    /// a journal may leave it out.
    HeartbeatReceived,
    /// Private: the node that makes a call said that it is alive. As with heartbeats, a journal may
    /// leave it out.
    CallAlive,
    /// Private: a task ended under its token while its call goes on.
    OutcomeReceived(TaskOutcome),
    /// Private: a delivery failed and another one took its place.
    TaskRedelivered {
        /// Names the new delivery.
        delivery_id: u128,
        /// What the worker calls itself.
        worker_name: Option<Arc<str>>,
    },
}

/// A branch of a Parallel state, or an iteration of a Map state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its states.
    pub flow: FlowId,
    /// The state that it starts at.
    pub start_at: StateId,
}

/// The type of a state, as events name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateType {
    /// `Pass`
    Pass,
    /// `Task`
    Task,
    /// `Choice`
    Choice,
    /// `Wait`
    Wait,
    /// `Succeed`
    Succeed,
    /// `Fail`
    Fail,
    /// `Parallel`
    Parallel,
    /// `Map`
    Map,
}

impl From<&StateKind> for StateType {
    fn from(kind: &StateKind) -> Self {
        match kind {
            StateKind::Pass(_) => Self::Pass,
            StateKind::Task(_) => Self::Task,
            StateKind::Choice(_) => Self::Choice,
            StateKind::Wait(_) => Self::Wait,
            StateKind::Succeed => Self::Succeed,
            StateKind::Fail(_) => Self::Fail,
            StateKind::Parallel(_) => Self::Parallel,
            StateKind::Map(_) => Self::Map,
        }
    }
}

impl Event {
    /// Whether the event is bookkeeping that the history of the API leaves out.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.id == 0
    }

    /// The type as the history of the API names it; a private event has a name of its own.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.body.type_name()
    }
}

impl EventBody {
    /// The type as the history of the API names it; a private event has a name of its own.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::ExecutionStarted { .. } => "ExecutionStarted",
            Self::ExecutionSucceeded { .. } => "ExecutionSucceeded",
            Self::ExecutionFailed(_) => "ExecutionFailed",
            Self::ExecutionAborted(_) => "ExecutionAborted",
            Self::ExecutionTimedOut(_) => "ExecutionTimedOut",
            Self::StateEntered { kind, .. } => kind.entered(),
            Self::StateExited { kind, .. } => kind.exited(),
            Self::StateAborted { kind } => kind.aborted(),
            Self::ParallelStateStarted { .. } => "ParallelStateStarted",
            Self::ParallelStateSucceeded => "ParallelStateSucceeded",
            Self::ParallelStateFailed => "ParallelStateFailed",
            Self::MapStateStarted { .. } => "MapStateStarted",
            Self::MapStateSucceeded => "MapStateSucceeded",
            Self::MapStateFailed => "MapStateFailed",
            Self::MapIterationStarted { .. } => "MapIterationStarted",
            Self::MapIterationSucceeded { .. } => "MapIterationSucceeded",
            Self::MapIterationFailed { .. } => "MapIterationFailed",
            Self::MapIterationAborted { .. } => "MapIterationAborted",
            Self::TaskScheduled(schedule) => {
                let kind = &schedule.worker.kind;
                kind.of("ActivityScheduled", "LambdaFunctionScheduled", "TaskScheduled")
            }
            Self::TaskScheduleFailed(worker, _) => worker.of(
                "ActivityScheduleFailed",
                "LambdaFunctionScheduleFailed",
                "TaskStartFailed",
            ),
            Self::TaskStarted { worker, .. } => {
                worker.of("ActivityStarted", "LambdaFunctionStarted", "TaskStarted")
            }
            Self::TaskSubmitted { .. } => "TaskSubmitted",
            Self::TaskStartFailed(worker, _) => {
                worker.of("ActivityScheduleFailed", "LambdaFunctionStartFailed", "TaskStartFailed")
            }
            Self::TaskSucceeded { worker, .. } => {
                worker.of("ActivitySucceeded", "LambdaFunctionSucceeded", "TaskSucceeded")
            }
            Self::TaskFailed(worker, _) => {
                worker.of("ActivityFailed", "LambdaFunctionFailed", "TaskFailed")
            }
            Self::TaskTimedOut(worker, _) => {
                worker.of("ActivityTimedOut", "LambdaFunctionTimedOut", "TaskTimedOut")
            }
            Self::EvaluationFailed { .. } => "EvaluationFailed",
            Self::WaitScheduled { .. } => "WaitScheduled",
            Self::RetryScheduled { .. } => "RetryScheduled",
            Self::HeartbeatReceived => "HeartbeatReceived",
            Self::CallAlive => "CallAlive",
            Self::OutcomeReceived(_) => "OutcomeReceived",
            Self::TaskRedelivered { .. } => "TaskRedelivered",
        }
    }

    /// Whether the event is bookkeeping that the history of the API leaves out.
    #[must_use]
    pub fn is_private(&self) -> bool {
        matches!(
            self,
            Self::WaitScheduled { .. }
                | Self::RetryScheduled { .. }
                | Self::HeartbeatReceived
                | Self::CallAlive
                | Self::OutcomeReceived(_)
                | Self::TaskRedelivered { .. }
        )
    }

    /// Whether the event ends the execution.
    #[must_use]
    pub fn ends_execution(&self) -> bool {
        matches!(
            self,
            Self::ExecutionSucceeded { .. }
                | Self::ExecutionFailed(_)
                | Self::ExecutionAborted(_)
                | Self::ExecutionTimedOut(_)
        )
    }
}

impl StateType {
    fn entered(self) -> &'static str {
        match self {
            Self::Pass => "PassStateEntered",
            Self::Task => "TaskStateEntered",
            Self::Choice => "ChoiceStateEntered",
            Self::Wait => "WaitStateEntered",
            Self::Succeed => "SucceedStateEntered",
            Self::Fail => "FailStateEntered",
            Self::Parallel => "ParallelStateEntered",
            Self::Map => "MapStateEntered",
        }
    }

    fn exited(self) -> &'static str {
        match self {
            Self::Pass => "PassStateExited",
            Self::Task => "TaskStateExited",
            Self::Choice => "ChoiceStateExited",
            Self::Wait => "WaitStateExited",
            Self::Succeed => "SucceedStateExited",
            Self::Fail => "FailStateExited",
            Self::Parallel => "ParallelStateExited",
            Self::Map => "MapStateExited",
        }
    }

    fn aborted(self) -> &'static str {
        match self {
            Self::Pass => "PassStateAborted",
            Self::Task => "TaskStateAborted",
            Self::Choice => "ChoiceStateAborted",
            Self::Wait => "WaitStateAborted",
            Self::Succeed => "SucceedStateAborted",
            Self::Fail => "FailStateAborted",
            Self::Parallel => "ParallelStateAborted",
            Self::Map => "MapStateAborted",
        }
    }
}
