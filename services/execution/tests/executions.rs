//! Executions through the service, on one node.

#![allow(clippy::unwrap_used)]

mod suite;

use stepwell_api::execution::history_event::Details;
use stepwell_api::execution::*;
use stepwell_api::{ErrorCode, to_millis};
use stepwell_storage::Gate;
use suite::{Installation, PASS, error, start, types};

#[tokio::test]
async fn an_execution_of_one_pass_state_is_started_described_and_told() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let machine = suite.create("m", PASS).await;
    let mut executions = suite.executions("a");
    let request = start(&machine, "e", r#"{ "in": 1.0 }"#);
    let started = executions.start_execution(request).await.unwrap().into_inner();
    let arn = "arn:aws:states:us-east-1:000000000000:execution:m:e".to_owned();
    assert_eq!(started.execution_arn, arn);

    let request = DescribeExecutionRequest { execution_arn: arn.clone() };
    let found = executions.describe_execution(request).await.unwrap().into_inner();
    assert_eq!(found.start_date, started.start_date);
    assert_eq!(found.status(), ExecutionStatus::Succeeded);
    assert!(found.stop_date.is_some());
    assert_eq!((found.name.as_str(), found.state_machine_arn.as_str()), ("e", machine.as_str()));
    assert_eq!(
        (found.input.as_str(), found.output.as_deref()),
        (r#"{ "in": 1.0 }"#, Some(r#"{"a":1}"#))
    );

    let events = suite.history("a", &arn).await;
    assert_eq!(
        types(&events),
        ["EXECUTION_STARTED", "PASS_STATE_ENTERED", "PASS_STATE_EXITED", "EXECUTION_SUCCEEDED"]
    );
    let ids: Vec<_> = events.iter().map(|e| (e.id, e.previous_event_id)).collect();
    assert_eq!(ids, [(1, 0), (2, 0), (3, 2), (4, 3)]);
    let Some(Details::ExecutionStarted(details)) = &events[0].details else { panic!("{events:?}") };
    assert_eq!(
        (details.input.as_str(), details.role_arn.as_str()),
        (r#"{ "in": 1.0 }"#, suite::ROLE)
    );
    let Some(Details::StateEntered(details)) = &events[1].details else { panic!("{events:?}") };
    assert_eq!((details.name.as_str(), details.input.as_str()), ("P", r#"{"in":1.0}"#));
}

#[tokio::test]
async fn a_name_that_is_taken_is_answered_by_the_table_of_the_contract() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let waits = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":9,"End":true}}}"#;
    let (open, closed) = (suite.create("open", waits).await, suite.create("closed", PASS).await);
    let mut executions = suite.executions("a");
    let mut ask = async |request| executions.start_execution(request).await.map(|r| r.into_inner());

    let first = ask(start(&open, "e", "1")).await.unwrap();
    assert_eq!(ask(start(&open, "e", "1")).await.unwrap(), first);
    let taken = (
        ErrorCode::ExecutionAlreadyExists,
        "Execution Already Exists: 'arn:aws:states:us-east-1:000000000000:execution:open:e'".into(),
    );
    assert_eq!(error(ask(start(&open, "e", "2")).await.unwrap_err()), taken);

    let named = |id: &str| StartExecutionRequest {
        request_id: Some(id.to_owned()),
        ..start(&closed, "e", "1")
    };
    let first = ask(named("x")).await.unwrap();
    assert_eq!(ask(named("x")).await.unwrap(), first);
    let (code, _) = error(ask(named("y")).await.unwrap_err());
    assert_eq!(code, ErrorCode::ExecutionAlreadyExists);
    let (code, _) = error(ask(start(&closed, "e", "1")).await.unwrap_err());
    assert_eq!(code, ErrorCode::ExecutionAlreadyExists);
    let unnamed = StartExecutionRequest { name: None, input: None, ..start(&closed, "", "") };
    let arn = ask(unnamed).await.unwrap().execution_arn;
    assert_eq!(suite.ended("a", &arn).await.input, "{}");
}

#[tokio::test]
async fn what_can_not_be_started_is_told() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let machine = suite.create("m", PASS).await;
    let mut executions = suite.executions("a");
    let none = machine.replace(":m", ":none");
    for (request, code, message) in [
        (
            start(&none, "e", "1"),
            ErrorCode::StateMachineDoesNotExist,
            format!("State Machine Does Not Exist: '{none}'"),
        ),
        (
            start("x", "e", "1"),
            ErrorCode::InvalidArn,
            "Invalid Arn: 'Invalid ARN prefix: x'".into(),
        ),
        (start(&machine, "a b", "1"), ErrorCode::InvalidName, "Invalid Name: 'a b'".into()),
        (
            start(&machine, "e", "{"),
            ErrorCode::InvalidExecutionInput,
            "Invalid State Machine Execution Input: '".into(),
        ),
        (
            start(&machine, "e", "not some json"),
            ErrorCode::InvalidExecutionInput,
            "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting"
                .into(),
        ),
        (
            start(&machine, "e", ""),
            ErrorCode::InvalidExecutionInput,
            "Invalid State Machine Execution Input: 'Invalid execution input.'".into(),
        ),
        (
            start(&machine, &"n".repeat(81), "1"),
            ErrorCode::ValidationException,
            "1 validation error detected: Value '".into(),
        ),
        (
            start(&machine, "e", &"1".repeat(262_145)),
            ErrorCode::ValidationException,
            "1 validation error detected: Value '".into(),
        ),
        (
            start("", "e", "1"),
            ErrorCode::ValidationException,
            "1 validation error detected: Value '' at 'stateMachineArn'".into(),
        ),
    ] {
        let refused = error(executions.start_execution(request).await.unwrap_err());
        assert_eq!(refused.0, code, "{refused:?}");
        assert!(refused.1.starts_with(&message), "{refused:?}");
    }
}

#[tokio::test]
async fn open_executions_are_limited_and_closed_ones_make_room() {
    let mut suite = Installation::new();
    suite.limits.open_executions = 2;
    let _node = suite.node("a").await;
    let waits = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":99,"End":true}}}"#;
    let machine = suite.create("m", waits).await;
    let mut executions = suite.executions("a");
    for name in ["1", "2"] {
        executions.start_execution(start(&machine, name, "1")).await.unwrap();
    }
    let refused = executions.start_execution(start(&machine, "3", "1")).await.unwrap_err();
    assert_eq!(error(refused).0, ErrorCode::ExecutionLimitExceeded);
    let again = executions.start_execution(start(&machine, "2", "1")).await.unwrap();
    let stop = StopExecutionRequest {
        execution_arn: again.into_inner().execution_arn,
        ..StopExecutionRequest::default()
    };
    executions.stop_execution(stop).await.unwrap();
    executions.start_execution(start(&machine, "3", "1")).await.unwrap();
}

#[tokio::test]
async fn a_stopped_execution_stays_stopped() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let waits = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":99,"End":true}}}"#;
    let machine = suite.create("m", waits).await;
    let mut executions = suite.executions("a");
    let started = executions.start_execution(start(&machine, "e", "1")).await.unwrap();
    let execution_arn = started.into_inner().execution_arn;
    let stop = StopExecutionRequest {
        execution_arn: execution_arn.clone(),
        error: Some("Enough".into()),
        cause: Some("no more".into()),
    };
    let first = executions.stop_execution(stop.clone()).await.unwrap().into_inner();
    let again = StopExecutionRequest { error: None, ..stop };
    assert_eq!(executions.stop_execution(again).await.unwrap().into_inner(), first);
    let found = suite.ended("a", &execution_arn).await;
    assert_eq!(found.status(), ExecutionStatus::Aborted);
    assert_eq!((found.error.as_deref(), found.cause.as_deref()), (Some("Enough"), Some("no more")));
    assert_eq!(found.stop_date, first.stop_date);
    let events = suite.history("a", &execution_arn).await;
    assert_eq!(types(&events), ["EXECUTION_STARTED", "WAIT_STATE_ENTERED", "EXECUTION_ABORTED"]);
    assert_eq!(events[2].previous_event_id, 0);
}

#[tokio::test]
async fn a_wait_ends_in_its_time_and_the_record_goes_after_the_retention() {
    let mut suite = Installation::new();
    suite.limits.retention_seconds = 3_600;
    let _node = suite.node("a").await;
    let waits = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}"#;
    let machine = suite.create("m", waits).await;
    let mut executions = suite.executions("a");
    let started = executions.start_execution(start(&machine, "e", "1")).await.unwrap().into_inner();
    suite.clock.forward(std::time::Duration::from_secs(61));
    let found = suite.ended("a", &started.execution_arn).await;
    assert_eq!(found.status(), ExecutionStatus::Succeeded);
    let ran = to_millis(&found.stop_date.unwrap()) - to_millis(&found.start_date.unwrap());
    assert!((60_000..62_500).contains(&ran), "{ran}");
    suite.clock.forward(std::time::Duration::from_secs(3_601));
    let request = DescribeExecutionRequest { execution_arn: started.execution_arn.clone() };
    let gone = suite::eventually("removal", || {
        let (mut executions, request) = (executions.clone(), request.clone());
        async move { executions.describe_execution(request).await.err() }
    });
    assert_eq!(error(gone.await).0, ErrorCode::ExecutionDoesNotExist);
    executions.start_execution(start(&machine, "e", "2")).await.unwrap();
}

#[tokio::test]
async fn a_state_machine_is_released_when_its_executions_have_left() {
    let mut suite = Installation::new();
    suite.limits.retention_seconds = 3_600;
    let _node = suite.node("a").await;
    let machine = suite.create("m", PASS).await;
    let started = suite.executions("a").start_execution(start(&machine, "e", "1")).await.unwrap();
    suite.ended("a", &started.into_inner().execution_arn).await;
    let incarnation = suite.incarnation("m/m").await;
    suite.store.set_gates(&incarnation, Gate::Closed).await.unwrap();
    let until = suite.store.now_ms().await.unwrap();
    let release = async |until_ms| suite.kept(&incarnation, until_ms, Some(until_ms)).await;
    assert!(!release(until - 60_000).await, "nothing started so early");
    suite.store.set_gates(&incarnation, Gate::Closed).await.unwrap();
    assert!(release(until).await, "it is closed, and kept");
    let refused = suite.executions("a").start_execution(start(&machine, "f", "1")).await;
    assert_eq!(error(refused.unwrap_err()).0, ErrorCode::StateMachineDeleting);
    suite.clock.forward(std::time::Duration::from_secs(3_601));
    suite::eventually("release", || async { (!release(until).await).then_some(()) }).await;
    suite.executions("a").start_execution(start(&machine, "f", "1")).await.unwrap();
}

/// Lists have it at the time of its start while it is open, then at that of its end.
#[tokio::test]
async fn an_execution_that_ends_later_keeps_what_it_started_with() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let waits = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}"#;
    let machine = suite.create("m", waits).await;
    let started = suite.executions("a").start_execution(start(&machine, "e", "1")).await.unwrap();
    let incarnation = suite.incarnation("m/m").await;
    suite.clock.forward(std::time::Duration::from_secs(5));
    let until = suite.store.now_ms().await.unwrap();
    assert!(suite.kept(&incarnation, until, None).await, "it is open");
    suite.clock.forward(std::time::Duration::from_secs(61));
    suite.ended("a", &started.into_inner().execution_arn).await;
    assert!(!suite.kept(&incarnation, until, None).await, "nothing is open that started before");
    let ended = suite.store.now_ms().await.unwrap();
    assert!(suite.kept(&incarnation, until, Some(ended)).await, "it is closed, and kept");
}

#[tokio::test]
async fn the_definition_of_an_execution_is_the_one_that_it_started_with() {
    use stepwell_api::controlplane::UpdateStateMachineRequest;
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let machine = suite.create("m", PASS).await;
    let mut executions = suite.executions("a");
    let mut run = async |name| {
        let started = executions.start_execution(start(&machine, name, "1")).await.unwrap();
        let execution_arn = started.into_inner().execution_arn;
        let output = suite.ended("a", &execution_arn).await.output.unwrap();
        let request = DescribeStateMachineForExecutionRequest { execution_arn };
        let described = executions.describe_state_machine_for_execution(request).await;
        (output, described.unwrap().into_inner())
    };
    let (output, before) = run("before").await;
    assert_eq!((output.as_str(), before.definition.as_str()), (r#"{"a":1}"#, PASS));
    assert_eq!((before.role_arn.as_str(), before.revision_id.as_deref()), (suite::ROLE, None));
    let definition = PASS.replace('1', "2");
    let update = UpdateStateMachineRequest {
        state_machine_arn: machine.clone(),
        definition: Some(definition.clone()),
        role_arn: None,
        ..UpdateStateMachineRequest::default()
    };
    let updated = suite.control_plane().await.update_state_machine(update).await.unwrap();
    let (output, after) = run("after").await;
    assert_eq!((output.as_str(), after.definition), (r#"{"a":2}"#, definition));
    assert_eq!(after.update_date, updated.into_inner().update_date);
    assert!(after.revision_id.is_some());
}
