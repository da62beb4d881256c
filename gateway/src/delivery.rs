//! Handing a task to a client so that it is known whether the connection took it.
//!
//! A poll is a worker stream with a credit of one task. Its delivery is acknowledged when the
//! answer was written to the connection without an error; whatever happens before that (the client
//! goes while it waits, the connection breaks at the write, the edge dies) ends the stream without
//! acknowledgement, and the activity service gives the task to another worker, under the same
//! token.
//!
//! What HTTP can't tell stays unknown: whether bytes that the system took reached the client. A
//! task that is lost there ends by its timeout or heartbeat, as with any worker that dies.

use crate::call::Call;
use crate::render;
use axum::body::Body;
use bytes::Bytes;
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use stepwell_api::activity::stream_activity_tasks_request::{Acknowledge, Message, Subscribe};
use stepwell_api::activity::{StreamActivityTasksRequest, StreamActivityTasksResponse};
use stepwell_api::{ApiError, NamespaceMetadata as _};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

/// How long an acknowledged stream may take to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// The answer of GetActivityTask.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Task<'a> {
    task_token: &'a str,
    input: &'a str,
}

/// A task that is on its way to the client. Dropping it gives the task back.
#[derive(Debug)]
struct Delivery {
    id: String,
    outbound: mpsc::Sender<StreamActivityTasksRequest>,
    tasks: Streaming<StreamActivityTasksResponse>,
}

/// Waits for a task of `activity_arn`; the answer is an empty object where none comes in time.
///
/// # Errors
/// Those of the activity service.
pub(crate) async fn poll(
    call: &Call,
    activity_arn: String,
    worker_name: Option<String>,
) -> Result<Body, ApiError> {
    let (outbound, messages) = mpsc::channel(2);
    let subscribe = Message::Subscribe(Subscribe { activity_arn, worker_name, credit: 1 });
    // The channel is empty and open.
    let _ = outbound.try_send(StreamActivityTasksRequest { message: Some(subscribe) });
    let mut client = call.activity_client().await?;
    let first = async {
        let messages = call.namespace.request(ReceiverStream::new(messages));
        let mut tasks = client.stream_activity_tasks(messages).await?.into_inner();
        let task = tasks.message().await?;
        Ok::<_, Status>(task.map(|task| (task, tasks)))
    };
    match tokio::time::timeout(call.edge.options.poll, first).await {
        Ok(Ok(Some((task, tasks)))) => {
            let answer = Task { task_token: &task.task_token, input: &task.input };
            let bytes = render::bytes(&answer)?;
            Ok(Delivery { id: task.delivery_id, outbound, tasks }.body(bytes))
        }
        // The service ends streams when it drains.
        Ok(Ok(None)) | Err(_) => Ok(render::nothing()),
        Ok(Err(status)) => Err(status.into()),
    }
}

/// How far the answer is written.
enum Step {
    Write(Bytes, Delivery),
    Finish(Delivery),
}

impl Delivery {
    /// A body of `bytes` that acknowledges when they are written. It has no known length: its end
    /// is then a write of its own, and the connection flushes before it asks for it.
    fn body(self, bytes: Bytes) -> Body {
        let steps = futures::stream::unfold(Some(Step::Write(bytes, self)), |step| async {
            match step? {
                Step::Write(bytes, delivery) => {
                    Some((Ok::<_, Infallible>(bytes), Some(Step::Finish(delivery))))
                }
                Step::Finish(delivery) => {
                    // Lets the connection write what it has; if that fails, this is dropped.
                    tokio::task::yield_now().await;
                    delivery.acknowledge();
                    None
                }
            }
        });
        Body::from_stream(steps)
    }

    /// Tells the service, and waits in the background for the stream to end, because dropping it
    /// could overtake the acknowledgement.
    fn acknowledge(self) {
        let Self { id, outbound, mut tasks } = self;
        tokio::spawn(async move {
            let message = Some(Message::Acknowledge(Acknowledge { delivery_id: id }));
            // Where the stream is gone, the service has the task again.
            let _ = outbound.send(StreamActivityTasksRequest { message }).await;
            drop(outbound);
            let _ = tokio::time::timeout(FAREWELL, tasks.message()).await;
        });
    }
}
