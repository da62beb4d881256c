//! Every event type of the contract with its details, as the API shows it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::{Value, json};
use stepwell_api::execution::history_event::Details;
use stepwell_api::execution::*;
use stepwell_api::from_millis;
use support::Edge;

fn input() -> String {
    "[1]".to_owned()
}

fn whole() -> Value {
    json!({"truncated": false})
}

/// Details of the kind that the contract gives to a type, and how they are shown.
fn details(name: &str) -> (Option<Details>, Value) {
    if name.contains("State") {
        state_details(name)
    } else if name.starts_with("Task") {
        task_details(name)
    } else {
        other_details(name)
    }
}

fn state_details(name: &str) -> (Option<Details>, Value) {
    let whole = whole();
    let entered = StateEnteredEventDetails { name: "S".into(), input: input() };
    let mut exited =
        StateExitedEventDetails { name: "S".into(), output: input(), ..Default::default() };
    match name {
        "MapStateStarted" => (
            Some(Details::MapStateStarted(MapStateStartedEventDetails { length: 3 })),
            json!({"mapStateStartedEventDetails": {"length": 3}}),
        ),
        "WaitStateExited" => {
            let variable = AssignedVariable { name: "x".into(), value: "42".into() };
            exited.assigned_variables.push(variable);
            let shown = json!({"stateExitedEventDetails": {"name": "S", "output": "[1]",
                "outputDetails": whole, "assignedVariables": {"x": "42"},
                "assignedVariablesDetails": whole}});
            (Some(Details::StateExited(exited)), shown)
        }
        _ if name.ends_with("StateEntered") => (
            Some(Details::StateEntered(entered)),
            json!({"stateEnteredEventDetails": {"name": "S", "input": "[1]", "inputDetails": whole}}),
        ),
        _ if name.ends_with("StateExited") => (
            Some(Details::StateExited(exited)),
            json!({"stateExitedEventDetails": {"name": "S", "output": "[1]", "outputDetails": whole}}),
        ),
        _ => (None, json!({})),
    }
}

fn called() -> Option<TaskResource> {
    Some(TaskResource { resource_type: "lambda".into(), resource: "invoke".into() })
}

fn task_details(name: &str) -> (Option<Details>, Value) {
    let whole = whole();
    match name {
        "TaskScheduled" => (
            Some(Details::TaskScheduled(TaskScheduledEventDetails {
                called: called(),
                region: "r".into(),
                parameters: input(),
                timeout_in_seconds: Some(5),
                heartbeat_in_seconds: Some(4),
                task_credentials: Some(TaskCredentials { role_arn: "arn:r".into() }),
            })),
            json!({"taskScheduledEventDetails": {"resourceType": "lambda", "resource": "invoke",
                "region": "r", "parameters": "[1]", "timeoutInSeconds": 5,
                "heartbeatInSeconds": 4, "taskCredentials": {"roleArn": "arn:r"}}}),
        ),
        "TaskStarted" => (
            Some(Details::TaskStarted(TaskStartedEventDetails { called: called() })),
            json!({"taskStartedEventDetails": {"resourceType": "lambda", "resource": "invoke"}}),
        ),
        "TaskSubmitted" => (
            Some(Details::TaskSubmitted(TaskSubmittedEventDetails {
                called: called(),
                output: input(),
            })),
            json!({"taskSubmittedEventDetails": {"resourceType": "lambda", "resource": "invoke",
                "output": "[1]", "outputDetails": whole}}),
        ),
        "TaskSucceeded" => (
            Some(Details::TaskSucceeded(TaskSucceededEventDetails {
                called: called(),
                output: input(),
            })),
            json!({"taskSucceededEventDetails": {"resourceType": "lambda", "resource": "invoke",
                "output": "[1]", "outputDetails": whole}}),
        ),
        _ => (
            Some(Details::TaskFailure(TaskFailureEventDetails {
                called: called(),
                error: Some("E".into()),
                cause: None,
            })),
            json!({details_member(name): {"resourceType": "lambda", "resource": "invoke",
                "error": "E"}}),
        ),
    }
}

fn started() -> (Option<Details>, Value) {
    let details = ExecutionStartedEventDetails {
        input: input(),
        role_arn: "arn:r".into(),
        state_machine_version_arn: Some("arn:m:1".into()),
        state_machine_alias_arn: Some("arn:m:a".into()),
    };
    let shown = json!({"executionStartedEventDetails": {
        "input": "[1]", "inputDetails": whole(), "roleArn": "arn:r",
        "stateMachineVersionArn": "arn:m:1", "stateMachineAliasArn": "arn:m:a",
    }});
    (Some(Details::ExecutionStarted(details)), shown)
}

fn other_details(name: &str) -> (Option<Details>, Value) {
    let whole = whole();
    match name {
        "ExecutionStarted" => started(),
        "ExecutionSucceeded" => (
            Some(Details::ExecutionSucceeded(ExecutionSucceededEventDetails { output: input() })),
            json!({"executionSucceededEventDetails": {"output": "[1]", "outputDetails": whole}}),
        ),
        "ActivityScheduled" => (
            Some(Details::ActivityScheduled(ActivityScheduledEventDetails {
                resource: "arn:a".into(),
                input: input(),
                timeout_in_seconds: Some(9),
                heartbeat_in_seconds: None,
            })),
            json!({"activityScheduledEventDetails": {"resource": "arn:a", "input": "[1]",
                "inputDetails": whole, "timeoutInSeconds": 9}}),
        ),
        "LambdaFunctionScheduled" => (
            Some(Details::LambdaFunctionScheduled(LambdaFunctionScheduledEventDetails {
                resource: "arn:f".into(),
                input: input(),
                timeout_in_seconds: None,
                task_credentials: Some(TaskCredentials { role_arn: "arn:r".into() }),
            })),
            json!({"lambdaFunctionScheduledEventDetails":
                {"resource": "arn:f", "input": "[1]", "inputDetails": whole,
                 "taskCredentials": {"roleArn": "arn:r"}}}),
        ),
        "EvaluationFailed" => (
            Some(Details::EvaluationFailed(EvaluationFailedEventDetails {
                state: "S".into(),
                location: Some("Output/a".into()),
                error: Some("E".into()),
                cause: Some("why".into()),
            })),
            json!({"evaluationFailedEventDetails":
                {"error": "E", "cause": "why", "location": "Output/a", "state": "S"}}),
        ),
        "ActivityStarted" => (
            Some(Details::ActivityStarted(ActivityStartedEventDetails { worker_name: None })),
            json!({"activityStartedEventDetails": {}}),
        ),
        _ if name.starts_with("MapIteration") => (
            Some(Details::MapIteration(MapIterationEventDetails { name: "M".into(), index: 0 })),
            json!({details_member(name): {"name": "M", "index": 0}}),
        ),
        "ActivitySucceeded" | "LambdaFunctionSucceeded" => (
            Some(Details::TaskOutput(TaskOutputEventDetails { output: input() })),
            json!({details_member(name): {"output": "[1]", "outputDetails": whole}}),
        ),
        "LambdaFunctionStarted" => (None, json!({})),
        // Without details from the service, the object is empty.
        "ExecutionFailed" => (None, json!({"executionFailedEventDetails": {}})),
        _ => (
            Some(Details::Failure(FailureEventDetails {
                error: Some("E".into()),
                cause: Some("why".into()),
            })),
            json!({details_member(name): {"error": "E", "cause": "why"}}),
        ),
    }
}

/// The usual name of the details of a type.
fn details_member(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{}{rest}EventDetails", first.to_lowercase())
}

/// `HISTORY_EVENT_TYPE_PASS_STATE_ENTERED` is `PassStateEntered`.
fn type_name(event_type: HistoryEventType) -> String {
    let words = event_type.as_str_name().trim_start_matches("HISTORY_EVENT_TYPE_").split('_');
    words.map(|word| word[..1].to_owned() + &word[1..].to_lowercase()).collect()
}

#[tokio::test]
async fn every_event_type_has_its_details() {
    let edge = Edge::default();
    let (mut events, mut expected) = (Vec::new(), Vec::new());
    for number in 1..=54 {
        let event_type = HistoryEventType::try_from(number).unwrap();
        let name = type_name(event_type);
        let (details, shown) = details(&name);
        let id = i64::from(number);
        events.push(HistoryEvent {
            id,
            previous_event_id: id - 1,
            timestamp: Some(from_millis(1_500 + id)),
            r#type: number,
            details,
        });
        let timestamp = (1_500 + number) as f64 / 1_000.0;
        let mut event = json!({
            "timestamp": timestamp, "type": name, "id": id, "previousEventId": id - 1,
        });
        event.as_object_mut().unwrap().extend(shown.as_object().unwrap().clone());
        expected.push(event);
    }
    assert!(HistoryEventType::try_from(55).is_err(), "a new type needs a row here");
    *edge.script.history.lock().unwrap() =
        GetExecutionHistoryResponse { events, next_token: Some("next".into()) };
    let found = edge.call("GetExecutionHistory", r#"{"executionArn": "arn:e"}"#).await;
    assert_eq!(found.json, json!({"events": expected, "nextToken": "next"}));
}

#[tokio::test]
async fn payloads_are_left_out_on_request() {
    let edge = Edge::default();
    let names = ["ExecutionStarted", "PassStateEntered", "WaitStateExited", "TaskScheduled"];
    let mut events = Vec::new();
    for number in 1..=53 {
        let name = type_name(HistoryEventType::try_from(number).unwrap());
        if names.contains(&&*name) {
            let (details, _) = details(&name);
            let timestamp = Some(from_millis(1));
            events.push(HistoryEvent { timestamp, r#type: number, details, ..Default::default() });
        }
    }
    *edge.script.history.lock().unwrap() = GetExecutionHistoryResponse { events, next_token: None };
    let call = async |included: &str| {
        let body = format!(r#"{{"executionArn": "arn:e", "includeExecutionData": {included}}}"#);
        edge.call("GetExecutionHistory", body).await.json.to_string()
    };
    let (all, none) = (call("true").await, call("false").await);
    for payload in ["input", "inputDetails", "output", "outputDetails", "assignedVariables"] {
        let member = format!("\"{payload}\":");
        assert!(all.contains(&member) && !none.contains(&member), "{payload}");
    }
    assert!(all.contains("parameters") && !none.contains("parameters"));
    assert_eq!(none.matches("\"type\":").count(), names.len());
}

#[tokio::test]
async fn an_event_that_the_contract_does_not_know_is_a_fault() {
    let edge = Edge::default();
    let event = HistoryEvent { timestamp: Some(from_millis(1)), r#type: 99, ..Default::default() };
    *edge.script.history.lock().unwrap() =
        GetExecutionHistoryResponse { events: vec![event], next_token: None };
    let found = edge.call("GetExecutionHistory", r#"{"executionArn": "arn:e"}"#).await;
    assert_eq!(found.error(), (500, "InternalFailure"));
}
