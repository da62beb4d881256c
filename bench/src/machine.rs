//! State machines, and the requests that start them.

use crate::client::{Client, request};
use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

const INPUT: &str = r#"{"order":{"id":"o-1","items":[{"sku":"lamp","quantity":2}]}}"#;

/// A definition of `length` Pass states.
pub(crate) fn chain(length: usize) -> Value {
    let states: Map<String, Value> = (0..length)
        .map(|at| {
            let state = if at + 1 == length {
                json!({"Type": "Pass", "End": true})
            } else {
                json!({"Type": "Pass", "Next": format!("S{}", at + 1)})
            };
            (format!("S{at}"), state)
        })
        .collect();
    json!({"StartAt": "S0", "States": states})
}

/// Choice, then Parallel of two branches, then a Map of the input's items.
pub(crate) fn fan_out() -> Value {
    let pass =
        |name: &str| json!({"StartAt": name, "States": {name: {"Type": "Pass", "End": true}}});
    json!({"StartAt": "Choose", "States": {
        "Choose": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.number", "NumericGreaterThan": 0, "Next": "Both"}],
            "Default": "None"
        },
        "None": {"Type": "Fail"},
        "Both": {
            "Type": "Parallel", "Branches": [pass("Left"), pass("Right")],
            "ResultPath": "$.both", "Next": "Each"
        },
        "Each": {"Type": "Map", "ItemsPath": "$.items", "Iterator": pass("Item"), "End": true}
    }})
}

/// One task of an activity.
pub(crate) fn task(activity: &str) -> Value {
    json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": activity, "End": true}}})
}

/// Waits until the input's time.
pub(crate) fn timer() -> Value {
    let wait = json!({"Type": "Wait", "TimestampPath": "$.due", "End": true});
    json!({"StartAt": "W", "States": {"W": wait}})
}

/// Waits for ever.
pub(crate) fn parked() -> Value {
    json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 99_999_999, "End": true}}})
}

/// The usual input.
pub(crate) fn input() -> String {
    INPUT.to_owned()
}

/// An input of so many items.
pub(crate) fn items(count: usize) -> String {
    json!({"number": 1, "items": (0..count).collect::<Vec<_>>()}).to_string()
}

/// An input of so many bytes.
pub(crate) fn filler(bytes: usize) -> String {
    let frame = r#"{"filler":""}"#.len();
    json!({"filler": "x".repeat(bytes.saturating_sub(frame))}).to_string()
}

/// The ARN of a new state machine.
pub(crate) async fn create(client: &mut Client, name: &str, definition: &Value) -> Result<String> {
    let role = "arn:aws:iam::000000000000:role/bench";
    let body = json!({"name": name, "definition": definition.to_string(), "roleArn": role});
    let answer = client.call("CreateStateMachine", &body).await?;
    Ok(answer["stateMachineArn"].as_str().context("an ARN")?.to_owned())
}

/// The request that starts an execution without a name.
pub(crate) fn start(machine: &str, input: &str) -> Vec<u8> {
    request("StartExecution", &json!({"stateMachineArn": machine, "input": input}).to_string())
}

/// Starts one execution, and gives its ARN.
pub(crate) async fn start_one(client: &mut Client, machine: &str, input: &str) -> Result<String> {
    let body = json!({"stateMachineArn": machine, "input": input});
    let answer = client.call("StartExecution", &body).await?;
    Ok(answer["executionArn"].as_str().context("an ARN")?.to_owned())
}

/// The status of an execution.
pub(crate) async fn status(client: &mut Client, execution: &str) -> Result<String> {
    let answer = client.call("DescribeExecution", &json!({"executionArn": execution})).await?;
    Ok(answer["status"].as_str().context("a status")?.to_owned())
}
