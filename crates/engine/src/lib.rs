//! The interpreter of executions: two pure functions.
//!
//! [`decide`] takes a snapshot, a trigger and a context and says which events follow and which
//! commands remain; [`apply`] takes a snapshot and an event and is the only thing that changes
//! state. Nothing here does IO, looks at a clock, draws a random number or panics, whatever the
//! trigger.

mod apply;
mod context;
mod decide;
mod decision;
mod event;
mod index;
mod nested;
mod payload;
mod scope;
mod scopes;
mod snapshot;
mod task;
mod trigger;
mod variables;

pub use apply::apply;
pub use context::{Context, Identity, Limits, MachineStatus};
pub use decide::decide;
pub use decision::{Command, Decision};
pub use event::{Branch, Event, EventBody, Reason, StateType};
pub use nested::{Child, ChildEnd, JsonForm, NestedPattern, child_end};
pub use payload::Payload;
pub use scope::{Parent, Phase, Position, Scope, ScopeId, StateRun};
pub use scopes::Scopes;
pub use snapshot::{Root, Snapshot, Status};
pub use task::{Schedule, Started, TaskAttempt, TaskOutcome, TaskRef, Worker, WorkerKind};
pub use trigger::{Refusal, TaskFailure, Trigger};
pub use variables::Variables;
