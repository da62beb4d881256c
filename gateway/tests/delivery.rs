//! Tasks reach the client or go back.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use http_body_util::BodyExt as _;
use std::time::Duration;
use stepwell_api::activity::StreamActivityTasksResponse;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_gateway::GatewayOptions;
use support::broken::{BrokenConnection, BrokenListener};
use support::{Edge, StreamEnd, by_header};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

const BODY: &str = r#"{"activityArn": "arn:a", "workerName": "w"}"#;

fn give_task(edge: &Edge) {
    *edge.script.task.lock().unwrap() = Some(StreamActivityTasksResponse {
        delivery_id: "d1".into(),
        task_token: "t1".into(),
        input: "{\"a\": 1}".into(),
    });
}

/// Serves `edge` on a free port and gives a connection to it.
async fn connect(edge: &Edge) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = edge.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    TcpStream::connect(address).await.unwrap()
}

fn http_request() -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: AWSStepFunctions.GetActivityTask\r\n\
         Content-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    )
}

#[tokio::test]
async fn a_task_that_was_written_is_acknowledged() {
    let mut edge = Edge::default();
    give_task(&edge);
    let mut connection = connect(&edge).await;
    connection.write_all(http_request().as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n0\r\n\r\n") {
        assert_ne!(connection.read_buf(&mut answer).await.unwrap(), 0);
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.contains(r#"{"taskToken":"t1","input":"{\"a\": 1}"}"#), "{answer}");
    assert_eq!(edge.ends.recv().await, Some(StreamEnd::Acknowledged("d1".into())));
    assert!(edge.last_asked().contains("worker_name: Some(\"w\"), credit: 1"));
}

#[tokio::test]
async fn a_client_that_goes_while_it_waits_ends_its_stream() {
    let mut edge = Edge::default();
    let mut connection = connect(&edge).await;
    connection.write_all(http_request().as_bytes()).await.unwrap();
    while edge.last_asked().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(connection);
    assert_eq!(edge.ends.recv().await, Some(StreamEnd::GivenBack));
}

#[tokio::test]
async fn a_task_whose_answer_is_not_read_to_its_end_goes_back() {
    let mut edge = Edge::default();
    for frames in 0..2 {
        give_task(&edge);
        let request = by_header("GetActivityTask", BODY);
        let mut body = edge.router.clone().oneshot(request).await.unwrap().into_body();
        for _ in 0..frames {
            assert!(body.frame().await.unwrap().unwrap().is_data());
        }
        drop(body);
        assert_eq!(edge.ends.recv().await, Some(StreamEnd::GivenBack));
    }
}

#[tokio::test]
async fn a_task_whose_answer_can_not_be_written_goes_back() {
    let mut edge = Edge::default();
    give_task(&edge);
    let request = http_request().into_bytes();
    let listener = BrokenListener(Some(BrokenConnection { request }));
    let router = edge.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    assert_eq!(edge.ends.recv().await, Some(StreamEnd::GivenBack));
}

#[tokio::test]
async fn without_a_task_the_answer_is_an_empty_object() {
    let poll = Duration::from_millis(20);
    let mut edge = Edge::new(GatewayOptions { poll, ..GatewayOptions::default() });
    let found = edge.call("GetActivityTask", BODY).await;
    assert_eq!((found.status.as_u16(), found.json), (200, serde_json::json!({})));
    assert_eq!(edge.ends.recv().await, Some(StreamEnd::GivenBack));
}

#[tokio::test]
async fn errors_of_the_stream_are_those_of_the_action() {
    let edge = Edge::default();
    let gone = ApiError::new(ErrorCode::ActivityDoesNotExist, "Activity Does Not Exist: 'arn:a'");
    edge.script.failures.lock().unwrap().push_back(gone);
    let found = edge.call("GetActivityTask", BODY).await;
    assert_eq!(found.error(), (400, "ActivityDoesNotExist"));
}
