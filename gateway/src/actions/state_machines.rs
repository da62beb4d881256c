//! State machines: create, describe, list, update, delete, validate.

use super::{executions, structures};
use crate::arguments::Arguments;
use crate::call::Call;
use crate::render::resources::{
    CreatedStateMachine, EncryptionConfiguration, LoggingConfiguration, StateMachine,
    StateMachineItem, StateMachines, TracingConfiguration, UpdatedStateMachine,
};
use crate::render::{Validation, date, incomplete, json, nothing};
use axum::body::Body;
use stepwell_api::ApiError;
use stepwell_api::controlplane::{
    CreateStateMachineRequest, DeleteStateMachineRequest, DescribeStateMachineRequest,
    DiagnosticSeverity, ListStateMachinesRequest, StateMachineListItem, StateMachineStatus,
    UpdateStateMachineRequest, ValidateStateMachineDefinitionRequest,
};

pub(super) async fn create(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = CreateStateMachineRequest {
        name: arguments.required("name"),
        definition: arguments.required("definition"),
        role_arn: arguments.required("roleArn"),
        r#type: arguments.text("type"),
        logging_configuration: structures::logging(&mut arguments)?,
        tracing_enabled: structures::tracing(&mut arguments)?,
        encryption_configuration: structures::encryption(&mut arguments)?,
        tags: structures::tags(&mut arguments)?,
        publish: arguments.boolean("publish").unwrap_or_default(),
        version_description: arguments.text("versionDescription"),
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.create_state_machine(request).await
        })
        .await?;
    json(&CreatedStateMachine {
        creation_date: date(answer.creation_date.as_ref(), "creationDate")?,
        state_machine_arn: answer.state_machine_arn,
        state_machine_version_arn: answer.state_machine_version_arn,
    })
}

pub(super) async fn describe(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let included = executions::included_data(&mut arguments);
    let message =
        DescribeStateMachineRequest { state_machine_arn: arguments.required("stateMachineArn") };
    let found = call
        .control_plane(message, |mut client, request| async move {
            client.describe_state_machine(request).await
        })
        .await?;
    json(&StateMachine {
        status: match found.status() {
            StateMachineStatus::Active => "ACTIVE",
            StateMachineStatus::Deleting => "DELETING",
            StateMachineStatus::Unspecified => return Err(incomplete("a known status")),
        },
        creation_date: date(found.creation_date.as_ref(), "creationDate")?,
        state_machine_arn: found.state_machine_arn,
        name: found.name,
        definition: included.definition(found.definition),
        role_arn: found.role_arn,
        r#type: found.r#type,
        description: found.description,
        logging_configuration: LoggingConfiguration::of_machine(found.logging_configuration),
        tracing_configuration: TracingConfiguration { enabled: found.tracing_enabled },
        encryption_configuration: EncryptionConfiguration::DEFAULT,
        revision_id: found.revision_id,
        variable_references: found
            .variable_references
            .into_iter()
            .map(|state| (state.state_name, state.variables))
            .collect(),
    })
}

pub(super) async fn list(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = ListStateMachinesRequest {
        max_results: arguments.integer("maxResults"),
        next_token: arguments.text("nextToken"),
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.list_state_machines(request).await
        })
        .await?;
    let state_machines = answer.state_machines.into_iter().map(item).collect::<Result<_, _>>()?;
    json(&StateMachines { state_machines, next_token: answer.next_token })
}

fn item(item: StateMachineListItem) -> Result<StateMachineItem, ApiError> {
    Ok(StateMachineItem {
        creation_date: date(item.creation_date.as_ref(), "creationDate")?,
        state_machine_arn: item.state_machine_arn,
        name: item.name,
        r#type: item.r#type,
    })
}

pub(super) async fn update(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = UpdateStateMachineRequest {
        state_machine_arn: arguments.required("stateMachineArn"),
        definition: arguments.text("definition"),
        role_arn: arguments.text("roleArn"),
        logging_configuration: structures::logging(&mut arguments)?,
        tracing_enabled: structures::tracing(&mut arguments)?,
        encryption_configuration: structures::encryption(&mut arguments)?,
        publish: arguments.boolean("publish").unwrap_or_default(),
        version_description: arguments.text("versionDescription"),
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.update_state_machine(request).await
        })
        .await?;
    json(&UpdatedStateMachine {
        update_date: date(answer.update_date.as_ref(), "updateDate")?,
        revision_id: answer.revision_id,
        state_machine_version_arn: answer.state_machine_version_arn,
    })
}

pub(super) async fn delete(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message =
        DeleteStateMachineRequest { state_machine_arn: arguments.required("stateMachineArn") };
    call.control_plane(message, |mut client, request| async move {
        client.delete_state_machine(request).await
    })
    .await?;
    Ok(nothing())
}

pub(super) async fn validate(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let severity = match arguments.text("severity").as_deref() {
        Some("WARNING") => DiagnosticSeverity::Warning,
        // The table of members lets no other value through.
        Some(_) | None => DiagnosticSeverity::Error,
    };
    let message = ValidateStateMachineDefinitionRequest {
        definition: arguments.required("definition"),
        r#type: arguments.text("type"),
        severity: severity.into(),
        max_results: arguments.integer("maxResults"),
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.validate_state_machine_definition(request).await
        })
        .await?;
    json(&Validation::new(answer)?)
}
