//! Starting an execution: what makes it repeatable is fixed at the edge.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use stepwell_api::{ApiError, ErrorCode};
use support::{Edge, by_header};

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
