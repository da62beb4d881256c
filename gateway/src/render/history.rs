//! The answer of GetExecutionHistory.
//!
//! Every payload has `inputDetails` or `outputDetails` beside it, which say that it is whole. An
//! event has at most one details member; where all of its fields are absent it is an empty object.

use super::{Date, IncludedData, incomplete};
use serde::Serialize;
use serde::ser::{Error as _, SerializeMap, Serializer};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;
use stepwell_api::execution::history_event::Details;
use stepwell_api::execution::{
    AssignedVariable, ExecutionStartedEventDetails, GetExecutionHistoryResponse, HistoryEvent,
    HistoryEventType, TaskCredentials, TaskResource,
};

/// Beyond the largest number of an event type.
const MOST_TYPES: i32 = 256;

/// A page of a history.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct History {
    events: Vec<Event>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl History {
    /// A page, whose events have payloads where `data` says so.
    pub(crate) fn new(mut page: GetExecutionHistoryResponse, data: IncludedData) -> Self {
        if data == IncludedData::MetadataOnly {
            page.events.iter_mut().filter_map(|it| it.details.as_mut()).for_each(without_payloads);
        }
        let events = page.events.into_iter().map(Event).collect();
        Self { events, next_token: page.next_token }
    }
}

/// Takes the payloads out: a payload is never empty, and empty ones are not written.
fn without_payloads(details: &mut Details) {
    match details {
        Details::ExecutionStarted(details) => details.input.clear(),
        Details::ExecutionSucceeded(details) => details.output.clear(),
        Details::StateEntered(details) => details.input.clear(),
        Details::StateExited(details) => {
            details.output.clear();
            details.assigned_variables.clear();
        }
        Details::ActivityScheduled(details) => details.input.clear(),
        Details::LambdaFunctionScheduled(details) => details.input.clear(),
        Details::TaskOutput(details) => details.output.clear(),
        Details::TaskScheduled(details) => details.parameters.clear(),
        Details::TaskSubmitted(details) => details.output.clear(),
        Details::TaskSucceeded(details) => details.output.clear(),
        _ => {}
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
        let event_type = HistoryEventType::try_from(event.r#type).unwrap_or_default();
        if event_type == HistoryEventType::Unspecified {
            let text = format_args!("event {} is of an unknown type", event.id);
            return Err(S::Error::custom(text));
        }
        let shown = Shown::of(event_type);
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("timestamp", &timestamp)?;
        object.serialize_entry("type", &shown.name)?;
        object.serialize_entry("id", &event.id)?;
        object.serialize_entry("previousEventId", &event.previous_event_id)?;
        if let Some(member) = &shown.member {
            object.serialize_entry(member, &DetailsObject(event.details.as_ref()))?;
        }
        object.end()
    }
}

/// How events of a type are shown.
struct Shown {
    name: String,
    /// Where their details are.
    member: Option<Cow<'static, str>>,
}

impl Shown {
    fn of(event_type: HistoryEventType) -> &'static Self {
        static ALL: LazyLock<HashMap<HistoryEventType, Shown>> = LazyLock::new(|| {
            let types =
                (0..MOST_TYPES).filter_map(|number| HistoryEventType::try_from(number).ok());
            types.map(|event_type| (event_type, Shown::new(event_type))).collect()
        });
        static UNKNOWN: LazyLock<Shown> =
            LazyLock::new(|| Shown::new(HistoryEventType::Unspecified));
        ALL.get(&event_type).unwrap_or(&UNKNOWN)
    }

    fn new(event_type: HistoryEventType) -> Self {
        let name = type_name(event_type);
        let member = details_member(&name);
        Self { name, member }
    }
}

/// The name of a type: `PASS_STATE_ENTERED` is `PassStateEntered`.
fn type_name(event_type: HistoryEventType) -> String {
    let words = event_type.as_str_name().trim_start_matches("HISTORY_EVENT_TYPE_").split('_');
    let mut name = String::new();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        name.push_str(first);
        name.push_str(&rest.to_ascii_lowercase());
    }
    name
}

/// The member that holds the details of events of the type `name`; none where they have none.
fn details_member(name: &str) -> Option<Cow<'static, str>> {
    if name.ends_with("StateEntered") {
        return Some("stateEnteredEventDetails".into());
    }
    if name.ends_with("StateExited") {
        return Some("stateExitedEventDetails".into());
    }
    if name == "LambdaFunctionStarted" || (name.contains("State") && name != "MapStateStarted") {
        return None;
    }
    let (first, rest) = name.split_at(name.len().min(1));
    Some(format!("{}{rest}EventDetails", first.to_ascii_lowercase()).into())
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
            Some(Details::ExecutionStarted(details)) => started(&mut object, details)?,
            Some(Details::ExecutionSucceeded(details)) => output(&mut object, &details.output)?,
            Some(Details::Failure(details)) => {
                failure(&mut object, details.error.as_ref(), details.cause.as_ref())?;
            }
            Some(Details::EvaluationFailed(details)) => {
                failure(&mut object, details.error.as_ref(), details.cause.as_ref())?;
                optional(&mut object, "location", details.location.as_ref())?;
                object.serialize_entry("state", &details.state)?;
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
            Some(Details::MapStateStarted(details)) => {
                object.serialize_entry("length", &details.length)?;
            }
            Some(Details::MapIteration(details)) => {
                object.serialize_entry("name", &details.name)?;
                object.serialize_entry("index", &details.index)?;
            }
            Some(details) => task(&mut object, details)?,
        }
        object.end()
    }
}

/// The fields of an event of a task.
fn task<M: SerializeMap>(object: &mut M, details: &Details) -> Result<(), M::Error> {
    match details {
        Details::ActivityScheduled(details) => {
            object.serialize_entry("resource", &details.resource)?;
            input(object, &details.input)?;
            let (timeout, heartbeat) = (details.timeout_in_seconds, details.heartbeat_in_seconds);
            optional(object, "timeoutInSeconds", timeout.as_ref())?;
            optional(object, "heartbeatInSeconds", heartbeat.as_ref())?;
        }
        Details::ActivityStarted(details) => {
            optional(object, "workerName", details.worker_name.as_ref())?;
        }
        Details::TaskOutput(details) => output(object, &details.output)?,
        Details::TaskScheduled(details) => {
            called(object, details.called.as_ref())?;
            object.serialize_entry("region", &details.region)?;
            let parameters = Some(&details.parameters).filter(|text| !text.is_empty());
            optional(object, "parameters", parameters)?;
            let (timeout, heartbeat) = (details.timeout_in_seconds, details.heartbeat_in_seconds);
            optional(object, "timeoutInSeconds", timeout.as_ref())?;
            optional(object, "heartbeatInSeconds", heartbeat.as_ref())?;
            credentials(object, details.task_credentials.as_ref())?;
        }
        Details::TaskStarted(details) => called(object, details.called.as_ref())?,
        Details::TaskSubmitted(details) => {
            called(object, details.called.as_ref())?;
            output(object, &details.output)?;
        }
        Details::TaskSucceeded(details) => {
            called(object, details.called.as_ref())?;
            output(object, &details.output)?;
        }
        Details::TaskFailure(details) => {
            called(object, details.called.as_ref())?;
            failure(object, details.error.as_ref(), details.cause.as_ref())?;
        }
        Details::LambdaFunctionScheduled(details) => {
            object.serialize_entry("resource", &details.resource)?;
            input(object, &details.input)?;
            let timeout = details.timeout_in_seconds;
            optional(object, "timeoutInSeconds", timeout.as_ref())?;
            credentials(object, details.task_credentials.as_ref())?;
        }
        _ => {}
    }
    Ok(())
}

fn started<M: SerializeMap>(
    object: &mut M,
    details: &ExecutionStartedEventDetails,
) -> Result<(), M::Error> {
    input(object, &details.input)?;
    object.serialize_entry("roleArn", &details.role_arn)?;
    optional(object, "stateMachineVersionArn", details.state_machine_version_arn.as_ref())?;
    optional(object, "stateMachineAliasArn", details.state_machine_alias_arn.as_ref())
}

fn failure<M: SerializeMap>(
    object: &mut M,
    error: Option<&String>,
    cause: Option<&String>,
) -> Result<(), M::Error> {
    optional(object, "error", error)?;
    optional(object, "cause", cause)
}

fn input<M: SerializeMap>(object: &mut M, text: &str) -> Result<(), M::Error> {
    if text.is_empty() {
        return Ok(());
    }
    object.serialize_entry("input", text)?;
    object.serialize_entry("inputDetails", &Truncated { truncated: false })
}

fn output<M: SerializeMap>(object: &mut M, text: &str) -> Result<(), M::Error> {
    if text.is_empty() {
        return Ok(());
    }
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

fn called<M: SerializeMap>(object: &mut M, called: Option<&TaskResource>) -> Result<(), M::Error> {
    let called = called.ok_or_else(|| M::Error::custom(incomplete("called")))?;
    object.serialize_entry("resourceType", &called.resource_type)?;
    object.serialize_entry("resource", &called.resource)
}

/// The role of a call.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Credentials<'a> {
    role_arn: &'a str,
}

fn credentials<M: SerializeMap>(
    object: &mut M,
    credentials: Option<&TaskCredentials>,
) -> Result<(), M::Error> {
    let credentials = credentials.map(|found| Credentials { role_arn: &found.role_arn });
    optional(object, "taskCredentials", credentials.as_ref())
}

fn optional<M: SerializeMap, T: Serialize>(
    object: &mut M,
    name: &'static str,
    value: Option<&T>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| object.serialize_entry(name, value))
}
