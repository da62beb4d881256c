//! RefreshResource: forgets what this node knows about a resource.

use crate::service::Shared;
use stepwell_api::ApiError;
use stepwell_api::internal::{RefreshResourceRequest, RefreshResourceResponse};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<RefreshResourceRequest>,
) -> Result<RefreshResourceResponse, ApiError> {
    shared.catalog.refresh(&request.into_inner().arn);
    Ok(RefreshResourceResponse {})
}
