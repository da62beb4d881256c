//! SendTaskFailure.

use crate::owner::Repeat;
use crate::requests::report_of;
use crate::service::Shared;
use stepwell_api::ApiError;
use stepwell_api::activity::{SendTaskFailureRequest, SendTaskFailureResponse};
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{TaskFailure, TaskFailureKind};
use tonic::{Request, Response};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<SendTaskFailureRequest>,
) -> Result<Response<SendTaskFailureResponse>, ApiError> {
    let (metadata, _, message) = request.into_parts();
    let SendTaskFailureRequest { task_token, error, cause } = message;
    shared
        .token_violations(&task_token)
        .optional_length("error", error.as_deref(), 0, shared.limits.error_chars)
        .optional_length("cause", cause.as_deref(), 0, shared.limits.cause_chars)
        .finish()?;
    shared.check_token(&metadata, &task_token)?;
    let failure = TaskFailure { kind: TaskFailureKind::Failed.into(), error, cause };
    let report = report_of(task_token, Report::Failure(failure));
    shared.dispatchers.taker.owners().report(&report, Repeat::Refused).await?;
    Ok(Response::new(SendTaskFailureResponse {}))
}
