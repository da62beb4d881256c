//! Every action: what its call says, and what its answer looks like.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::Edge;

/// Action, body, what the service is asked, answer.
type Case = (&'static str, Value, &'static str, Value);

fn cases() -> impl Iterator<Item = Case> {
    let control_plane =
        [state_machines(), versions_and_aliases(), tags(), validations(), activities()];
    let others = [executions(), described_executions(), tasks()];
    control_plane.into_iter().chain(others).flatten()
}

/// `answer` with the configurations of a machine that was created without any.
fn with_defaults(mut answer: Value) -> Value {
    answer["loggingConfiguration"] = json!({"level": "OFF", "includeExecutionData": false});
    answer["tracingConfiguration"] = json!({"enabled": false});
    answer["encryptionConfiguration"] = json!({"type": "AWS_OWNED_KEY"});
    answer
}

fn state_machines() -> Vec<Case> {
    vec![
        (
            "CreateStateMachine",
            json!({
                "name": "m", "definition": "{}", "roleArn": "arn:r", "tags": [{"key": "a"}],
                "publish": true, "versionDescription": "v", "tracingConfiguration": {"enabled": true},
                "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
                "loggingConfiguration": {"level": "ALL", "destinations": [
                    {"cloudWatchLogsLogGroup": {"logGroupArn": "arn:l"}}, {"x": 1},
                ]},
            }),
            "CreateStateMachineRequest { name: \"m\", definition: \"{}\", role_arn: \"arn:r\", r#type: None, logging_configuration: Some(LoggingConfiguration { level: Some(\"ALL\"), include_execution_data: None, destinations: Some(LogDestinations { log_group_arns: [\"arn:l\", \"\"] }) }), tracing_enabled: Some(true), encryption_configuration: Some(EncryptionConfiguration { r#type: \"AWS_OWNED_KEY\" }), tags: [Tag { key: \"a\", value: \"\" }], publish: true, version_description: Some(\"v\") }",
            json!({
                "stateMachineArn": "arn:m", "creationDate": 1.5, "stateMachineVersionArn": "arn:m:1",
            }),
        ),
        (
            "DescribeStateMachine",
            json!({"stateMachineArn": "arn:m"}),
            "DescribeStateMachineRequest { state_machine_arn: \"arn:m\" }",
            with_defaults(json!({
                "stateMachineArn": "arn:m", "name": "m", "status": "DELETING", "roleArn": "arn:r",
                "definition": "{\"StartAt\": \"A\"}", "type": "STANDARD", "creationDate": 1.5,
                "variableReferences": {"A": ["a", "b"]},
            })),
        ),
        (
            "ListStateMachines",
            json!({"maxResults": 7, "nextToken": null}),
            "ListStateMachinesRequest { max_results: Some(7), next_token: None }",
            json!({"nextToken": "next", "stateMachines": [
                {"stateMachineArn": "arn:m", "name": "m", "type": "STANDARD", "creationDate": 1.5},
            ]}),
        ),
        (
            "UpdateStateMachine",
            json!({"stateMachineArn": "arn:m", "roleArn": "arn:r"}),
            "UpdateStateMachineRequest { state_machine_arn: \"arn:m\", definition: None, role_arn: Some(\"arn:r\"), logging_configuration: None, tracing_enabled: None, encryption_configuration: None, publish: false, version_description: None }",
            json!({"updateDate": 2.5, "revisionId": "r1"}),
        ),
        (
            "DeleteStateMachine",
            json!({"stateMachineArn": "arn:m"}),
            "DeleteStateMachineRequest { state_machine_arn: \"arn:m\" }",
            json!({}),
        ),
    ]
}

fn versions_and_aliases() -> Vec<Case> {
    let route = json!({"stateMachineVersionArn": "arn:m:1", "weight": 100});
    vec![
        (
            "PublishStateMachineVersion",
            json!({"stateMachineArn": "arn:m", "revisionId": "r", "description": "d"}),
            "PublishStateMachineVersionRequest { state_machine_arn: \"arn:m\", revision_id: Some(\"r\"), description: Some(\"d\") }",
            json!({"stateMachineVersionArn": "arn:m:1", "creationDate": 1.5}),
        ),
        (
            "ListStateMachineVersions",
            json!({"stateMachineArn": "arn:m", "maxResults": 7}),
            "ListStateMachineVersionsRequest { state_machine_arn: \"arn:m\", max_results: Some(7), next_token: None }",
            json!({"nextToken": "next", "stateMachineVersions": [
                {"stateMachineVersionArn": "arn:m:1", "creationDate": 1.5},
            ]}),
        ),
        (
            "DeleteStateMachineVersion",
            json!({"stateMachineVersionArn": "arn:m:1"}),
            "DeleteStateMachineVersionRequest { state_machine_version_arn: \"arn:m:1\" }",
            json!({}),
        ),
        (
            "CreateStateMachineAlias",
            json!({"name": "a", "description": "d", "routingConfiguration": [route.clone()]}),
            "CreateStateMachineAliasRequest { name: \"a\", description: Some(\"d\"), routes: [Route { state_machine_version_arn: \"arn:m:1\", weight: 100 }] }",
            json!({"stateMachineAliasArn": "arn:m:a", "creationDate": 1.5}),
        ),
        (
            "DescribeStateMachineAlias",
            json!({"stateMachineAliasArn": "arn:m:a"}),
            "DescribeStateMachineAliasRequest { state_machine_alias_arn: \"arn:m:a\" }",
            json!({
                "stateMachineAliasArn": "arn:m:a", "name": "a", "description": "d",
                "routingConfiguration": [route], "creationDate": 1.5, "updateDate": 2.5,
            }),
        ),
        (
            "UpdateStateMachineAlias",
            json!({"stateMachineAliasArn": "arn:m:a", "description": ""}),
            "UpdateStateMachineAliasRequest { state_machine_alias_arn: \"arn:m:a\", description: Some(\"\"), routes: [] }",
            json!({"updateDate": 2.5}),
        ),
        (
            "ListStateMachineAliases",
            json!({"stateMachineArn": "arn:m"}),
            "ListStateMachineAliasesRequest { state_machine_arn: \"arn:m\", max_results: None, next_token: None }",
            json!({"stateMachineAliases": [{"stateMachineAliasArn": "arn:m:a", "creationDate": 1.5}]}),
        ),
        (
            "DeleteStateMachineAlias",
            json!({"stateMachineAliasArn": "arn:m:a"}),
            "DeleteStateMachineAliasRequest { state_machine_alias_arn: \"arn:m:a\" }",
            json!({}),
        ),
    ]
}

fn tags() -> Vec<Case> {
    vec![
        (
            "TagResource",
            json!({"resourceArn": "arn:m", "tags": [{"key": "a", "value": "b"}]}),
            "TagResourceRequest { resource_arn: \"arn:m\", tags: [Tag { key: \"a\", value: \"b\" }] }",
            json!({}),
        ),
        (
            "UntagResource",
            json!({"resourceArn": "arn:m", "tagKeys": ["a"]}),
            "UntagResourceRequest { resource_arn: \"arn:m\", tag_keys: [\"a\"] }",
            json!({}),
        ),
        (
            "ListTagsForResource",
            json!({"resourceArn": "arn:m"}),
            "ListTagsForResourceRequest { resource_arn: \"arn:m\" }",
            json!({"tags": [{"key": "a", "value": ""}]}),
        ),
    ]
}

fn validations() -> Vec<Case> {
    let answer = json!({"result": "FAIL", "truncated": true, "diagnostics": [
        {"severity": "WARNING", "code": "NO_DOLLAR", "message": "why", "location": "/States/A"},
        {"severity": "ERROR", "code": "NO_DOLLAR", "message": "why"},
    ]});
    vec![
        (
            "ValidateStateMachineDefinition",
            json!({"definition": "{}", "type": "EXPRESS", "severity": "WARNING", "maxResults": 2}),
            "ValidateStateMachineDefinitionRequest { definition: \"{}\", r#type: Some(\"EXPRESS\"), severity: Warning, max_results: Some(2) }",
            answer.clone(),
        ),
        (
            "ValidateStateMachineDefinition",
            json!({"definition": "{}"}),
            "ValidateStateMachineDefinitionRequest { definition: \"{}\", r#type: None, severity: Error, max_results: None }",
            answer,
        ),
    ]
}

fn activities() -> Vec<Case> {
    vec![
        (
            "CreateActivity",
            json!({"name": "a"}),
            "CreateActivityRequest { name: \"a\", tags: [], encryption_configuration: None }",
            json!({"activityArn": "arn:a", "creationDate": 1.5}),
        ),
        (
            "DescribeActivity",
            json!({"activityArn": "arn:a"}),
            "DescribeActivityRequest { activity_arn: \"arn:a\" }",
            json!({
                "activityArn": "arn:a", "name": "a", "creationDate": 1.5,
                "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
            }),
        ),
        (
            "ListActivities",
            json!({"nextToken": "t"}),
            "ListActivitiesRequest { max_results: None, next_token: Some(\"t\") }",
            json!({"activities": [{"activityArn": "arn:a", "name": "a", "creationDate": 1.5}]}),
        ),
        (
            "DeleteActivity",
            json!({"activityArn": "arn:a"}),
            "DeleteActivityRequest { activity_arn: \"arn:a\" }",
            json!({}),
        ),
    ]
}

fn executions() -> Vec<Case> {
    vec![
        (
            "StartExecution",
            json!({"stateMachineArn": "arn:m", "name": "e", "input": "{ }"}),
            "state_machine_arn: \"arn:m\", name: Some(\"e\"), input: Some(\"{ }\")",
            json!({"executionArn": "arn:e", "startDate": 1_700_000_000.123}),
        ),
        (
            "StopExecution",
            json!({"executionArn": "arn:e", "error": "E", "cause": ""}),
            "StopExecutionRequest { execution_arn: \"arn:e\", error: Some(\"E\"), cause: Some(\"\") }",
            json!({"stopDate": 2.5}),
        ),
        (
            "DescribeStateMachineForExecution",
            json!({"executionArn": "arn:e"}),
            "DescribeStateMachineForExecutionRequest { execution_arn: \"arn:e\" }",
            with_defaults(json!({
                "stateMachineArn": "arn:m", "name": "m", "definition": "{}", "roleArn": "arn:r",
                "updateDate": 2.5,
            })),
        ),
        (
            "GetExecutionHistory",
            json!({"executionArn": "arn:e", "reverseOrder": true, "maxResults": 0}),
            "GetExecutionHistoryRequest { execution_arn: \"arn:e\", max_results: Some(0), next_token: None, order: NewestFirst }",
            json!({"events": []}),
        ),
        (
            "ListExecutions",
            json!({"stateMachineArn": "arn:m", "statusFilter": "TIMED_OUT"}),
            "ListExecutionsRequest { state_machine_arn: \"arn:m\", status_filter: TimedOut, max_results: None, next_token: None }",
            json!({"nextToken": "next", "executions": [{
                "executionArn": "arn:e", "stateMachineArn": "arn:m", "name": "e",
                "status": "TIMED_OUT", "startDate": 1.5, "stopDate": 2.5, "redriveCount": 0,
                "stateMachineVersionArn": "arn:m:1", "stateMachineAliasArn": "arn:m:a",
            }]}),
        ),
    ]
}

fn described_executions() -> Vec<Case> {
    vec![
        (
            "DescribeExecution",
            json!({"executionArn": "arn:running"}),
            "DescribeExecutionRequest { execution_arn: \"arn:running\" }",
            json!({
                "executionArn": "arn:running", "stateMachineArn": "arn:m", "name": "e",
                "status": "RUNNING", "startDate": 1.5, "input": "{}",
                "inputDetails": {"included": true}, "redriveCount": 0,
                "redriveStatus": "NOT_REDRIVABLE",
                "redriveStatusReason": "Execution is RUNNING and cannot be redriven",
            }),
        ),
        (
            "DescribeExecution",
            json!({"executionArn": "arn:succeeded"}),
            "DescribeExecutionRequest { execution_arn: \"arn:succeeded\" }",
            json!({
                "executionArn": "arn:succeeded", "stateMachineArn": "arn:m", "name": "e",
                "status": "SUCCEEDED", "startDate": 1.5, "stopDate": 2.5, "input": "{}",
                "inputDetails": {"included": true}, "output": "[1]",
                "outputDetails": {"included": true}, "redriveCount": 0,
                "redriveStatus": "NOT_REDRIVABLE",
                "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            }),
        ),
        (
            "DescribeExecution",
            json!({"executionArn": "arn:failed"}),
            "DescribeExecutionRequest { execution_arn: \"arn:failed\" }",
            json!({
                "executionArn": "arn:failed", "stateMachineArn": "arn:m", "name": "e",
                "status": "FAILED", "startDate": 1.5, "stopDate": 32_503_680_000.0, "input": "{}",
                "inputDetails": {"included": true}, "error": "E", "cause": "why",
                "redriveCount": 0, "redriveStatus": "REDRIVABLE",
            }),
        ),
    ]
}

fn tasks() -> Vec<Case> {
    vec![
        (
            "SendTaskSuccess",
            json!({"taskToken": "t", "output": "1"}),
            "SendTaskSuccessRequest { task_token: \"t\", output: \"1\" }",
            json!({}),
        ),
        (
            "SendTaskFailure",
            json!({"taskToken": "t", "cause": "ä"}),
            "SendTaskFailureRequest { task_token: \"t\", error: None, cause: Some(\"ä\") }",
            json!({}),
        ),
        (
            "SendTaskHeartbeat",
            json!({"taskToken": "t"}),
            "SendTaskHeartbeatRequest { task_token: \"t\" }",
            json!({}),
        ),
    ]
}

/// The members of `body` as parameters.
fn encode(body: &Value) -> String {
    let mut query = String::new();
    for (name, value) in body.as_object().unwrap() {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
            other => other.to_string(),
        };
        query += &format!("&{name}=");
        text.bytes().for_each(|byte| query += &format!("%{byte:02X}"));
    }
    query
}

#[tokio::test]
async fn by_header() {
    let edge = Edge::default();
    for (action, body, asked, answer) in cases() {
        let found = edge.call(action, body.to_string()).await;
        assert_eq!((found.status.as_u16(), &found.json), (200, &answer), "{action}");
        assert!(edge.last_asked().contains(asked), "{}", edge.last_asked());
    }
}

#[tokio::test]
async fn by_query_string_and_by_form() {
    let edge = Edge::default();
    // Structures and lists can't be written there.
    let flat = |case: &Case| {
        case.1.as_object().unwrap().values().all(|it| !it.is_object() && !it.is_array())
    };
    for (action, body, asked, answer) in cases().filter(flat) {
        let query = format!("Version=2016-11-23&Action={action}{}", encode(&body));
        let found = edge.query(&query).await;
        assert_eq!((found.status.as_u16(), &found.json), (200, &answer), "{action}");
        assert!(edge.last_asked().contains(asked), "{}", edge.last_asked());
        let form = http::Request::post("/")
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .body(query.into())
            .unwrap();
        assert_eq!(edge.send(form).await.json, answer, "{action}");
    }
}

#[tokio::test]
async fn a_query_string_may_stand_with_a_json_body() {
    let edge = Edge::default();
    let query = "/?Action=StopExecution&Version=2016-11-23&error=E&X-Amz-Signature=0";
    // As curl sends a body that it was not told the type of.
    let request = http::Request::get(query)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(r#" {"executionArn": "arn:e"}"#.into())
        .unwrap();
    assert_eq!(edge.send(request).await.json, json!({"stopDate": 2.5}));
    assert!(edge.last_asked().contains("error: Some(\"E\")"), "{}", edge.last_asked());
}
