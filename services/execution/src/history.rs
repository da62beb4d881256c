//! Events as the history of the API shows them.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use stepwell_api::execution::history_event::Details;
use stepwell_api::execution::*;
use stepwell_api::from_millis;
use stepwell_engine::{Event, EventBody, Payload, Reason, Schedule, Variables, WorkerKind};

/// The public form of an event of an execution in `region`; none of a private one.
#[must_use]
pub fn project(event: &Event, region: &str) -> Option<HistoryEvent> {
    if event.is_private() {
        return None;
    }
    Some(HistoryEvent {
        // Histories have some ten thousand events.
        id: i64::try_from(event.id).unwrap_or(i64::MAX),
        previous_event_id: i64::try_from(event.previous).unwrap_or(i64::MAX),
        timestamp: Some(from_millis(event.time_ms)),
        r#type: event_type(&event.body).into(),
        details: details(&event.body, region),
    })
}

/// Bytes of an event in a page, roughly.
pub(crate) fn weight(event: &Event) -> usize {
    const FIXED: usize = 128;
    let payload = match &event.body {
        EventBody::ExecutionStarted { input, .. } | EventBody::StateEntered { input, .. } => input,
        EventBody::StateExited { output, assigned, .. } => {
            return FIXED + output.size() + assigned.bytes();
        }
        EventBody::ExecutionSucceeded { output }
        | EventBody::TaskSucceeded { output, .. }
        | EventBody::TaskSubmitted { output, .. } => output,
        EventBody::TaskScheduled(schedule) => &schedule.input,
        EventBody::ExecutionFailed(reason)
        | EventBody::ExecutionAborted(reason)
        | EventBody::ExecutionTimedOut(reason)
        | EventBody::EvaluationFailed { reason, .. }
        | EventBody::TaskFailed(_, reason) => {
            return FIXED + reason.cause.as_ref().map_or(0, |cause| cause.len());
        }
        _ => return FIXED,
    };
    FIXED + payload.size()
}

/// Beyond the largest number of an event type.
const MOST_TYPES: i32 = 256;

fn event_type(body: &EventBody) -> HistoryEventType {
    static TYPES: LazyLock<HashMap<String, HistoryEventType>> = LazyLock::new(|| {
        // The generated names are the documented ones in capitals.
        let name = |event_type: &HistoryEventType| {
            let words = event_type.as_str_name().trim_start_matches("HISTORY_EVENT_TYPE");
            words.replace('_', "").to_ascii_lowercase()
        };
        let all = (0..MOST_TYPES).filter_map(|number| HistoryEventType::try_from(number).ok());
        all.map(|event_type| (name(&event_type), event_type)).collect()
    });
    TYPES.get(&body.type_name().to_ascii_lowercase()).copied().unwrap_or_default()
}

fn details(body: &EventBody, region: &str) -> Option<Details> {
    Some(match body {
        EventBody::ExecutionStarted { input, role_arn, .. } => {
            Details::ExecutionStarted(ExecutionStartedEventDetails {
                input: text(input),
                role_arn: role_arn.as_ref().to_owned(),
                ..ExecutionStartedEventDetails::default()
            })
        }
        EventBody::ExecutionSucceeded { output } => {
            Details::ExecutionSucceeded(ExecutionSucceededEventDetails { output: text(output) })
        }
        EventBody::ExecutionFailed(reason)
        | EventBody::ExecutionAborted(reason)
        | EventBody::ExecutionTimedOut(reason) => Details::Failure(failure(reason)),
        EventBody::TaskScheduleFailed(worker, reason)
        | EventBody::TaskStartFailed(worker, reason)
        | EventBody::TaskFailed(worker, reason)
        | EventBody::TaskTimedOut(worker, reason) => task_failure(worker, reason),
        EventBody::EvaluationFailed { state, location, reason } => {
            let FailureEventDetails { error, cause } = failure(reason);
            let location = location.as_deref().map(str::to_owned);
            let state = state.as_ref().to_owned();
            let details = EvaluationFailedEventDetails { state, location, error, cause };
            Details::EvaluationFailed(details)
        }
        EventBody::StateEntered { name, input, .. } => {
            let (name, input) = (name.as_ref().to_owned(), text(input));
            Details::StateEntered(StateEnteredEventDetails { name, input })
        }
        EventBody::StateExited { name, output, assigned, .. } => {
            let (name, output) = (name.as_ref().to_owned(), text(output));
            let assigned_variables = assigned_variables(assigned);
            Details::StateExited(StateExitedEventDetails { name, output, assigned_variables })
        }
        EventBody::MapStateStarted { length, .. } => {
            Details::MapStateStarted(MapStateStartedEventDetails { length: (*length).into() })
        }
        EventBody::MapIterationStarted { name, index, .. }
        | EventBody::MapIterationSucceeded { name, index }
        | EventBody::MapIterationFailed { name, index }
        | EventBody::MapIterationAborted { name, index } => {
            let (name, index) = (name.as_ref().to_owned(), (*index).into());
            Details::MapIteration(MapIterationEventDetails { name, index })
        }
        EventBody::TaskScheduled(schedule) => scheduled(schedule, region),
        EventBody::TaskStarted { worker, worker_name, .. } => match worker {
            WorkerKind::Activity => {
                let worker_name = worker_name.as_deref().map(str::to_owned);
                Details::ActivityStarted(ActivityStartedEventDetails { worker_name })
            }
            WorkerKind::Function => return None,
            WorkerKind::Integration(_) => {
                Details::TaskStarted(TaskStartedEventDetails { called: called(worker) })
            }
        },
        EventBody::TaskSubmitted { worker, output } => {
            let (called, output) = (called(worker), text(output));
            Details::TaskSubmitted(TaskSubmittedEventDetails { called, output })
        }
        EventBody::TaskSucceeded { worker, output } => match called(worker) {
            None => Details::TaskOutput(TaskOutputEventDetails { output: text(output) }),
            called => {
                Details::TaskSucceeded(TaskSucceededEventDetails { called, output: text(output) })
            }
        },
        _ => return None,
    })
}

/// What an integration calls; none of another worker.
fn called(worker: &WorkerKind) -> Option<TaskResource> {
    let (service, action) = worker.integration()?;
    Some(TaskResource { resource_type: service.to_owned(), resource: action.to_owned() })
}

fn task_failure(worker: &WorkerKind, reason: &Reason) -> Details {
    let FailureEventDetails { error, cause } = failure(reason);
    match called(worker) {
        None => Details::Failure(FailureEventDetails { error, cause }),
        called => Details::TaskFailure(TaskFailureEventDetails { called, error, cause }),
    }
}

fn scheduled(schedule: &Schedule, region: &str) -> Details {
    let (resource, input) = (schedule.worker.arn.as_ref().to_owned(), text(&schedule.input));
    let timeout_in_seconds = schedule.timeout_seconds.map(i64::from);
    let role_arn = schedule.role_arn.as_deref().map(str::to_owned);
    let task_credentials = role_arn.map(|role_arn| TaskCredentials { role_arn });
    match &schedule.worker.kind {
        WorkerKind::Activity => Details::ActivityScheduled(ActivityScheduledEventDetails {
            resource,
            input,
            timeout_in_seconds,
            heartbeat_in_seconds: schedule.heartbeat_seconds.map(i64::from),
        }),
        WorkerKind::Function => {
            Details::LambdaFunctionScheduled(LambdaFunctionScheduledEventDetails {
                resource,
                input,
                timeout_in_seconds,
                task_credentials,
            })
        }
        WorkerKind::Integration(_) => Details::TaskScheduled(TaskScheduledEventDetails {
            called: called(&schedule.worker.kind),
            region: region.to_owned(),
            parameters: input,
            timeout_in_seconds,
            heartbeat_in_seconds: schedule.heartbeat_seconds.map(i64::from),
            task_credentials,
        }),
    }
}

fn assigned_variables(assigned: &Variables) -> Vec<AssignedVariable> {
    let variable = |(name, value): (&Arc<str>, _)| AssignedVariable {
        name: name.as_ref().to_owned(),
        value: text(value),
    };
    assigned.iter().map(variable).collect()
}

fn failure(reason: &Reason) -> FailureEventDetails {
    FailureEventDetails {
        error: reason.error.as_deref().map(str::to_owned),
        cause: reason.cause.as_deref().map(str::to_owned),
    }
}

fn text(payload: &Payload) -> String {
    payload.text().to_owned()
}
