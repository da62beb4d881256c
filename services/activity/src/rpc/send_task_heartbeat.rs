//! SendTaskHeartbeat.

use crate::owner::Repeat;
use crate::requests::report_of;
use crate::service::Shared;
use stepwell_api::ApiError;
use stepwell_api::activity::{SendTaskHeartbeatRequest, SendTaskHeartbeatResponse};
use stepwell_api::internal::TaskHeartbeat;
use stepwell_api::internal::report_task_request::Report;
use tonic::{Request, Response};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<SendTaskHeartbeatRequest>,
) -> Result<Response<SendTaskHeartbeatResponse>, ApiError> {
    let (metadata, _, message) = request.into_parts();
    let SendTaskHeartbeatRequest { task_token } = message;
    shared.token_violations(&task_token).finish()?;
    shared.check_token(&metadata, &task_token)?;
    let report = report_of(task_token, Report::Heartbeat(TaskHeartbeat {}));
    shared.dispatchers.taker.owners().report(&report, Repeat::Harmless).await?;
    Ok(Response::new(SendTaskHeartbeatResponse {}))
}
