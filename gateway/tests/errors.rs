//! The errors of the edge itself, and how those of services look.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use axum::body::Body;
use http::Request;
use serde_json::json;
use std::num::NonZeroU32;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_gateway::GatewayOptions;
use support::{Edge, by_header};

#[tokio::test]
async fn requests_by_header() {
    let edge = Edge::default();
    let deep = "[".repeat(1_000) + &"]".repeat(1_000);
    let deep_member = format!("{{\"name\": {deep}}}");
    for (action, body, expected) in [
        ("Nothing", "{}", "UnknownOperationException"),
        ("", "{}", "UnknownOperationException"),
        ("CreateActivity", "{", "SerializationException"),
        ("CreateActivity", "[]", "SerializationException"),
        ("CreateActivity", "\0", "SerializationException"),
        ("CreateActivity", "{\"name\": 1}", "SerializationException"),
        ("CreateActivity", "{} {}", "SerializationException"),
        ("CreateActivity", &deep, "SerializationException"),
        ("CreateActivity", &deep_member, "SerializationException"),
        ("ListActivities", "{\"maxResults\": \"1\"}", "SerializationException"),
        ("CreateActivity", "", "ValidationException"),
        ("CreateActivity", "{\"name\": null}", "ValidationException"),
    ] {
        let found = edge.call(action, body.to_owned()).await;
        assert_eq!(found.error(), (400, expected), "{action} {body:.80}");
    }
    assert!(edge.script.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn all_broken_constraints_are_told_with_the_texts_of_the_service() {
    let edge = Edge::default();
    let found = edge.call("CreateActivity", "{}").await;
    assert_eq!(
        found.json,
        json!({
            "__type": "com.amazon.coral.validate#ValidationException",
            "message": "1 validation error detected: Value at 'name' failed to satisfy constraint: \
                        Member must not be null",
        })
    );
    let found = edge.call("ListExecutions", r#"{"statusFilter": "running"}"#).await;
    assert_eq!(
        found.json["message"],
        "2 validation errors detected: Value at 'stateMachineArn' failed to satisfy constraint: \
         Member must not be null; Value 'running' at 'statusFilter' failed to satisfy constraint: \
         Member must satisfy enum value set: [RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED]"
    );
    let machine = json!({"name": "m", "definition": "{}", "roleArn": "r", "type": "standard"});
    let found = edge.call("CreateStateMachine", machine.to_string()).await;
    let message = found.json["message"].as_str().unwrap();
    assert!(message.ends_with("satisfy enum value set: [STANDARD, EXPRESS]"), "{message}");
}

#[tokio::test]
async fn requests_by_query_string() {
    let edge = Edge::default();
    let stop = "Action=StopExecution&Version=2016-11-23";
    let list = "Action=ListExecutions&Version=2016-11-23&stateMachineArn=a";
    let history = "Action=GetExecutionHistory&Version=2016-11-23&executionArn=a";
    for (query, status, expected) in [
        (String::new(), 400, "MissingAction"),
        ("Version=2016-11-23&name=a".to_owned(), 400, "MissingAction"),
        ("Action=Nothing&Version=2016-11-23".to_owned(), 400, "InvalidAction"),
        ("Action=ListActivities".to_owned(), 400, "MissingParameter"),
        ("Action=ListActivities&Version=2012-11-05".to_owned(), 400, "InvalidParameterValue"),
        (stop.to_owned(), 400, "MissingParameter"),
        (format!("{stop}&executionArn=%zz"), 404, "MalformedQueryString"),
        (format!("{stop}&executionArn=%FF"), 404, "MalformedQueryString"),
        (format!("{stop}&executionArn"), 404, "MalformedQueryString"),
        (format!("{stop}&=a"), 400, "InvalidQueryParameter"),
        (format!("{stop}&executionArn=a&executionArn=a"), 400, "InvalidQueryParameter"),
        (format!("{list}&maxResults=ten"), 400, "InvalidParameterValue"),
        (format!("{list}&maxResults="), 400, "InvalidParameterValue"),
        (format!("{history}&reverseOrder=yes"), 400, "InvalidParameterValue"),
        (format!("{list}&statusFilter=OPEN"), 400, "ValidationError"),
    ] {
        assert_eq!(edge.query(&query).await.error(), (status, expected), "{query}");
    }
    assert!(edge.script.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn parameters_that_exclude_each_other() {
    let edge = Edge::default();
    let target = "AWSStepFunctions.ListActivities";
    for (query, body) in [
        ("Action=ListStateMachines&Version=2016-11-23", "{}"),
        ("maxResults=1", "{\"maxResults\": 1}"),
    ] {
        let request = Request::post(format!("/?{query}")).header("X-Amz-Target", target);
        let found = edge.send(request.body(body.into()).unwrap()).await;
        assert_eq!(found.error(), (400, "InvalidParameterCombination"), "{query}");
    }
    let agreeing = Request::post("/?Action=ListActivities").header("X-Amz-Target", target);
    let found = edge.send(agreeing.body(Body::empty()).unwrap()).await;
    assert_eq!(found.status, 200);
}

#[tokio::test]
async fn the_errors_of_services_pass_through() {
    let edge = Edge::default();
    for code in ErrorCode::ALL {
        let error = ApiError::new(*code, "why: 'ä'\n");
        // A start is tried again where a service is unavailable.
        edge.script.failures.lock().unwrap().extend(std::iter::repeat_n(error, 6));
        let found = edge.call("SendTaskSuccess", r#"{"taskToken": "t", "output": "1"}"#).await;
        edge.script.failures.lock().unwrap().clear();
        assert_eq!(found.error(), (code.http_status(), code.name()));
        assert_eq!(found.json["message"], "why: 'ä'\n");
        assert!(found.json["__type"].as_str().unwrap().starts_with("com.amazon"));
    }
    let refused = ApiError::new(ErrorCode::ValidationException, "too long");
    edge.script.failures.lock().unwrap().push_back(refused);
    let found = edge.query("Action=CreateActivity&Version=2016-11-23&name=a").await;
    assert_eq!(found.error(), (400, "ValidationError"));
}

#[tokio::test]
async fn other_paths_and_methods_are_no_operations() {
    let edge = Edge::default();
    for (method, path) in [("POST", "/a"), ("GET", "/a/../b"), ("PUT", "/"), ("DELETE", "/")] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let found = edge.send(request).await;
        assert_eq!(found.error(), (400, "UnknownOperationException"), "{method} {path}");
    }
}

#[tokio::test]
async fn a_definition_of_the_longest_kind_gets_through_and_larger_bodies_do_not() {
    let edge = Edge::default();
    let escaped = "\\u00e4".repeat(1_048_576);
    let body = format!(r#"{{"name": "m", "definition": "{escaped}", "roleArn": "r"}}"#);
    assert_eq!(edge.call("CreateStateMachine", body).await.status, 200);
    let body = "x".repeat(8 * 1024 * 1024 + 1);
    let found = edge.call("CreateStateMachine", body).await;
    assert_eq!(found.error(), (400, "ValidationException"));
}

#[tokio::test]
async fn an_account_over_its_rate_is_throttled_and_others_are_not() {
    let requests_per_second = NonZeroU32::new(1);
    let edge = Edge::new(GatewayOptions { requests_per_second, ..GatewayOptions::default() });
    let call = |account: &str| {
        let mut request = by_header("ListActivities", "{}");
        let credential = format!("AWS4-HMAC-SHA256 Credential={account}/20261124/eu-west-1/states");
        request.headers_mut().insert("Authorization", credential.parse().unwrap());
        edge.send(request)
    };
    assert_eq!(call("111111111111").await.status, 200);
    assert_eq!(call("111111111111").await.error(), (400, "ThrottlingException"));
    assert_eq!(call("222222222222").await.status, 200);
    let namespaces = edge.script.namespaces.lock().unwrap();
    let names: Vec<_> = namespaces.iter().map(|n| (&*n.account, &*n.region)).collect();
    assert_eq!(names, [("111111111111", "eu-west-1"), ("222222222222", "eu-west-1")]);
}

#[tokio::test]
async fn a_fault_is_told_and_the_edge_goes_on() {
    let edge = Edge::default();
    let found = edge.call("StartExecution", r#"{"stateMachineArn": "arn:panic"}"#).await;
    assert_eq!(found.error(), (500, "InternalFailure"));
    assert_eq!(edge.call("ListActivities", "{}").await.status, 200);
}
