//! Executions: start, stop, describe, list, history.

use crate::arguments::Arguments;
use crate::call::Call;
use crate::render::executions::{
    Execution, Executions, StartedExecution, StateMachineForExecution, StoppedExecution,
};
use crate::render::resources::{
    EncryptionConfiguration, LoggingConfiguration, TracingConfiguration,
};
use crate::render::{History, IncludedData, date, json};
use axum::body::Body;
use sha2::{Digest as _, Sha256};
use stepwell_api::controlplane::DescribeStateMachineRequest;
use stepwell_api::execution::{
    DescribeExecutionRequest, DescribeStateMachineForExecutionRequest, EventOrder, ExecutionStatus,
    GetExecutionHistoryRequest, ListExecutionsRequest, StartExecutionRequest, StopExecutionRequest,
};
use stepwell_api::{ApiError, ErrorCode};
use uuid::Uuid;

/// The edge is the first hop: it fixes what makes a start repeatable, its name and request id.
pub(super) async fn start(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let state_machine_arn = arguments.required("stateMachineArn");
    let name = arguments.text("name").unwrap_or_else(|| generated_name(&call, &state_machine_arn));
    let request_id = call.invocation.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
    let message = StartExecutionRequest {
        state_machine_arn,
        name: Some(name),
        input: arguments.text("input"),
        request_id: Some(request_id),
    };
    let answer =
        call.execution(message, |mut client, request| async move {
            client.start_execution(request).await
        })
        .await?;
    json(&StartedExecution {
        start_date: date(answer.start_date.as_ref(), "startDate")?,
        execution_arn: answer.execution_arn,
    })
}

/// A name for an execution that was given none. SDKs send the same invocation id when they try
/// again, so that the name is made from it: a start whose answer was lost isn't made twice.
fn generated_name(call: &Call, state_machine_arn: &str) -> String {
    let Some(invocation) = &call.invocation else { return Uuid::new_v4().to_string() };
    let mut hash = Sha256::new();
    for part in [&*call.namespace.account, &*call.namespace.region, state_machine_arn, invocation] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(byte, from)| *byte = from);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Only Express state machines start so, and this version has none.
pub(super) async fn start_sync(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message =
        DescribeStateMachineRequest { state_machine_arn: arguments.required("stateMachineArn") };
    call.control_plane(message, |mut client, request| async move {
        client.describe_state_machine(request).await
    })
    .await?;
    let message = "This operation is not supported by this type of state machine";
    Err(ApiError::new(ErrorCode::StateMachineTypeNotSupported, message))
}

/// What a request wants of data that may be encrypted by a key of the caller's own.
pub(super) fn included_data(arguments: &mut Arguments) -> IncludedData {
    match arguments.text("includedData").as_deref() {
        Some("METADATA_ONLY") => IncludedData::MetadataOnly,
        // The table of members lets no other value through.
        Some(_) | None => IncludedData::AllData,
    }
}

pub(super) async fn stop(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = StopExecutionRequest {
        execution_arn: arguments.required("executionArn"),
        error: arguments.text("error"),
        cause: arguments.text("cause"),
    };
    let answer =
        call.execution(message, |mut client, request| async move {
            client.stop_execution(request).await
        })
        .await?;
    json(&StoppedExecution { stop_date: date(answer.stop_date.as_ref(), "stopDate")? })
}

pub(super) async fn describe(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let included = included_data(&mut arguments);
    let message = DescribeExecutionRequest { execution_arn: arguments.required("executionArn") };
    let answer = call
        .execution(message, |mut client, request| async move {
            client.describe_execution(request).await
        })
        .await?;
    json(&Execution::new(answer, included)?)
}

pub(super) async fn state_machine(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let included = included_data(&mut arguments);
    let message = DescribeStateMachineForExecutionRequest {
        execution_arn: arguments.required("executionArn"),
    };
    let answer = call
        .execution(message, |mut client, request| async move {
            client.describe_state_machine_for_execution(request).await
        })
        .await?;
    json(&StateMachineForExecution {
        update_date: date(answer.update_date.as_ref(), "updateDate")?,
        state_machine_arn: answer.state_machine_arn,
        name: answer.name,
        definition: included.definition(answer.definition),
        role_arn: answer.role_arn,
        logging_configuration: LoggingConfiguration::of_execution(answer.logging_configuration),
        tracing_configuration: TracingConfiguration { enabled: answer.tracing_enabled },
        encryption_configuration: EncryptionConfiguration::DEFAULT,
        revision_id: answer.revision_id,
        variable_references: answer
            .variable_references
            .into_iter()
            .map(|state| (state.state_name, state.variables))
            .collect(),
    })
}

pub(super) async fn history(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let order = match arguments.boolean("reverseOrder") {
        Some(true) => EventOrder::NewestFirst,
        Some(false) | None => EventOrder::OldestFirst,
    };
    let included = match arguments.boolean("includeExecutionData") {
        Some(false) => IncludedData::MetadataOnly,
        Some(true) | None => IncludedData::AllData,
    };
    let message = GetExecutionHistoryRequest {
        execution_arn: arguments.required("executionArn"),
        max_results: arguments.integer("maxResults"),
        next_token: arguments.text("nextToken"),
        order: order.into(),
    };
    let answer = call
        .execution(message, |mut client, request| async move {
            client.get_execution_history(request).await
        })
        .await?;
    json(&History::new(answer, included))
}

pub(super) async fn list(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let status = match arguments.text("statusFilter").as_deref() {
        Some("RUNNING") => ExecutionStatus::Running,
        Some("SUCCEEDED") => ExecutionStatus::Succeeded,
        Some("FAILED") => ExecutionStatus::Failed,
        Some("TIMED_OUT") => ExecutionStatus::TimedOut,
        Some("ABORTED") => ExecutionStatus::Aborted,
        // The table of members lets no other value through.
        Some(_) | None => ExecutionStatus::Unspecified,
    };
    let message = ListExecutionsRequest {
        state_machine_arn: arguments.required("stateMachineArn"),
        status_filter: status.into(),
        max_results: arguments.integer("maxResults"),
        next_token: arguments.text("nextToken"),
    };
    let answer =
        call.execution(message, |mut client, request| async move {
            client.list_executions(request).await
        })
        .await?;
    json(&Executions::new(answer)?)
}
