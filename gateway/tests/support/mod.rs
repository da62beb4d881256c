//! The edge over generated servers whose answers are scripted, in one process.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part")]

mod activity;
pub(crate) mod broken;
mod control_plane;
mod execution;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use stepwell_api::activity::StreamActivityTasksResponse;
use stepwell_api::activity::activity_service_server::ActivityServiceServer;
use stepwell_api::controlplane::control_plane_service_server::ControlPlaneServiceServer;
use stepwell_api::execution::execution_service_server::ExecutionServiceServer;
use stepwell_api::execution::{GetExecutionHistoryResponse, StartExecutionRequest};
use stepwell_api::{ApiError, NamespaceMetadata as _};
use stepwell_gateway::{Gateway, GatewayOptions};
use stepwell_ids::Namespace;
use stepwell_service_kit::{LocalDirectory, Role, Transport};
use tokio::sync::mpsc;
use tower::ServiceExt as _;

/// How a worker stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StreamEnd {
    /// The delivery with this id was acknowledged.
    Acknowledged(String),
    /// The stream ended before.
    GivenBack,
}

/// The services behind the edge: what they answer, and what they were asked.
#[derive(Debug)]
pub(crate) struct Script {
    /// Each call takes one, if any is left, as its answer.
    pub(crate) failures: Mutex<VecDeque<ApiError>>,
    /// Every message, as its debug text.
    pub(crate) asked: Mutex<Vec<String>>,
    /// The namespaces of the calls.
    pub(crate) namespaces: Mutex<Vec<Namespace>>,
    /// The starts.
    pub(crate) starts: Mutex<Vec<StartExecutionRequest>>,
    /// The answer to GetExecutionHistory.
    pub(crate) history: Mutex<GetExecutionHistoryResponse>,
    /// The task for the next worker stream.
    pub(crate) task: Mutex<Option<StreamActivityTasksResponse>>,
    ends: mpsc::UnboundedSender<StreamEnd>,
}

impl Script {
    fn asked<T: std::fmt::Debug>(&self, request: tonic::Request<T>) -> Result<T, tonic::Status> {
        let none = Namespace { account: "none".into(), region: "none".into() };
        let namespace = Namespace::from_metadata(request.metadata(), &none)?;
        self.namespaces.lock().unwrap().push(namespace);
        let message = request.into_inner();
        self.note(format!("{message:?}"))?;
        Ok(message)
    }

    fn note(&self, message: String) -> Result<(), tonic::Status> {
        self.asked.lock().unwrap().push(message);
        match self.failures.lock().unwrap().pop_front() {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }
}

/// The edge under test.
pub(crate) struct Edge {
    pub(crate) router: Router,
    pub(crate) script: Arc<Script>,
    pub(crate) ends: mpsc::UnboundedReceiver<StreamEnd>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Answer {
    /// Status and `__type` of an error.
    pub(crate) fn error(&self) -> (u16, &str) {
        let kind = self.json["__type"].as_str().unwrap_or_default();
        let name = kind.split_once('#').map_or(kind, |(_, name)| name);
        assert_eq!(self.headers.get("x-amzn-errortype").unwrap(), name);
        (self.status.as_u16(), name)
    }
}

impl Edge {
    pub(crate) fn new(options: GatewayOptions) -> Self {
        let (sender, ends) = mpsc::unbounded_channel();
        let script = Arc::new(Script {
            failures: Mutex::default(),
            asked: Mutex::default(),
            namespaces: Mutex::default(),
            starts: Mutex::default(),
            history: Mutex::default(),
            task: Mutex::default(),
            ends: sender,
        });
        let most = stepwell_service_kit::MAX_MESSAGE_BYTES;
        let directory = LocalDirectory::new();
        let server = ControlPlaneServiceServer::from_arc(Arc::clone(&script));
        let server = server.max_decoding_message_size(most);
        directory.insert(Role::ControlPlane, "c", Transport::local(server));
        let server = ExecutionServiceServer::from_arc(Arc::clone(&script));
        let server = server.max_decoding_message_size(most);
        directory.insert(Role::Execution, "e", Transport::local(server));
        let server = ActivityServiceServer::from_arc(Arc::clone(&script));
        directory.insert(Role::Activity, "a", Transport::local(server));
        let router = stepwell_gateway::router(Gateway::new(Arc::new(directory), options));
        Self { router, script, ends }
    }

    /// Sends `request` and reads the whole answer, which must have the headers of the protocol.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        assert_eq!(head.headers.get("content-type").unwrap(), "application/x-amz-json-1.0");
        let id = head.headers.get("x-amzn-requestid").unwrap().to_str().unwrap();
        assert_eq!(id.len(), 36, "{id}");
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap();
        Answer { status: head.status, headers: head.headers, json }
    }

    /// Sends a request by header.
    pub(crate) async fn call(&self, action: &str, body: impl Into<Body>) -> Answer {
        self.send(by_header(action, body)).await
    }

    /// Sends a request by query string.
    pub(crate) async fn query(&self, query: &str) -> Answer {
        self.send(Request::post(format!("/?{query}")).body(Body::empty()).unwrap()).await
    }

    /// What the services were asked last.
    pub(crate) fn last_asked(&self) -> String {
        self.script.asked.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

impl Default for Edge {
    fn default() -> Self {
        Self::new(GatewayOptions::default())
    }
}

/// A request by header.
pub(crate) fn by_header(action: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post("/")
        .header("Content-Type", "application/x-amz-json-1.0")
        .header("X-Amz-Target", format!("AWSStepFunctions.{action}"))
        .body(body.into())
        .unwrap()
}
