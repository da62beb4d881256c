//! DescribeStateMachineForExecution: the revision that an execution runs.

use crate::failure::{no_execution, of_read, of_resource};
use crate::requests::execution_arn;
use crate::service::Shared;
use stepwell_api::execution::{
    DescribeStateMachineForExecutionRequest, DescribeStateMachineForExecutionResponse,
    LogDestinations, LoggingConfiguration, StateVariableReferences,
};
use stepwell_api::internal::LoggingRecord;
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
    let definition = definition.map_err(of_resource)?;
    let variable_references = variable_references(&definition);
    Ok(DescribeStateMachineForExecutionResponse {
        state_machine_arn: machine.to_string(),
        name: machine.name().to_string(),
        definition,
        role_arn: revision.role_arn.clone(),
        update_date: Some(from_millis(revision.updated_ms)),
        revision_id: Some(revision.revision_id.clone()).filter(|id| !id.is_empty()),
        variable_references,
        logging_configuration: Some(shown(revision.logging.clone())),
        tracing_enabled: revision.tracing,
    })
}

/// A log as it is shown; none is one that is off.
fn shown(logging: Option<LoggingRecord>) -> LoggingConfiguration {
    let logging = logging.unwrap_or_default();
    let level = if logging.level.is_empty() { "OFF".to_owned() } else { logging.level };
    LoggingConfiguration {
        level,
        include_execution_data: logging.include_execution_data,
        destinations: logging
            .destinations
            .map(|it| LogDestinations { log_group_arns: it.log_group_arns }),
    }
}

fn variable_references(definition: &str) -> Vec<StateVariableReferences> {
    let definition = stepwell_asl::parse(definition).definition;
    let references = definition.map(|definition| definition.variable_references());
    let references = references.unwrap_or_default().into_iter();
    references
        .map(|(state, names)| StateVariableReferences {
            state_name: state.to_string(),
            variables: names.iter().map(ToString::to_string).collect(),
        })
        .collect()
}
