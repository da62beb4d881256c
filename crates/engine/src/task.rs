//! Attempts of Task states.

use crate::{Payload, Reason};
use std::sync::Arc;
use stepwell_asl::ast::CallPattern;

/// Who does the work of a task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkerKind {
    /// Workers that poll an activity.
    Activity,
    /// A Lambda function, called by the integration service.
    Function,
    /// Another service, called by the integration service through the resource with this ARN:
    /// `arn:aws:states:::<service>:<action>`.
    Integration(Arc<str>),
}

impl WorkerKind {
    /// The service and the action of an integration, as histories name them in `resourceType` and
    /// `resource`: `lambda` and `invoke`, or `aws-sdk:s3` and `getObject`.
    #[must_use]
    pub fn integration(&self) -> Option<(&str, &str)> {
        let Self::Integration(arn) = self else { return None };
        let call = arn.splitn(6, ':').nth(5).unwrap_or_default();
        let sdk = if call.starts_with("aws-sdk:") { "aws-sdk:".len() } else { 0 };
        let colon = call[sdk..].find(':').map_or(call.len(), |at| sdk + at);
        Some((&call[..colon], call[colon..].trim_start_matches(':')))
    }

    /// How the call ends; that of an activity or a function ends with the answer.
    #[must_use]
    pub fn pattern(&self) -> CallPattern {
        let suffix = self.integration().and_then(|(_, action)| Some(action.split_once('.')?.1));
        CallPattern::of_suffix(suffix).unwrap_or(CallPattern::RequestResponse)
    }

    pub(crate) fn of(
        &self,
        activity: &'static str,
        function: &'static str,
        integration: &'static str,
    ) -> &'static str {
        match self {
            Self::Activity => activity,
            Self::Function => function,
            Self::Integration(_) => integration,
        }
    }
}

/// The resource of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Who does the work.
    pub kind: WorkerKind,
    /// The ARN of the activity, the function or the resource.
    pub arn: Arc<str>,
    /// Which activity of this name it is, as [`crate::Context::activity`] gave it: one that is
    /// made again gets no tasks of its predecessor. 0 for a function.
    pub incarnation: u128,
}

/// What an attempt is asked to do: fixed when it is scheduled.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// The number of the attempt in this visit of the state, from 1.
    pub attempt: u32,
    /// A random number that the task token carries, so that it can't be guessed.
    pub nonce: u128,
    /// Who does the work.
    pub worker: Worker,
    /// The input of the work.
    pub input: Payload,
    /// The longest time from start to end, in seconds; none is no limit.
    pub timeout_seconds: Option<u32>,
    /// The longest time without a heartbeat after the start, in seconds; none asks for no
    /// heartbeats. Only a task that ends under a token that somebody else holds is held to it.
    pub heartbeat_seconds: Option<u32>,
    /// The longest time without a sign of life of the node that makes the call, in seconds; none
    /// for an activity. Histories don't show it.
    pub call_seconds: Option<u32>,
    /// The role that the call is made with, where the state names one.
    pub role_arn: Option<Arc<str>>,
}

/// An open attempt of a Task state. It is *pending* until its start is recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskAttempt {
    /// The id of the event that scheduled the attempt; unique in the execution.
    pub scheduled_event: u64,
    /// What was scheduled.
    pub schedule: Schedule,
    /// The start, once it is recorded.
    pub started: Option<Started>,
    /// The id of the event that told that its call was made; only of a task that goes on after
    /// its call.
    pub submitted_event: Option<u64>,
    /// When the attempt times out, in milliseconds since the epoch; none before the start.
    pub deadline_ms: Option<i64>,
    /// When a heartbeat will have been missed, in milliseconds since the epoch; none before the
    /// start.
    pub heartbeat_deadline_ms: Option<i64>,
    /// When the node that makes the call will count as lost, in milliseconds since the epoch; none
    /// before the start and after the call.
    pub call_deadline_ms: Option<i64>,
    /// How the task ended under its token while its call goes on: it counts once the call is over,
    /// so that histories show the call's answer before it.
    pub outcome: Option<TaskOutcome>,
}

/// How a task ended under its token.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskOutcome {
    /// With this output.
    Succeeded(Payload),
    /// By this failure.
    Failed(Reason),
}

/// The start of an attempt, and the delivery that reached a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The id of the event.
    pub event: u64,
    /// The time of that event, in milliseconds since the epoch.
    pub time_ms: i64,
    /// Names the newest delivery: asked again, the same delivery gets the same answer.
    pub delivery_id: u128,
    /// What the worker calls itself.
    pub worker_name: Option<Arc<str>>,
}

impl Schedule {
    /// Whether a heartbeat that does not come ends the attempt.
    pub(crate) fn asks_for_heartbeats(&self) -> bool {
        let kind = &self.worker.kind;
        *kind == WorkerKind::Activity || kind.pattern() == CallPattern::WaitForTaskToken
    }
}

impl TaskAttempt {
    /// How a task token names the attempt.
    #[must_use]
    pub fn reference(&self) -> TaskRef {
        TaskRef {
            scheduled_event: self.scheduled_event,
            attempt: self.schedule.attempt,
            nonce: self.schedule.nonce,
        }
    }

    pub(crate) fn due_ms(&self) -> Option<i64> {
        let all = [self.deadline_ms, self.heartbeat_deadline_ms, self.call_deadline_ms];
        all.into_iter().flatten().min()
    }

    /// Whether a token can end the attempt that its worker does not hold: the context object shows
    /// it.
    pub(crate) fn has_token(&self) -> bool {
        self.schedule.worker.kind.pattern() != CallPattern::RequestResponse
    }

    /// Whether the call is not over and the task goes on after it.
    pub(crate) fn is_being_called(&self) -> bool {
        self.submitted_event.is_none() && self.has_token()
    }
}

/// What a task token says about an attempt, besides the execution that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TaskRef {
    /// [`TaskAttempt::scheduled_event`]
    pub scheduled_event: u64,
    /// [`Schedule::attempt`]
    pub attempt: u32,
    /// [`Schedule::nonce`]
    pub nonce: u128,
}
