//! Versions of state machines: publish, list, delete.

use crate::arguments::Arguments;
use crate::call::Call;
use crate::render::resources::{Version, Versions};
use crate::render::{date, json, nothing};
use axum::body::Body;
use stepwell_api::ApiError;
use stepwell_api::controlplane::{
    DeleteStateMachineVersionRequest, ListStateMachineVersionsRequest,
    PublishStateMachineVersionRequest, StateMachineVersionListItem,
};

pub(super) async fn publish(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = PublishStateMachineVersionRequest {
        state_machine_arn: arguments.required("stateMachineArn"),
        revision_id: arguments.text("revisionId"),
        description: arguments.text("description"),
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.publish_state_machine_version(request).await
        })
        .await?;
    json(&Version {
        creation_date: date(answer.creation_date.as_ref(), "creationDate")?,
        state_machine_version_arn: answer.state_machine_version_arn,
    })
}

pub(super) async fn list(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = ListStateMachineVersionsRequest {
        state_machine_arn: arguments.required("stateMachineArn"),
        max_results: arguments.integer("maxResults"),
        next_token: arguments.text("nextToken"),
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.list_state_machine_versions(request).await
        })
        .await?;
    let item = |item: StateMachineVersionListItem| {
        Ok::<_, ApiError>(Version {
            creation_date: date(item.creation_date.as_ref(), "creationDate")?,
            state_machine_version_arn: item.state_machine_version_arn,
        })
    };
    let versions = answer.state_machine_versions.into_iter().map(item);
    let state_machine_versions = versions.collect::<Result<_, _>>()?;
    json(&Versions { state_machine_versions, next_token: answer.next_token })
}

pub(super) async fn delete(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = DeleteStateMachineVersionRequest {
        state_machine_version_arn: arguments.required("stateMachineVersionArn"),
    };
    call.control_plane(message, |mut client, request| async move {
        client.delete_state_machine_version(request).await
    })
    .await?;
    Ok(nothing())
}
