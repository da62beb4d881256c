//! TagResource.

use crate::service::Shared;
use crate::tags;
use stepwell_api::controlplane::{TagResourceRequest, TagResourceResponse};
use stepwell_api::{ApiError, Violations};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<TagResourceRequest>,
) -> Result<TagResourceResponse, ApiError> {
    let (metadata, _, request) = request.into_parts();
    let TagResourceRequest { resource_arn, tags: given } = request;
    tags::check_values(Violations::new(), &given).finish()?;
    let resource = shared.tagged(&metadata, &resource_arn)?;
    let most = shared.limits.tags;
    tags::check_count(&given, most)?;
    let change = |tags: Vec<_>| {
        let tags = tags::merged(&tags, &given);
        if tags.len() > most { Err(tags::too_many(most)) } else { Ok(tags) }
    };
    shared.change_tags(&resource_arn, &resource, change).await?;
    Ok(TagResourceResponse {})
}
