//! The activity service of the script.

use super::{Script, StreamEnd};
use stepwell_api::activity::activity_service_server::ActivityService;
use stepwell_api::activity::stream_activity_tasks_request::Message;
use stepwell_api::activity::*;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ActivityService for Script {
    async fn get_activity_task(
        &self,
        _: Request<GetActivityTaskRequest>,
    ) -> Answer<GetActivityTaskResponse> {
        Err(Status::unimplemented("the edge takes tasks by stream"))
    }

    async fn send_task_success(
        &self,
        request: Request<SendTaskSuccessRequest>,
    ) -> Answer<SendTaskSuccessResponse> {
        self.asked(request)?;
        Ok(Response::new(SendTaskSuccessResponse {}))
    }

    async fn send_task_failure(
        &self,
        request: Request<SendTaskFailureRequest>,
    ) -> Answer<SendTaskFailureResponse> {
        self.asked(request)?;
        Ok(Response::new(SendTaskFailureResponse {}))
    }

    async fn send_task_heartbeat(
        &self,
        request: Request<SendTaskHeartbeatRequest>,
    ) -> Answer<SendTaskHeartbeatResponse> {
        self.asked(request)?;
        Ok(Response::new(SendTaskHeartbeatResponse {}))
    }

    type StreamActivityTasksStream = ReceiverStream<Result<StreamActivityTasksResponse, Status>>;

    async fn stream_activity_tasks(
        &self,
        request: Request<Streaming<StreamActivityTasksRequest>>,
    ) -> Answer<Self::StreamActivityTasksStream> {
        let mut inbound = request.into_inner();
        let subscribe = inbound.message().await?;
        self.note(format!("{subscribe:?}"))?;
        let (outbound, tasks) = mpsc::channel(1);
        let (task, ends) = (self.task.lock().unwrap().take(), self.ends.clone());
        tokio::spawn(async move {
            if let Some(task) = task {
                outbound.send(Ok(task)).await.unwrap();
            }
            let said = tokio::select! {
                biased;
                said = inbound.message() => said,
                () = outbound.closed() => Ok(None),
            };
            let end = match said.ok().flatten().and_then(|said| said.message) {
                Some(Message::Acknowledge(said)) => StreamEnd::Acknowledged(said.delivery_id),
                _ => StreamEnd::GivenBack,
            };
            // A test that has ended no longer listens.
            let _ = ends.send(end);
        });
        Ok(Response::new(ReceiverStream::new(tasks)))
    }
}
