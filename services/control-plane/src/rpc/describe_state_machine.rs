//! DescribeStateMachine: as it is now, or a version of it.

use crate::configuration;
use crate::requests::{check_arn, no_state_machine};
use crate::service::Shared;
use stepwell_api::controlplane::{
    DescribeStateMachineRequest, DescribeStateMachineResponse, StateMachineStatus,
    StateVariableReferences,
};
use stepwell_api::{ApiError, from_millis};
use stepwell_ids::{QualifiedMachineArn, Qualifier};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DescribeStateMachineRequest>,
) -> Result<DescribeStateMachineResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let text = request.into_inner().state_machine_arn;
    check_arn("stateMachineArn", &text)?;
    let arn = QualifiedMachineArn::parse(&text)?;
    let machine = arn.machine();
    if *machine.namespace() != namespace || matches!(arn.qualifier(), Some(Qualifier::Alias(_))) {
        return Err(no_state_machine(&text));
    }
    let found = shared.records.state_machine(&namespace, machine.name()).await?;
    let found = found.ok_or_else(|| no_state_machine(&text))?;
    // Where the last execution has just ended, say so rather than wait for the sweep.
    if found.record.deleting && shared.finish_deletion(machine, &found).await.unwrap_or(false) {
        return Err(no_state_machine(&text));
    }
    let record = found.record;
    let (revision, created_ms, description) = match arn.qualifier() {
        Some(Qualifier::Version(number)) => {
            let version = shared.records.version(machine, *number).await?;
            let version = version.map(|version| version.record);
            let version = version.filter(|version| version.incarnation == record.incarnation);
            let version = version.ok_or_else(|| no_state_machine(&text))?;
            (version.revision, version.created_ms, version.description)
        }
        _ => (record.revision, record.created_ms, None),
    };
    let revision = revision.unwrap_or_default();
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
        creation_date: Some(from_millis(created_ms)),
        r#type: "STANDARD".to_owned(),
        revision_id: Some(revision.revision_id).filter(|id| !id.is_empty()),
        variable_references,
        logging_configuration: Some(configuration::shown(revision.logging)),
        tracing_enabled: revision.tracing,
        description,
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
