//! DropPollers: an activity was deleted, and its pollers are told.

use crate::service::Shared;
use stepwell_api::ApiError;
use stepwell_api::internal::{DropPollersRequest, DropPollersResponse};
use tonic::{Request, Response};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DropPollersRequest>,
) -> Result<Response<DropPollersResponse>, ApiError> {
    shared.dispatchers.lines.delete(&request.into_inner().activity_arn);
    Ok(Response::new(DropPollersResponse {}))
}
