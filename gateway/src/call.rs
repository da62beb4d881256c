//! Calls of the services for one request: peers, message sizes, repetition, deadline.

use crate::gateway::Edge;
use crate::place::Placed;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::activity::activity_service_client::ActivityServiceClient;
use stepwell_api::controlplane::control_plane_service_client::ControlPlaneServiceClient;
use stepwell_api::execution::execution_service_client::ExecutionServiceClient;
use stepwell_api::{ApiError, ErrorCode, NamespaceMetadata as _};
use stepwell_ids::Namespace;
use stepwell_service_kit::{MAX_MESSAGE_BYTES, Role, Transport};
use tokio::time::{Instant, timeout_at};
use tonic::{Request, Response, Status};

/// Pauses before a call is made again.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
];

/// How long a call is made again and again: longer than the lease of a lost node lives. What lasts
/// longer, a full disk for one, is the caller's to know. The first time is for a peer that hung.
const REPEAT_FOR: Duration = Duration::from_secs(8);

/// How long the owner of a partition may take, before any node is asked, which knows better whose
/// it is by then. A call of an execution may be made again.
const OWNER: Duration = Duration::from_secs(5);

/// How long a call may take with its repetitions. An update waits for the lease of a lost node.
const DEADLINE: Duration = Duration::from_secs(30);

/// Whether a call that ended as `ServiceUnavailable` may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It may: a second time has the same answer as the first.
    Safe,
    /// Only where the first time reached no service: a task ends once.
    Unsent,
}

/// A request's way to the services.
#[derive(Debug)]
pub(crate) struct Call {
    /// The edge.
    pub(crate) edge: Arc<Edge>,
    /// The caller's namespace.
    pub(crate) namespace: Namespace,
    /// The client's own id of the request, the same when it tries again.
    pub(crate) invocation: Option<String>,
    /// Of the request's action.
    pub(crate) repeat: Repeat,
}

impl Call {
    /// Sends `message` to a control-plane node.
    pub(crate) async fn control_plane<M: Clone, R, F>(
        &self,
        message: M,
        send: impl Fn(ControlPlaneServiceClient<Transport>, Request<M>) -> F,
    ) -> Result<R, ApiError>
    where
        F: Future<Output = Result<Response<R>, Status>>,
    {
        self.send(Role::ControlPlane, None, message, |transport, request| {
            let client = ControlPlaneServiceClient::new(transport)
                .max_decoding_message_size(MAX_MESSAGE_BYTES)
                .max_encoding_message_size(MAX_MESSAGE_BYTES);
            send(client, request)
        })
        .await
    }

    /// Sends `message` to the owner of its execution, or to any execution node.
    pub(crate) async fn execution<M: Clone + Placed + Send + Sync, R, F>(
        &self,
        message: M,
        send: impl Fn(ExecutionServiceClient<Transport>, Request<M>) -> F,
    ) -> Result<R, ApiError>
    where
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let owner = self.edge.directory.owner(&|| message.execution()).await;
        self.send(Role::Execution, owner, message, |transport, request| {
            let client = ExecutionServiceClient::new(transport)
                .max_decoding_message_size(MAX_MESSAGE_BYTES)
                .max_encoding_message_size(MAX_MESSAGE_BYTES);
            send(client, request)
        })
        .await
    }

    /// Sends `message` to an activity node.
    pub(crate) async fn activity<M: Clone, R, F>(
        &self,
        message: M,
        send: impl Fn(ActivityServiceClient<Transport>, Request<M>) -> F,
    ) -> Result<R, ApiError>
    where
        F: Future<Output = Result<Response<R>, Status>>,
    {
        self.send(Role::Activity, None, message, |transport, request| {
            send(activity_client(transport), request)
        })
        .await
    }

    /// A client of an activity node, for calls that take as long as they like.
    pub(crate) async fn activity_client(
        &self,
    ) -> Result<ActivityServiceClient<Transport>, ApiError> {
        let transport = self.edge.directory.any(Role::Activity).await;
        transport.map(activity_client).map_err(ApiError::unavailable)
    }

    async fn send<M: Clone, R, F>(
        &self,
        role: Role,
        mut owner: Option<Transport>,
        message: M,
        send: impl Fn(Transport, Request<M>) -> F,
    ) -> Result<R, ApiError>
    where
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let mut pauses = PAUSES.iter();
        let began = Instant::now();
        let deadline = began + DEADLINE;
        loop {
            let owner = owner.take();
            let until = match owner {
                Some(_) => deadline.min(Instant::now() + OWNER),
                None => deadline,
            };
            let ask = async {
                let transport = match owner {
                    Some(owner) => owner,
                    None => match self.edge.directory.any(role).await {
                        Ok(transport) => transport,
                        Err(missing) => return Err((ApiError::unavailable(missing), false)),
                    },
                };
                let answer = send(transport, self.namespace.request(message.clone())).await;
                answer.map_err(|status| (ApiError::from(status), true))
            };
            let (error, sent) = match timeout_at(until, ask).await {
                Ok(Ok(answer)) => return Ok(answer.into_inner()),
                Ok(Err(failed)) => failed,
                Err(_) if until < deadline => {
                    (ApiError::unavailable("no answer from the owner"), true)
                }
                Err(_) => {
                    let (role, seconds) = (role.name(), DEADLINE.as_secs());
                    let silent = format!("no answer from {role} within {seconds} seconds");
                    return Err(ApiError::unavailable(silent));
                }
            };
            let again = error.code() == ErrorCode::ServiceUnavailable
                && (self.repeat == Repeat::Safe || !sent)
                && (pauses.len() == PAUSES.len() || began.elapsed() < REPEAT_FOR);
            match pauses.next() {
                Some(pause) if again => tokio::time::sleep(*pause).await,
                _ => return Err(error),
            }
        }
    }
}

fn activity_client(transport: Transport) -> ActivityServiceClient<Transport> {
    ActivityServiceClient::new(transport)
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES)
}
