//! SendTaskSuccess.

use crate::owner::Repeat;
use crate::requests::report_of;
use crate::service::Shared;
use stepwell_api::activity::{SendTaskSuccessRequest, SendTaskSuccessResponse};
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::{ApiError, ErrorCode};
use tonic::{Request, Response};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<SendTaskSuccessRequest>,
) -> Result<Response<SendTaskSuccessResponse>, ApiError> {
    let (metadata, _, message) = request.into_parts();
    let SendTaskSuccessRequest { task_token, output } = message;
    let limits = &shared.limits;
    shared
        .token_violations(&task_token)
        .payload("output", &output, limits.payload, limits.payload_exceeded(&output))
        .finish()?;
    shared.check_token(&metadata, &task_token)?;
    if let Err(error) = stepwell_json::parse(&output) {
        let message = format!("Invalid Output: '{error}'");
        return Err(ApiError::new(ErrorCode::InvalidOutput, message));
    }
    let report = report_of(task_token, Report::Output(output));
    shared.dispatchers.taker.owners().report(&report, Repeat::Refused).await?;
    Ok(Response::new(SendTaskSuccessResponse {}))
}
