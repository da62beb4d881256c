//! Executions that call functions and wait for workers, with every role in place.
#![allow(clippy::unwrap_used)]

mod installation;

use installation::{FUNCTION, Installation, endpoint};
use std::time::Duration;
use stepwell_api::activity::{GetActivityTaskRequest, SendTaskSuccessRequest};
use stepwell_api::controlplane::{
    CreateActivityRequest, DeleteStateMachineRequest, DescribeStateMachineRequest,
    StateMachineStatus,
};
use stepwell_api::execution::ExecutionStatus;
use stepwell_api::{ApiError, ErrorCode};

/// A machine of one Task; what fails is caught, and the error is the output.
fn caught(resource: &str, fields: &str) -> String {
    format!(
        r#"{{"StartAt":"T","States":{{
            "T":{{"Type":"Task","Resource":"{resource}",{fields}"Catch":[
                {{"ErrorEquals":["States.ALL"],"ResultPath":"$.caught","Next":"C"}}],"End":true}},
            "C":{{"Type":"Pass","InputPath":"$.caught.Error","End":true}}}}}}"#
    )
}

#[tokio::test]
async fn a_function_s_result_and_its_error_go_through_the_history() {
    let suite = Installation::start(Some(endpoint().await)).await;
    let echo = suite.run("echo", &caught(&format!("{FUNCTION}echo"), ""), r#"{"a":1.50}"#).await;
    let ended = suite.ended(&echo).await;
    assert_eq!(ended.status(), ExecutionStatus::Succeeded);
    assert_eq!(ended.output.as_deref(), Some(r#"{"a":1.50}"#));
    let [scheduled, started] = ["LAMBDA_FUNCTION_SCHEDULED", "LAMBDA_FUNCTION_STARTED"];
    let expected = [scheduled, started, "LAMBDA_FUNCTION_SUCCEEDED"];
    assert_eq!(suite.task_events(&echo).await, expected);

    let retry = r#""Retry":[{"ErrorEquals":["Custom"],"IntervalSeconds":1,"MaxAttempts":1}],"#;
    let raise = suite.run("raise", &caught(&format!("{FUNCTION}raise"), retry), "{}").await;
    assert_eq!(suite.ended(&raise).await.output.as_deref(), Some(r#""Custom""#));
    let failed = [scheduled, started, "LAMBDA_FUNCTION_FAILED"];
    assert_eq!(suite.task_events(&raise).await, [failed, failed].concat());

    let none = suite.run("none", &caught(&format!("{FUNCTION}none"), ""), "{}").await;
    let ended = suite.ended(&none).await;
    assert_eq!(ended.output.as_deref(), Some(r#""Lambda.ResourceNotFoundException""#));
    assert_eq!(suite.task_events(&none).await, failed);

    let fields = r#""TimeoutSeconds":1,"#;
    let hang = suite.run("hang", &caught(&format!("{FUNCTION}hang"), fields), "{}").await;
    assert_eq!(suite.ended(&hang).await.output.as_deref(), Some(r#""States.Timeout""#));
    let expected = [scheduled, started, "LAMBDA_FUNCTION_TIMED_OUT"];
    assert_eq!(suite.task_events(&hang).await, expected);
    suite.shutdown().await;
}

#[tokio::test]
async fn calls_that_can_not_be_made_fail_by_their_own_events_and_are_caught() {
    let unreachable = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (endpoint, event) in [
        (None, "LAMBDA_FUNCTION_SCHEDULE_FAILED"),
        (Some(unreachable), "LAMBDA_FUNCTION_START_FAILED"),
    ] {
        let suite = Installation::start(endpoint).await;
        let arn = suite.run("m", &caught(&format!("{FUNCTION}echo"), ""), "{}").await;
        let ended = suite.ended(&arn).await;
        assert_eq!(ended.output.as_deref(), Some(r#""Lambda.SdkClientException""#));
        assert_eq!(suite.task_events(&arn).await, ["LAMBDA_FUNCTION_SCHEDULED", event]);
        suite.shutdown().await;
    }
}

#[tokio::test]
async fn a_task_is_worked_on_though_its_first_poller_went_away() {
    let suite = Installation::start(None).await;
    let create = CreateActivityRequest { name: "a".into(), ..CreateActivityRequest::default() };
    let created = suite.control_plane.clone().create_activity(create).await.unwrap();
    let activity = created.into_inner().activity_arn;
    let poll = |worker: &str| {
        let worker_name = Some(worker.to_owned());
        let request = GetActivityTaskRequest { activity_arn: activity.clone(), worker_name };
        let mut client = suite.activities.clone();
        async move { client.get_activity_task(request).await.unwrap().into_inner() }
    };
    // Gone at every stage of its poll, so also between the record of the start and the answer.
    let arn = suite.run("m", &caught(&activity, ""), r#"{"a":1}"#).await;
    for patience in 0..20 {
        let patience = Duration::from_micros(patience * 100);
        if let Ok(task) = tokio::time::timeout(patience, poll("gone")).await {
            assert_eq!(task.input.as_deref(), Some(r#"{"a":1}"#));
            report(&suite, task.task_token.unwrap()).await;
            break;
        }
    }
    if suite.describe(&arn).await.status() == ExecutionStatus::Running {
        let task = poll("stays").await;
        assert_eq!(task.input.as_deref(), Some(r#"{"a":1}"#));
        report(&suite, task.task_token.unwrap()).await;
    }
    assert_eq!(suite.ended(&arn).await.output.as_deref(), Some("[1,2.0]"));
    let events = suite.task_events(&arn).await;
    assert_eq!(events, ["ACTIVITY_SCHEDULED", "ACTIVITY_STARTED", "ACTIVITY_SUCCEEDED"]);
    suite.shutdown().await;
}

async fn report(suite: &Installation, task_token: String) {
    let request = SendTaskSuccessRequest { task_token, output: "[1, 2.0]".into() };
    suite.activities.clone().send_task_success(request.clone()).await.unwrap();
    let again = suite.activities.clone().send_task_success(request).await.unwrap_err();
    assert_eq!(ApiError::from(again).code(), ErrorCode::TaskTimedOut);
}

#[tokio::test]
async fn a_deleted_state_machine_goes_with_its_last_execution() {
    let suite = Installation::start(None).await;
    let wait = r#"{"StartAt":"W","States":{
        "W":{"Type":"Wait","Seconds":1,"Next":"P"},"P":{"Type":"Pass","End":true}}}"#;
    let execution = suite.run("m", wait, "{}").await;
    let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:m".to_owned();
    let mut control_plane = suite.control_plane.clone();
    let delete = DeleteStateMachineRequest { state_machine_arn: machine.clone() };
    control_plane.delete_state_machine(delete).await.unwrap();
    let describe = || DescribeStateMachineRequest { state_machine_arn: machine.clone() };
    let found = control_plane.describe_state_machine(describe()).await.unwrap().into_inner();
    assert_eq!(found.status(), StateMachineStatus::Deleting);
    suite.ended(&execution).await;
    let gone = control_plane.describe_state_machine(describe()).await.unwrap_err();
    assert_eq!(ApiError::from(gone).code(), ErrorCode::StateMachineDoesNotExist);
    suite.shutdown().await;
}
