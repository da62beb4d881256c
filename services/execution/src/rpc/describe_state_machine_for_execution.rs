//! DescribeStateMachineForExecution: the revision that an execution runs.

use crate::failure::{no_execution, of_read, of_resource};
use crate::requests::execution_arn;
use crate::service::Shared;
use stepwell_api::execution::{
    DescribeStateMachineForExecutionRequest, DescribeStateMachineForExecutionResponse,
};
use stepwell_api::{ApiError, from_millis};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DescribeStateMachineForExecutionRequest>,
) -> Result<DescribeStateMachineForExecutionResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let text = request.into_inner().execution_arn;
    let arn = execution_arn(&text, &namespace)?;
    let execution = shared.node.read(&arn).await.map_err(of_read)?;
    let execution = execution.ok_or_else(|| no_execution(&text))?;
    let revision = &execution.origin().revision;
    let machine = arn.state_machine();
    let definition = shared.catalog.definition_text(machine, &revision.definition_hash).await;
    Ok(DescribeStateMachineForExecutionResponse {
        state_machine_arn: machine.to_string(),
        name: machine.name().to_string(),
        definition: definition.map_err(of_resource)?,
        role_arn: revision.role_arn.clone(),
        update_date: Some(from_millis(revision.updated_ms)),
        revision_id: Some(revision.revision_id.clone()).filter(|id| !id.is_empty()),
    })
}
