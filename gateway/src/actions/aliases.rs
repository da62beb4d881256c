//! Aliases of versions: create, describe, update, list, delete.

use super::structures;
use crate::arguments::Arguments;
use crate::call::Call;
use crate::render::resources::{Alias, Aliases, CreatedAlias, RouteItem, UpdatedAlias};
use crate::render::{date, json, nothing};
use axum::body::Body;
use stepwell_api::ApiError;
use stepwell_api::controlplane::{
    CreateStateMachineAliasRequest, DeleteStateMachineAliasRequest,
    DescribeStateMachineAliasRequest, ListStateMachineAliasesRequest, StateMachineAliasListItem,
    UpdateStateMachineAliasRequest,
};

pub(super) async fn create(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = CreateStateMachineAliasRequest {
        name: arguments.required("name"),
        description: arguments.text("description"),
        routes: structures::routes(&mut arguments)?,
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.create_state_machine_alias(request).await
        })
        .await?;
    json(&CreatedAlias {
        creation_date: date(answer.creation_date.as_ref(), "creationDate")?,
        state_machine_alias_arn: answer.state_machine_alias_arn,
    })
}

pub(super) async fn describe(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = DescribeStateMachineAliasRequest {
        state_machine_alias_arn: arguments.required("stateMachineAliasArn"),
    };
    let found = call
        .control_plane(message, |mut client, request| async move {
            client.describe_state_machine_alias(request).await
        })
        .await?;
    json(&Alias {
        creation_date: date(found.creation_date.as_ref(), "creationDate")?,
        update_date: date(found.update_date.as_ref(), "updateDate")?,
        state_machine_alias_arn: found.state_machine_alias_arn,
        name: found.name,
        description: found.description,
        routing_configuration: found.routes.into_iter().map(RouteItem::from).collect(),
    })
}

pub(super) async fn update(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = UpdateStateMachineAliasRequest {
        state_machine_alias_arn: arguments.required("stateMachineAliasArn"),
        description: arguments.text("description"),
        routes: structures::routes(&mut arguments)?,
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.update_state_machine_alias(request).await
        })
        .await?;
    json(&UpdatedAlias { update_date: date(answer.update_date.as_ref(), "updateDate")? })
}

pub(super) async fn list(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = ListStateMachineAliasesRequest {
        state_machine_arn: arguments.required("stateMachineArn"),
        max_results: arguments.integer("maxResults"),
        next_token: arguments.text("nextToken"),
    };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.list_state_machine_aliases(request).await
        })
        .await?;
    let item = |item: StateMachineAliasListItem| {
        Ok::<_, ApiError>(CreatedAlias {
            creation_date: date(item.creation_date.as_ref(), "creationDate")?,
            state_machine_alias_arn: item.state_machine_alias_arn,
        })
    };
    let aliases = answer.state_machine_aliases.into_iter().map(item);
    let state_machine_aliases = aliases.collect::<Result<_, _>>()?;
    json(&Aliases { state_machine_aliases, next_token: answer.next_token })
}

pub(super) async fn delete(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = DeleteStateMachineAliasRequest {
        state_machine_alias_arn: arguments.required("stateMachineAliasArn"),
    };
    call.control_plane(message, |mut client, request| async move {
        client.delete_state_machine_alias(request).await
    })
    .await?;
    Ok(nothing())
}
