//! The corpus of language cases, and the door through which it drives what executes them.
//!
//! A [`Case`] is a file: a definition, an input, what workers do, and the history that must come
//! of it. A [`Door`] runs one and tells the history, in the form that the API gives it. There is
//! a door for the engine alone ([`EngineDoor`]) and one for a partition over a store
//! ([`PartitionDoor`]); the one for the running suite speaks Python, in `tests/e2e/language`.

mod case;
mod engine;
mod normalise;
mod partition;
mod task;

pub use case::{Act, Case, Findings, Outcome, cases};
pub use engine::EngineDoor;
pub use normalise::{normalised, normalised_text};
pub use partition::PartitionDoor;

use serde_json::{Map, Value as Json, json};
use stepwell_api::execution::GetExecutionHistoryResponse;
use stepwell_engine::{Event, Limits, Root, Status};
use stepwell_ids::ExecutionArn;

/// The role of every execution.
pub const ROLE: &str = "arn:aws:iam::000000000000:role/workflow";
const REGION: &str = "us-east-1";

/// Something that executes cases.
#[async_trait::async_trait]
pub trait Door: Sync {
    /// Runs a case to its end.
    async fn run(&self, case: &Case) -> Seen;
}

/// What came of a case, normalised.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// `status`, and `output` or `error` and `cause` where they are, as DescribeExecution gives
    /// them.
    pub ending: Json,
    /// The events of GetExecutionHistory.
    pub history: Vec<Json>,
}

impl Seen {
    pub(crate) fn new(root: &Root, events: &[Event]) -> Self {
        let status = match root.status {
            Status::Running => "RUNNING",
            Status::Succeeded => "SUCCEEDED",
            Status::Failed => "FAILED",
            Status::TimedOut => "TIMED_OUT",
            Status::Aborted => "ABORTED",
        };
        let mut ending = Map::new();
        ending.insert("status".into(), status.into());
        let output = root.output.as_ref().map(|output| output.text().to_owned());
        let error = root.reason.error.as_deref().map(str::to_owned);
        let cause = root.reason.cause.as_deref().map(str::to_owned);
        for (name, value) in [("output", output), ("error", error), ("cause", cause)] {
            if let Some(value) = value {
                ending.insert(name.into(), value.into());
            }
        }
        let events =
            events.iter().filter_map(|event| stepwell_execution::project(event, REGION)).collect();
        let page = GetExecutionHistoryResponse { events, next_token: None };
        let mut page: Json = stepwell_gateway::history_page(page)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let history = match page["events"].take() {
            Json::Array(events) => events.into_iter().map(normalised).collect(),
            _ => Vec::new(),
        };
        Self { ending: normalised(ending.into()), history }
    }
}

/// The execution that runs a case.
#[must_use]
pub fn execution_of(case: &Case) -> ExecutionArn {
    let machine = case.name.replace('/', "-");
    let text = format!("arn:aws:states:{REGION}:000000000000:execution:{machine}:run");
    ExecutionArn::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", case.name))
}

/// The engine's limits for a case.
pub(crate) fn limits_of(case: &Case) -> Limits {
    let mut limits = Limits::default();
    if let Some(small) = &case.limits {
        limits.payload_bytes = small.payload.unwrap_or(limits.payload_bytes);
        limits.history_events = small.history_events.unwrap_or(limits.history_events);
        limits.execution_seconds = small.execution_seconds.unwrap_or(limits.execution_seconds);
    }
    limits
}

/// What a validation of the text says, as ValidateStateMachineDefinition prints it.
#[must_use]
pub fn findings(text: &str) -> Vec<Json> {
    let parsed = stepwell_asl::parse(text);
    let finding = |finding: &stepwell_asl::Finding| {
        let mut printed = json!({
            "severity": finding.severity.to_string(),
            "code": finding.code.to_string(),
            "message": finding.message,
        });
        if let Some(location) = &finding.location {
            printed["location"] = location.as_str().into();
        }
        printed
    };
    parsed.findings.iter().map(finding).collect()
}
