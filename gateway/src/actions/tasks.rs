//! Tasks of workers: taking them and reporting on them.

use crate::arguments::Arguments;
use crate::call::Call;
use crate::delivery;
use crate::render::nothing;
use axum::body::Body;
use stepwell_api::ApiError;
use stepwell_api::activity::{
    SendTaskFailureRequest, SendTaskHeartbeatRequest, SendTaskSuccessRequest,
};

pub(super) async fn get(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let activity_arn = arguments.required("activityArn");
    delivery::poll(&call, activity_arn, arguments.text("workerName")).await
}

pub(super) async fn succeed(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = SendTaskSuccessRequest {
        task_token: arguments.required("taskToken"),
        output: arguments.required("output"),
    };
    call.activity(
        message,
        |mut client, request| async move { client.send_task_success(request).await },
    )
    .await?;
    Ok(nothing())
}

pub(super) async fn fail(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = SendTaskFailureRequest {
        task_token: arguments.required("taskToken"),
        error: arguments.text("error"),
        cause: arguments.text("cause"),
    };
    call.activity(
        message,
        |mut client, request| async move { client.send_task_failure(request).await },
    )
    .await?;
    Ok(nothing())
}

pub(super) async fn heartbeat(call: Call, mut arguments: Arguments) -> Result<Body, ApiError> {
    let message = SendTaskHeartbeatRequest { task_token: arguments.required("taskToken") };
    call.activity(message, |mut client, request| async move {
        client.send_task_heartbeat(request).await
    })
    .await?;
    Ok(nothing())
}
