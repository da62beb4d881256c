//! ListTagsForResource.

use crate::service::Shared;
use crate::tags;
use stepwell_api::ApiError;
use stepwell_api::controlplane::{ListTagsForResourceRequest, ListTagsForResourceResponse};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ListTagsForResourceRequest>,
) -> Result<ListTagsForResourceResponse, ApiError> {
    let (metadata, _, ListTagsForResourceRequest { resource_arn }) = request.into_parts();
    let resource = shared.tagged(&metadata, &resource_arn)?;
    let tags = shared.tags(&resource_arn, &resource).await?;
    Ok(ListTagsForResourceResponse { tags: tags::shown(tags) })
}
