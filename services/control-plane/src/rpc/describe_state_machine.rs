//! DescribeStateMachine.

use crate::requests::{check_arn, no_state_machine};
use crate::service::Shared;
use stepwell_api::controlplane::{
    DescribeStateMachineRequest, DescribeStateMachineResponse, StateMachineStatus,
    StateVariableReferences,
};
use stepwell_api::{ApiError, from_millis};
use stepwell_ids::StateMachineArn;
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DescribeStateMachineRequest>,
) -> Result<DescribeStateMachineResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let text = request.into_inner().state_machine_arn;
    check_arn("stateMachineArn", &text)?;
    let arn = StateMachineArn::parse(&text)?;
    if *arn.namespace() != namespace {
        return Err(no_state_machine(&text));
    }
    let found = shared.records.state_machine(&namespace, arn.name()).await?;
    let found = found.ok_or_else(|| no_state_machine(&text))?;
    // Where the last execution has just ended, say so rather than wait for the sweep.
    if found.record.deleting && shared.finish_deletion(&arn, &found).await.unwrap_or(false) {
        return Err(no_state_machine(&text));
    }
    let record = found.record;
    let revision = record.revision.unwrap_or_default();
    let definition = shared.records.definition(&namespace, &revision.definition_hash).await?;
    let status = match record.deleting {
        true => StateMachineStatus::Deleting,
        false => StateMachineStatus::Active,
    };
    let variable_references = variable_references(&definition);
    Ok(DescribeStateMachineResponse {
        state_machine_arn: text,
        name: record.name,
        status: status.into(),
        definition,
        role_arn: revision.role_arn,
        creation_date: Some(from_millis(record.created_ms)),
        r#type: "STANDARD".to_owned(),
        revision_id: Some(revision.revision_id).filter(|id| !id.is_empty()),
        variable_references,
    })
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
