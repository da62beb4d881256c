//! Answers about executions.

use super::resources::{EncryptionConfiguration, LoggingConfiguration, TracingConfiguration};
use super::{Date, IncludedData, date, incomplete, optional_date};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use stepwell_api::ApiError;
use stepwell_api::execution::{
    DescribeExecutionResponse, ExecutionListItem, ExecutionStatus, ListExecutionsResponse,
};

/// How long after its end an execution can be redriven.
const REDRIVABLE: Duration = Duration::from_secs(14 * 86_400);

/// Of StartExecution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartedExecution {
    pub(crate) execution_arn: String,
    pub(crate) start_date: Date,
}

/// Of StopExecution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoppedExecution {
    pub(crate) stop_date: Date,
}

/// Says that a payload stands beside it.
#[derive(Debug, Serialize)]
struct Included {
    included: bool,
}

/// Of DescribeExecution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Execution {
    execution_arn: String,
    state_machine_arn: String,
    name: String,
    status: &'static str,
    start_date: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_version_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_alias_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    input_details: Included,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_details: Option<Included>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    redrive_count: u32,
    redrive_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redrive_status_reason: Option<&'static str>,
}

impl Execution {
    pub(crate) fn new(
        found: DescribeExecutionResponse,
        data: IncludedData,
    ) -> Result<Self, ApiError> {
        let included = data == IncludedData::AllData;
        let status = status(found.status)?;
        let stop_date = optional_date(found.stop_date.as_ref());
        let reason = not_redrivable(found.status(), stop_date, SystemTime::now());
        Ok(Self {
            start_date: date(found.start_date.as_ref(), "startDate")?,
            execution_arn: found.execution_arn,
            state_machine_arn: found.state_machine_arn,
            name: found.name,
            status,
            stop_date,
            state_machine_version_arn: found.state_machine_version_arn,
            state_machine_alias_arn: found.state_machine_alias_arn,
            input: Some(found.input).filter(|_| included),
            input_details: Included { included },
            output_details: found.output.is_some().then_some(Included { included }),
            output: found.output.filter(|_| included),
            error: found.error,
            cause: found.cause,
            redrive_count: 0,
            redrive_status: if reason.is_some() { "NOT_REDRIVABLE" } else { "REDRIVABLE" },
            redrive_status_reason: reason,
        })
    }
}

/// Why an execution can't be redriven at `now`, with the texts of the service.
fn not_redrivable(
    status: ExecutionStatus,
    stop_date: Option<Date>,
    now: SystemTime,
) -> Option<&'static str> {
    match status {
        ExecutionStatus::Unspecified | ExecutionStatus::Running => {
            Some("Execution is RUNNING and cannot be redriven")
        }
        ExecutionStatus::Succeeded => Some("Execution is SUCCEEDED and cannot be redriven"),
        ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted => {
            let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
            let closed = stop_date.map_or(0.0, |Date(seconds)| seconds);
            let over = now.as_secs_f64() - closed > REDRIVABLE.as_secs_f64();
            over.then_some("Execution redrivable period exceeded")
        }
    }
}

/// The name of a status.
fn status(status: i32) -> Result<&'static str, ApiError> {
    match ExecutionStatus::try_from(status) {
        Ok(ExecutionStatus::Running) => Ok("RUNNING"),
        Ok(ExecutionStatus::Succeeded) => Ok("SUCCEEDED"),
        Ok(ExecutionStatus::Failed) => Ok("FAILED"),
        Ok(ExecutionStatus::TimedOut) => Ok("TIMED_OUT"),
        Ok(ExecutionStatus::Aborted) => Ok("ABORTED"),
        Ok(ExecutionStatus::Unspecified) | Err(_) => Err(incomplete("a known status")),
    }
}

/// Of DescribeStateMachineForExecution.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateMachineForExecution {
    pub(crate) state_machine_arn: String,
    pub(crate) name: String,
    pub(crate) definition: String,
    pub(crate) role_arn: String,
    pub(crate) update_date: Date,
    pub(crate) logging_configuration: LoggingConfiguration,
    pub(crate) tracing_configuration: TracingConfiguration,
    pub(crate) encryption_configuration: EncryptionConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revision_id: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) variable_references: BTreeMap<String, Vec<String>>,
}

/// Of ListExecutions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Executions {
    executions: Vec<ExecutionItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Executions {
    pub(crate) fn new(page: ListExecutionsResponse) -> Result<Self, ApiError> {
        let executions = page.executions.into_iter().map(ExecutionItem::new);
        Ok(Self { executions: executions.collect::<Result<_, _>>()?, next_token: page.next_token })
    }
}

/// An item of [`Executions`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExecutionItem {
    execution_arn: String,
    state_machine_arn: String,
    name: String,
    status: &'static str,
    start_date: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_version_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_alias_arn: Option<String>,
    redrive_count: u32,
}

impl ExecutionItem {
    fn new(item: ExecutionListItem) -> Result<Self, ApiError> {
        Ok(Self {
            status: status(item.status)?,
            start_date: date(item.start_date.as_ref(), "startDate")?,
            stop_date: optional_date(item.stop_date.as_ref()),
            execution_arn: item.execution_arn,
            state_machine_arn: item.state_machine_arn,
            name: item.name,
            state_machine_version_arn: item.state_machine_version_arn,
            state_machine_alias_arn: item.state_machine_alias_arn,
            redrive_count: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_can_be_redriven_for_14_days() {
        let now = UNIX_EPOCH + Duration::from_secs(2_000_000_000);
        let reason =
            |status, age: f64| not_redrivable(status, Some(Date(2_000_000_000.0 - age)), now);
        let days = 86_400.0;
        assert_eq!(reason(ExecutionStatus::Failed, 13.9 * days), None);
        assert_eq!(reason(ExecutionStatus::TimedOut, 0.0), None);
        let over = Some("Execution redrivable period exceeded");
        assert_eq!(reason(ExecutionStatus::Aborted, 14.1 * days), over);
        assert!(reason(ExecutionStatus::Succeeded, 0.0).is_some_and(|r| r.contains("SUCCEEDED")));
        assert!(not_redrivable(ExecutionStatus::Running, None, now).is_some());
    }
}
