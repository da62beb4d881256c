//! The calls, a file each, and the two services that they make up.

mod drop_pollers;
mod get_activity_task;
mod poll_function_tasks;
mod report_function_task;
mod send_task_failure;
mod send_task_heartbeat;
mod send_task_success;
mod stream_activity_tasks;

use crate::service::Activity;
use futures::stream::BoxStream;
use stepwell_api::activity::activity_service_server::ActivityService;
use stepwell_api::activity::*;
use stepwell_api::internal::queue_service_server::QueueService;
use stepwell_api::internal::*;
use tonic::{Request, Response, Status, Streaming};

macro_rules! call {
    ($self:ident, $call:ident, $request:ident) => {{
        let result = $call::call(&$self.0, $request).await;
        $self.0.answer(stringify!($call), result)
    }};
}

#[tonic::async_trait]
impl ActivityService for Activity {
    type StreamActivityTasksStream =
        BoxStream<'static, Result<StreamActivityTasksResponse, Status>>;

    async fn get_activity_task(
        &self,
        request: Request<GetActivityTaskRequest>,
    ) -> Result<Response<GetActivityTaskResponse>, Status> {
        call!(self, get_activity_task, request)
    }

    async fn send_task_success(
        &self,
        request: Request<SendTaskSuccessRequest>,
    ) -> Result<Response<SendTaskSuccessResponse>, Status> {
        call!(self, send_task_success, request)
    }

    async fn send_task_failure(
        &self,
        request: Request<SendTaskFailureRequest>,
    ) -> Result<Response<SendTaskFailureResponse>, Status> {
        call!(self, send_task_failure, request)
    }

    async fn send_task_heartbeat(
        &self,
        request: Request<SendTaskHeartbeatRequest>,
    ) -> Result<Response<SendTaskHeartbeatResponse>, Status> {
        call!(self, send_task_heartbeat, request)
    }

    async fn stream_activity_tasks(
        &self,
        request: Request<Streaming<StreamActivityTasksRequest>>,
    ) -> Result<Response<Self::StreamActivityTasksStream>, Status> {
        call!(self, stream_activity_tasks, request)
    }
}

#[tonic::async_trait]
impl QueueService for Activity {
    async fn drop_pollers(
        &self,
        request: Request<DropPollersRequest>,
    ) -> Result<Response<DropPollersResponse>, Status> {
        call!(self, drop_pollers, request)
    }

    async fn poll_function_tasks(
        &self,
        request: Request<PollFunctionTasksRequest>,
    ) -> Result<Response<PollFunctionTasksResponse>, Status> {
        call!(self, poll_function_tasks, request)
    }

    async fn report_function_task(
        &self,
        request: Request<ReportFunctionTaskRequest>,
    ) -> Result<Response<ReportFunctionTaskResponse>, Status> {
        call!(self, report_function_task, request)
    }
}
