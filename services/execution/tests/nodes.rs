//! Several execution nodes, and the control plane's changes.

#![allow(clippy::unwrap_used)]

mod suite;

use std::sync::Arc;
use stepwell_api::ErrorCode;
use stepwell_api::controlplane::*;
use stepwell_api::execution::*;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{ReportTaskRequest, StartTaskRequest};
use stepwell_execution::ExecutionRole;
use stepwell_service_kit::{Registration, Role};
use suite::{Installation, PASS, error, start, types};

const WAIT: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":99,"Next":"P"},"P":{"Type":"Pass","End":true}}}"#;

async fn registered(suite: &Installation, id: &str) -> (ExecutionRole, Registration) {
    let store = Arc::clone(&suite.store);
    let registration = Registration::begin(store, Role::Execution, id, "").await.unwrap();
    (suite.node(id).await, registration)
}

async fn shared_evenly(nodes: &[&ExecutionRole], each: usize) {
    suite::eventually("even shares", || async {
        nodes.iter().all(|node| node.partitions().owned() == each).then_some(())
    })
    .await;
}

#[tokio::test]
async fn any_node_takes_any_call() {
    let suite = Installation::new();
    let (a, _a) = registered(&suite, "a").await;
    let (b, _b) = registered(&suite, "b").await;
    shared_evenly(&[&a, &b], 4).await;
    suite.create_activity("act").await;
    let activity = "arn:aws:states:us-east-1:000000000000:activity:act";
    let definition = format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{activity}","End":true}}}}}}"#
    );
    let machine = suite.create("m", &definition).await;
    for number in 0..12 {
        let (one, other) = if number % 2 == 0 { ("a", "b") } else { ("b", "a") };
        let request = start(&machine, &number.to_string(), "1");
        let started = suite.executions(one).start_execution(request.clone()).await.unwrap();
        let again = suite.executions(other).start_execution(request).await.unwrap();
        assert_eq!(again.into_inner(), *started.get_ref());
        let task = suite.claim(&suite.queue("act").await).await;
        let request = StartTaskRequest {
            task: Some(task),
            delivery_id: bytes::Bytes::from_static(&[1; 16]),
            ..Default::default()
        };
        let taken = suite.partitions(other).start_task(request).await.unwrap().into_inner();
        let report = Some(Report::Output("2".into()));
        let task_token = taken.started.unwrap().task_token;
        let request = ReportTaskRequest { task_token, report, ..Default::default() };
        suite.partitions(one).report_task(request).await.unwrap();
        let arn = started.into_inner().execution_arn;
        for node in ["a", "b"] {
            let found = suite.ended(node, &arn).await;
            assert_eq!(found.output.as_deref(), Some("2"));
            assert_eq!(suite.history(node, &arn).await.len(), 7);
        }
    }
    let request = ListExecutionsRequest { state_machine_arn: machine, ..Default::default() };
    let listed = suite.executions("b").list_executions(request).await.unwrap().into_inner();
    assert_eq!(listed.executions.len(), 12);
}

#[tokio::test]
async fn calls_go_on_while_partitions_move() {
    let suite = Installation::new();
    let (a, _a) = registered(&suite, "a").await;
    let machine = suite.create("m", PASS).await;
    let caller = suite.executions("a");
    let calls = async {
        for number in 0..400 {
            let mut caller = caller.clone();
            caller.start_execution(start(&machine, &number.to_string(), "1")).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let moves = async {
        let (b, registration) = registered(&suite, "b").await;
        shared_evenly(&[&a, &b], 4).await;
        b.shutdown().await;
        registration.end().await;
        shared_evenly(&[&a], 8).await;
    };
    tokio::join!(calls, moves);
}

#[tokio::test]
async fn a_state_machine_that_is_deleted_ends_its_executions_and_starts_nothing() {
    let suite = Installation::new();
    let _a = registered(&suite, "a").await;
    let _b = registered(&suite, "b").await;
    let machine = suite.create("m", WAIT).await;
    let begin = async |node: &str, name: &str| {
        let started = suite.executions(node).start_execution(start(&machine, name, "1")).await;
        started.map(|started| started.into_inner().execution_arn)
    };
    let arn = begin("a", "e").await.unwrap();
    begin("b", "f").await.unwrap();
    let delete = DeleteStateMachineRequest { state_machine_arn: machine.clone() };
    let mut control_plane = suite.control_plane().await;
    control_plane.delete_state_machine(delete.clone()).await.unwrap();
    for node in ["a", "b"] {
        let (code, _) = error(begin(node, "new").await.unwrap_err());
        assert_eq!(code, ErrorCode::StateMachineDeleting);
    }
    suite.clock.forward(std::time::Duration::from_secs(100));
    let found = suite.ended("b", &arn).await;
    assert_eq!(found.status(), ExecutionStatus::Aborted);
    let events = suite.history("a", &arn).await;
    assert_eq!(types(&events).last(), Some(&"EXECUTION_ABORTED"));
    suite::eventually("the machine to go", || async {
        let mut control_plane = suite.control_plane().await;
        control_plane.delete_state_machine(delete.clone()).await.unwrap();
        let refused = error(begin("a", "new").await.unwrap_err()).0;
        (refused == ErrorCode::StateMachineDoesNotExist).then_some(())
    })
    .await;
    // The name made again is another state machine: it runs, and lists nothing old.
    assert_eq!(suite.create("m", PASS).await, machine);
    begin("b", "new").await.unwrap();
    let request = ListExecutionsRequest { state_machine_arn: machine, ..Default::default() };
    let listed = suite.executions("a").list_executions(request).await.unwrap().into_inner();
    assert_eq!(listed.executions.len(), 1);
}

#[tokio::test]
async fn an_update_holds_on_every_node_once_it_is_answered() {
    let suite = Installation::new();
    let _a = registered(&suite, "a").await;
    let _b = registered(&suite, "b").await;
    let machine = suite.create("m", PASS).await;
    let mut control_plane = suite.control_plane().await;
    for round in 0..10 {
        let definition = PASS.replace('1', &round.to_string());
        let update = UpdateStateMachineRequest {
            state_machine_arn: machine.clone(),
            definition: Some(definition),
            ..Default::default()
        };
        control_plane.update_state_machine(update).await.unwrap();
        for number in 0..8 {
            let node = if number % 2 == 0 { "a" } else { "b" };
            let request = start(&machine, &format!("{round}-{number}"), "1");
            let started = suite.executions(node).start_execution(request).await.unwrap();
            let found = suite.ended(node, &started.into_inner().execution_arn).await;
            assert_eq!(found.output, Some(format!(r#"{{"a":{round}}}"#)));
        }
    }
}
