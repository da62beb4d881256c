//! UntagResource.

use crate::service::Shared;
use crate::tags;
use stepwell_api::controlplane::{UntagResourceRequest, UntagResourceResponse};
use stepwell_api::internal::Tag;
use stepwell_api::{ApiError, Violations};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<UntagResourceRequest>,
) -> Result<UntagResourceResponse, ApiError> {
    let (metadata, _, request) = request.into_parts();
    let UntagResourceRequest { resource_arn, tag_keys } = request;
    tags::check_keys(Violations::new(), &tag_keys).finish()?;
    let resource = shared.tagged(&metadata, &resource_arn)?;
    let change = |mut tags: Vec<Tag>| {
        tags.retain(|tag| !tag_keys.contains(&tag.key));
        Ok(tags)
    };
    shared.change_tags(&resource_arn, &resource, change).await?;
    Ok(UntagResourceResponse {})
}
