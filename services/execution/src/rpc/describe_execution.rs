//! DescribeExecution: the execution as it is committed.

use crate::failure::{no_execution, of_read};
use crate::requests::{execution_arn, started_by};
use crate::service::Shared;
use stepwell_api::execution::{
    DescribeExecutionRequest, DescribeExecutionResponse, ExecutionStatus,
};
use stepwell_api::{ApiError, from_millis};
use stepwell_engine::Status;
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DescribeExecutionRequest>,
) -> Result<DescribeExecutionResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let text = request.into_inner().execution_arn;
    let arn = execution_arn(&text, &namespace)?;
    let execution = shared.node.read(&arn).await.map_err(of_read)?;
    let execution = execution.ok_or_else(|| no_execution(&text))?;
    let root = execution.snapshot().root();
    // Why an execution timed out stands in its history only.
    let reason = (root.status != Status::TimedOut).then_some(&root.reason);
    let reason = reason.cloned().unwrap_or_default();
    let revision = &execution.origin().revision;
    let (state_machine_version_arn, state_machine_alias_arn) =
        started_by(arn.state_machine(), revision.started_version, &revision.started_alias);
    Ok(DescribeExecutionResponse {
        execution_arn: text,
        state_machine_arn: arn.state_machine().to_string(),
        name: arn.name().to_string(),
        status: status(root.status).into(),
        start_date: Some(from_millis(root.started_ms)),
        stop_date: root.stopped_ms.map(from_millis),
        input: root.input.text().to_owned(),
        output: root.output.as_ref().map(|output| output.text().to_owned()),
        error: reason.error.as_deref().map(str::to_owned),
        cause: reason.cause.as_deref().map(str::to_owned),
        state_machine_version_arn,
        state_machine_alias_arn,
    })
}

pub(crate) fn status(status: Status) -> ExecutionStatus {
    match status {
        Status::Running => ExecutionStatus::Running,
        Status::Succeeded => ExecutionStatus::Succeeded,
        Status::Failed => ExecutionStatus::Failed,
        Status::TimedOut => ExecutionStatus::TimedOut,
        Status::Aborted => ExecutionStatus::Aborted,
    }
}
