//! GetActivityTask: a long poll for one task.

use crate::handover::carry;
use crate::line::{Answer, Place};
use crate::requests::no_activity;
use crate::service::Shared;
use std::time::Duration;
use stepwell_api::ApiError;
use stepwell_api::activity::{GetActivityTaskRequest, GetActivityTaskResponse};
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;
use tonic::{Request, Response};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<GetActivityTaskRequest>,
) -> Result<Response<GetActivityTaskResponse>, ApiError> {
    let (metadata, _, request) = request.into_parts();
    let worker_name = request.worker_name.as_deref();
    let activity = shared.check_poller(&metadata, &request.activity_arn, worker_name)?;
    let poller = shared.join(&activity).await?;
    if shared.drain.has_begun() {
        return Ok(Response::new(GetActivityTaskResponse::default()));
    }
    let (answers, mut answered) = unbounded_channel();
    poller.wait([Place { worker_name: worker_name.map(Into::into), answers }]);
    let patience = Duration::from_secs(shared.limits.poll_seconds);
    let answer = match timeout(patience, answered.recv()).await {
        Ok(answer) => answer,
        Err(_) => {
            answered.close();
            // What came in this very moment is not sent back.
            answered.try_recv().ok()
        }
    };
    match answer {
        Some(Answer::Task(delivery)) => {
            let message = GetActivityTaskResponse {
                task_token: Some(delivery.task.task_token.clone()),
                input: Some(delivery.task.input.clone()),
            };
            Ok(carry(message, vec![delivery]))
        }
        Some(Answer::Deleted) => Err(no_activity(&request.activity_arn)),
        None => Ok(Response::new(GetActivityTaskResponse::default())),
    }
}
