//! Tags: give, take away, list.

use super::structures;
use crate::arguments::Arguments;
use crate::call::Call;
use crate::render::resources::Tags;
use crate::render::{json, nothing};
use axum::body::Body;
use stepwell_api::ApiError;
use stepwell_api::controlplane::{
    ListTagsForResourceRequest, TagResourceRequest, UntagResourceRequest,
};

pub(super) async fn tag(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = TagResourceRequest {
        resource_arn: arguments.required("resourceArn"),
        tags: structures::tags(&mut arguments)?,
    };
    call.control_plane(
        message,
        |mut client, request| async move { client.tag_resource(request).await },
    )
    .await?;
    Ok(nothing())
}

pub(super) async fn untag(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = UntagResourceRequest {
        resource_arn: arguments.required("resourceArn"),
        tag_keys: arguments.decode("tagKeys")?.unwrap_or_default(),
    };
    call.control_plane(message, |mut client, request| async move {
        client.untag_resource(request).await
    })
    .await?;
    Ok(nothing())
}

pub(super) async fn list(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = ListTagsForResourceRequest { resource_arn: arguments.required("resourceArn") };
    let answer = call
        .control_plane(message, |mut client, request| async move {
            client.list_tags_for_resource(request).await
        })
        .await?;
    json(&Tags::new(answer.tags))
}
