//! Starting an execution: what makes it repeatable is fixed at the edge.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::convert::Infallible;
use std::sync::Arc;
use stepwell_api::execution::execution_service_server::ExecutionServiceServer;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_gateway::{Gateway, GatewayOptions};
use stepwell_service_kit::{Directory, LocalDirectory, NoPeer, Peer, Place, Role, Transport};
use support::{Edge, by_header};
use tonic::body::Body;

const BODY: &str = r#"{"stateMachineArn": "arn:m"}"#;

fn fail(edge: &Edge, times: usize) {
    let unavailable = ApiError::new(ErrorCode::ServiceUnavailable, "no owner");
    edge.script.failures.lock().unwrap().extend(std::iter::repeat_n(unavailable, times));
}

#[tokio::test(start_paused = true)]
async fn an_unavailable_service_is_asked_again_with_the_same_name_and_id() {
    let edge = Edge::default();
    fail(&edge, 3);
    assert_eq!(edge.call("StartExecution", BODY).await.status, 200);
    let starts = edge.script.starts.lock().unwrap();
    assert_eq!(starts.len(), 4);
    assert!(starts.iter().all(|start| *start == starts[0]), "{starts:?}");
    for id in [&starts[0].name, &starts[0].request_id] {
        assert_eq!(id.as_ref().unwrap().len(), 36);
    }
}

#[tokio::test(start_paused = true)]
async fn repetition_is_bounded_and_other_errors_are_not_repeated() {
    let edge = Edge::default();
    fail(&edge, 100);
    assert_eq!(edge.call("StartExecution", BODY).await.error(), (503, "ServiceUnavailable"));
    assert_eq!(edge.script.starts.lock().unwrap().len(), 6);
    edge.script.failures.lock().unwrap().clear();
    let refused = ApiError::new(ErrorCode::InvalidArn, "no");
    edge.script.failures.lock().unwrap().push_back(refused);
    assert_eq!(edge.call("StartExecution", BODY).await.error(), (400, "InvalidArn"));
    assert_eq!(edge.script.starts.lock().unwrap().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_task_is_reported_once() {
    let edge = Edge::default();
    fail(&edge, 1);
    let body = r#"{"taskToken": "t", "output": "1"}"#;
    assert_eq!(edge.call("SendTaskSuccess", body).await.error(), (503, "ServiceUnavailable"));
    assert_eq!(edge.script.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_client_that_tries_again_starts_the_same_execution() {
    let edge = Edge::default();
    for invocation in ["one", "one", "two", ""] {
        let mut request = by_header("StartExecution", BODY);
        request.headers_mut().insert("amz-sdk-invocation-id", invocation.parse().unwrap());
        assert_eq!(edge.send(request).await.status, 200);
    }
    let starts = edge.script.starts.lock().unwrap();
    assert_eq!(starts[0], starts[1]);
    assert_eq!(starts[0].request_id.as_deref(), Some("one"));
    assert_ne!(starts[0].name, starts[2].name);
    assert_eq!(starts[3].request_id.as_ref().unwrap().len(), 36);
    assert!(starts.iter().all(|start| start.name.as_ref().unwrap().len() == 36));
}

/// One node, and another one that is taken for the owner of what can be placed.
#[derive(Debug)]
struct Owned {
    node: LocalDirectory,
    owner: Transport,
}

#[tonic::async_trait]
impl Directory for Owned {
    async fn peers(&self, role: Role) -> Result<Vec<Peer>, NoPeer> {
        self.node.peers(role).await
    }

    async fn execution_node(&self, id: &str) -> Result<Transport, NoPeer> {
        self.node.execution_node(id).await
    }

    async fn any(&self, role: Role) -> Result<Transport, NoPeer> {
        self.node.any(role).await
    }

    async fn owner(&self, execution: &Place<'_>) -> Option<Transport> {
        execution().map(|_| self.owner.clone())
    }
}

fn way_to(edge: &Edge) -> Transport {
    Transport::local(ExecutionServiceServer::from_arc(Arc::clone(&edge.script)))
}

/// `edge` anew, with `owner` for the owner of all executions.
fn owned(edge: &mut Edge, owner: Transport) {
    let node = LocalDirectory::new();
    node.insert(Role::Execution, "e", way_to(edge));
    let directory = Arc::new(Owned { node, owner });
    edge.router = stepwell_gateway::router(Gateway::new(directory, GatewayOptions::default()));
}

const PLACED: &str =
    r#"{"stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m", "name": "n"}"#;

#[tokio::test(start_paused = true)]
async fn the_owner_is_asked_first_and_any_node_after_it() {
    let (mut edge, owner) = (Edge::default(), Edge::default());
    owned(&mut edge, way_to(&owner));
    let starts = |edge: &Edge| edge.script.starts.lock().unwrap().len();
    assert_eq!(edge.call("StartExecution", PLACED).await.status, 200);
    assert_eq!((starts(&owner), starts(&edge)), (1, 0));
    fail(&owner, 1);
    assert_eq!(edge.call("StartExecution", PLACED).await.status, 200);
    assert_eq!((starts(&owner), starts(&edge)), (2, 1));
    assert_eq!(edge.call("StartExecution", BODY).await.status, 200);
    assert_eq!((starts(&owner), starts(&edge)), (2, 2), "any node refuses what has no place");
}

#[tokio::test(start_paused = true)]
async fn an_owner_that_hangs_keeps_no_caller_waiting() {
    let mut edge = Edge::default();
    let hangs = tower::service_fn(|_: http::Request<Body>| {
        std::future::pending::<Result<http::Response<Body>, Infallible>>()
    });
    owned(&mut edge, Transport::local(hangs));
    assert_eq!(edge.call("StartExecution", PLACED).await.status, 200);
    assert_eq!(edge.script.starts.lock().unwrap().len(), 1);
}
