//! The answer of GetExecutionHistory.
//!
//! Every payload has `inputDetails` or `outputDetails` beside it, which say that it is whole. An
//! event has at most one details member; where all of its fields are absent it is an empty object.

use super::{Date, incomplete};
use serde::Serialize;
use serde::ser::{Error as _, SerializeMap, Serializer};
use std::collections::BTreeMap;
use stepwell_api::execution::history_event::Details;
use stepwell_api::execution::{
    AssignedVariable, GetExecutionHistoryResponse, HistoryEvent, HistoryEventType,
};

/// A page of a history.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct History {
    events: Vec<Event>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl From<GetExecutionHistoryResponse> for History {
    fn from(page: GetExecutionHistoryResponse) -> Self {
        let events = page.events.into_iter().map(Event).collect();
        Self { events, next_token: page.next_token }
    }
}

/// An event on the wire.
#[derive(Debug)]
struct Event(HistoryEvent);

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(event) = self;
        let timestamp = event.timestamp.as_ref().map(Date::new);
        let timestamp = timestamp.ok_or_else(|| S::Error::custom(incomplete("timestamp")))?;
        let names = HistoryEventType::try_from(event.r#type).ok().and_then(names);
        let (name, details) = names.ok_or_else(|| {
            S::Error::custom(format_args!("event {} is of an unknown type", event.id))
        })?;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("timestamp", &timestamp)?;
        object.serialize_entry("type", name)?;
        object.serialize_entry("id", &event.id)?;
        object.serialize_entry("previousEventId", &event.previous_event_id)?;
        if !details.is_empty() {
            object.serialize_entry(details, &DetailsObject(event.details.as_ref()))?;
        }
        object.end()
    }
}

/// The name of a type and of the member that holds the details of its events, empty where they
/// have none.
fn names(event_type: HistoryEventType) -> Option<(&'static str, &'static str)> {
    use HistoryEventType as T;
    const ENTERED: &str = "stateEnteredEventDetails";
    const EXITED: &str = "stateExitedEventDetails";
    Some(match event_type {
        T::Unspecified => return None,
        T::ActivityFailed => ("ActivityFailed", "activityFailedEventDetails"),
        T::ActivityScheduleFailed => {
            ("ActivityScheduleFailed", "activityScheduleFailedEventDetails")
        }
        T::ActivityScheduled => ("ActivityScheduled", "activityScheduledEventDetails"),
        T::ActivityStarted => ("ActivityStarted", "activityStartedEventDetails"),
        T::ActivitySucceeded => ("ActivitySucceeded", "activitySucceededEventDetails"),
        T::ActivityTimedOut => ("ActivityTimedOut", "activityTimedOutEventDetails"),
        T::ChoiceStateEntered => ("ChoiceStateEntered", ENTERED),
        T::ChoiceStateExited => ("ChoiceStateExited", EXITED),
        T::ExecutionFailed => ("ExecutionFailed", "executionFailedEventDetails"),
        T::ExecutionStarted => ("ExecutionStarted", "executionStartedEventDetails"),
        T::ExecutionSucceeded => ("ExecutionSucceeded", "executionSucceededEventDetails"),
        T::ExecutionAborted => ("ExecutionAborted", "executionAbortedEventDetails"),
        T::ExecutionTimedOut => ("ExecutionTimedOut", "executionTimedOutEventDetails"),
        T::FailStateEntered => ("FailStateEntered", ENTERED),
        T::LambdaFunctionFailed => ("LambdaFunctionFailed", "lambdaFunctionFailedEventDetails"),
        T::LambdaFunctionScheduleFailed => {
            ("LambdaFunctionScheduleFailed", "lambdaFunctionScheduleFailedEventDetails")
        }
        T::LambdaFunctionScheduled => {
            ("LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails")
        }
        T::LambdaFunctionStartFailed => {
            ("LambdaFunctionStartFailed", "lambdaFunctionStartFailedEventDetails")
        }
        T::LambdaFunctionStarted => ("LambdaFunctionStarted", ""),
        T::LambdaFunctionSucceeded => {
            ("LambdaFunctionSucceeded", "lambdaFunctionSucceededEventDetails")
        }
        T::LambdaFunctionTimedOut => {
            ("LambdaFunctionTimedOut", "lambdaFunctionTimedOutEventDetails")
        }
        T::SucceedStateEntered => ("SucceedStateEntered", ENTERED),
        T::SucceedStateExited => ("SucceedStateExited", EXITED),
        T::TaskStateAborted => ("TaskStateAborted", ""),
        T::TaskStateEntered => ("TaskStateEntered", ENTERED),
        T::TaskStateExited => ("TaskStateExited", EXITED),
        T::PassStateEntered => ("PassStateEntered", ENTERED),
        T::PassStateExited => ("PassStateExited", EXITED),
        T::ParallelStateAborted => ("ParallelStateAborted", ""),
        T::ParallelStateEntered => ("ParallelStateEntered", ENTERED),
        T::ParallelStateExited => ("ParallelStateExited", EXITED),
        T::ParallelStateFailed => ("ParallelStateFailed", ""),
        T::ParallelStateStarted => ("ParallelStateStarted", ""),
        T::ParallelStateSucceeded => ("ParallelStateSucceeded", ""),
        T::MapStateAborted => ("MapStateAborted", ""),
        T::MapStateEntered => ("MapStateEntered", ENTERED),
        T::MapStateExited => ("MapStateExited", EXITED),
        T::MapStateFailed => ("MapStateFailed", ""),
        T::MapStateStarted => ("MapStateStarted", "mapStateStartedEventDetails"),
        T::MapStateSucceeded => ("MapStateSucceeded", ""),
        T::MapIterationAborted => ("MapIterationAborted", "mapIterationAbortedEventDetails"),
        T::MapIterationFailed => ("MapIterationFailed", "mapIterationFailedEventDetails"),
        T::MapIterationStarted => ("MapIterationStarted", "mapIterationStartedEventDetails"),
        T::MapIterationSucceeded => ("MapIterationSucceeded", "mapIterationSucceededEventDetails"),
        T::WaitStateAborted => ("WaitStateAborted", ""),
        T::WaitStateEntered => ("WaitStateEntered", ENTERED),
        T::WaitStateExited => ("WaitStateExited", EXITED),
    })
}

/// The fields of an event.
struct DetailsObject<'a>(Option<&'a Details>);

/// Says that a payload is whole.
#[derive(Serialize)]
struct Truncated {
    truncated: bool,
}

impl Serialize for DetailsObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        match self.0 {
            None => {}
            Some(Details::ExecutionStarted(details)) => {
                input(&mut object, &details.input)?;
                object.serialize_entry("roleArn", &details.role_arn)?;
            }
            Some(Details::ExecutionSucceeded(details)) => output(&mut object, &details.output)?,
            Some(Details::Failure(details)) => {
                optional(&mut object, "error", details.error.as_ref())?;
                optional(&mut object, "cause", details.cause.as_ref())?;
            }
            Some(Details::StateEntered(details)) => {
                object.serialize_entry("name", &details.name)?;
                input(&mut object, &details.input)?;
            }
            Some(Details::StateExited(details)) => {
                object.serialize_entry("name", &details.name)?;
                output(&mut object, &details.output)?;
                assigned_variables(&mut object, &details.assigned_variables)?;
            }
            Some(Details::ActivityScheduled(details)) => {
                object.serialize_entry("resource", &details.resource)?;
                input(&mut object, &details.input)?;
                let (timeout, heartbeat) =
                    (details.timeout_in_seconds, details.heartbeat_in_seconds);
                optional(&mut object, "timeoutInSeconds", timeout.as_ref())?;
                optional(&mut object, "heartbeatInSeconds", heartbeat.as_ref())?;
            }
            Some(Details::ActivityStarted(details)) => {
                optional(&mut object, "workerName", details.worker_name.as_ref())?;
            }
            Some(Details::TaskOutput(details)) => output(&mut object, &details.output)?,
            Some(Details::MapStateStarted(details)) => {
                object.serialize_entry("length", &details.length)?;
            }
            Some(Details::MapIteration(details)) => {
                object.serialize_entry("name", &details.name)?;
                object.serialize_entry("index", &details.index)?;
            }
            Some(Details::LambdaFunctionScheduled(details)) => {
                object.serialize_entry("resource", &details.resource)?;
                input(&mut object, &details.input)?;
                let timeout = details.timeout_in_seconds;
                optional(&mut object, "timeoutInSeconds", timeout.as_ref())?;
            }
        }
        object.end()
    }
}

fn input<M: SerializeMap>(object: &mut M, text: &str) -> Result<(), M::Error> {
    object.serialize_entry("input", text)?;
    object.serialize_entry("inputDetails", &Truncated { truncated: false })
}

fn output<M: SerializeMap>(object: &mut M, text: &str) -> Result<(), M::Error> {
    object.serialize_entry("output", text)?;
    object.serialize_entry("outputDetails", &Truncated { truncated: false })
}

/// Texts by name, for a state that assigned some.
fn assigned_variables<M: SerializeMap>(
    object: &mut M,
    assigned: &[AssignedVariable],
) -> Result<(), M::Error> {
    if assigned.is_empty() {
        return Ok(());
    }
    let texts: BTreeMap<_, _> =
        assigned.iter().map(|variable| (&variable.name, &variable.value)).collect();
    object.serialize_entry("assignedVariables", &texts)?;
    object.serialize_entry("assignedVariablesDetails", &Truncated { truncated: false })
}

fn optional<M: SerializeMap, T: Serialize>(
    object: &mut M,
    name: &'static str,
    value: Option<&T>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| object.serialize_entry(name, value))
}
