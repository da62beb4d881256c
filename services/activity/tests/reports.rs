//! What workers report, with a scripted owner.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod suite;

use stepwell_api::activity::*;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{ReportTaskRequest, TaskFailure, TaskFailureKind, TaskHeartbeat};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_service_kit::tokens::{TaskToken, TokenKeys};
use suite::Suite;
use tonic::{Response, Status};

fn success(output: &str) -> SendTaskSuccessRequest {
    SendTaskSuccessRequest { task_token: "t".into(), output: output.into() }
}

fn refusal<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) -> (ErrorCode, String) {
    let error = ApiError::from(answer.unwrap_err());
    (error.code(), error.message().to_owned())
}

#[tokio::test(start_paused = true)]
async fn reports_reach_the_owner_also_when_it_is_away_for_a_moment() {
    let suite = Suite::start().await;
    let mut client = suite.client.clone();
    suite.owner.state().unavailable = 3;
    client.send_task_success(success("{\"a\": 1}")).await.unwrap();
    let failure =
        SendTaskFailureRequest { task_token: "t".into(), error: Some("Oops".into()), cause: None };
    client.send_task_failure(failure).await.unwrap();
    let heartbeat = SendTaskHeartbeatRequest { task_token: "t".into() };
    client.send_task_heartbeat(heartbeat).await.unwrap();
    let failed = TaskFailure {
        kind: TaskFailureKind::Failed.into(),
        error: Some("Oops".into()),
        cause: None,
    };
    let expected = [
        Report::Output("{\"a\": 1}".into()),
        Report::Failure(failed),
        Report::Heartbeat(TaskHeartbeat {}),
    ];
    let expected = expected.map(|report| ReportTaskRequest {
        task_token: "t".into(),
        report: Some(report),
        ..Default::default()
    });
    assert_eq!(suite.owner.state().reports, expected);
}

#[tokio::test(start_paused = true)]
async fn what_the_owner_refuses_is_told() {
    let suite = Suite::start().await;
    for code in [ErrorCode::TaskTimedOut, ErrorCode::TaskDoesNotExist, ErrorCode::InvalidToken] {
        suite.owner.state().refusal = Some(code);
        let answer = suite.client.clone().send_task_success(success("1")).await;
        assert_eq!(refusal(answer), (code, "as scripted".to_owned()));
    }
    suite.owner.state().unavailable = usize::MAX;
    let answer = suite.client.clone().send_task_success(success("1")).await;
    assert_eq!(refusal(answer).0, ErrorCode::ServiceUnavailable);
}

/// The second time it would be refused, though it was accepted.
#[tokio::test(start_paused = true)]
async fn an_end_whose_answer_is_lost_is_not_reported_again() {
    let suite = Suite::start().await;
    suite.owner.state().lost = 1;
    let answer = suite.client.clone().send_task_success(success("1")).await;
    assert_eq!(refusal(answer).0, ErrorCode::ServiceUnavailable);
    assert_eq!(suite.owner.state().reports.len(), 1);
    suite.owner.state().lost = 1;
    let heartbeat = SendTaskHeartbeatRequest { task_token: "t".into() };
    suite.client.clone().send_task_heartbeat(heartbeat).await.unwrap();
    assert_eq!(suite.owner.state().reports.len(), 3, "a sign of life may come twice");
}

#[tokio::test]
async fn malformed_reports_are_refused_before_the_owner_sees_them() {
    let suite = Suite::start().await;
    let mut client = suite.client.clone();
    let (code, message) = refusal(client.send_task_success(success("{")).await);
    assert_eq!(code, ErrorCode::InvalidOutput);
    assert!(message.starts_with("Invalid Output: '") && message.ends_with('\''), "{message}");
    let long = format!("\"{}\"", "x".repeat(262_143));
    let (code, message) = refusal(client.send_task_success(success(&long)).await);
    assert_eq!(code, ErrorCode::ValidationException);
    assert!(message.contains("at 'output' failed to satisfy constraint"), "{message}");
    for token in [String::new(), "t".repeat(2_049)] {
        let heartbeat = SendTaskHeartbeatRequest { task_token: token };
        let (code, message) = refusal(client.send_task_heartbeat(heartbeat).await);
        assert_eq!(code, ErrorCode::ValidationException);
        assert!(message.contains("at 'taskToken'"), "{message}");
    }
    let failure = SendTaskFailureRequest {
        task_token: "t".into(),
        error: Some("e".repeat(257)),
        cause: Some("c".repeat(32_769)),
    };
    let (code, message) = refusal(client.send_task_failure(failure).await);
    assert_eq!(code, ErrorCode::ValidationException);
    assert!(message.starts_with("2 validation errors detected: "), "{message}");
    assert!(suite.owner.state().reports.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_token_is_good_in_the_account_and_region_of_its_execution_alone() {
    let suite = Suite::start().await;
    let keys = TokenKeys::load(&*suite.store).await.unwrap();
    let token = TaskToken {
        execution: "us-east-1:000000000000:execution:m:e".to_owned(),
        run_id: 1,
        scheduled_event_id: 2,
        attempt: 1,
        nonce: 3,
    };
    let task_token = token.seal(&keys).unwrap();
    let mut client = suite.client.clone();
    for (name, value) in
        [("stepwell-account", "111111111111"), ("stepwell-region", "eu-west-1"), ("", "")]
    {
        let task_token = task_token.clone();
        let mut request = tonic::Request::new(SendTaskHeartbeatRequest { task_token });
        if name.is_empty() {
            client.send_task_heartbeat(request).await.unwrap();
            continue;
        }
        request.metadata_mut().insert(name, value.parse().unwrap());
        let (code, _) = refusal(client.send_task_heartbeat(request).await);
        assert_eq!(code, ErrorCode::TaskDoesNotExist, "{name}");
    }
    assert_eq!(suite.owner.state().reports.len(), 1);
}
