//! Nested executions between nodes: the calls that an outbox is relayed by.

#![allow(clippy::unwrap_used)]

mod suite;

use bytes::Bytes;
use stepwell_api::ErrorCode;
use stepwell_api::controlplane::DeleteStateMachineRequest;
use stepwell_api::execution::*;
use stepwell_api::internal::nested_report::End;
use stepwell_api::internal::*;
use suite::{Installation, error};

const WAIT: &str = r#"{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}"#;
const CHILD: &str = "arn:aws:states:us-east-1:000000000000:execution:m:c";

fn task(number: u8) -> TaskRef {
    TaskRef {
        execution_arn: "arn:aws:states:us-east-1:000000000000:execution:parent:p".into(),
        run_id: Bytes::copy_from_slice(&[number; 16]),
        scheduled_event_id: 3,
        attempt: 1,
        nonce: Bytes::from_static(&[9; 16]),
    }
}

fn nested(machine: &str, number: u8) -> StartNestedRequest {
    StartNestedRequest {
        task: Some(task(number)),
        account: "000000000000".into(),
        state_machine_arn: machine.to_owned(),
        name: "c".into(),
        input: "{}".into(),
        form: NestedForm::Text.into(),
    }
}

#[tokio::test]
async fn a_start_is_answered_alike_though_its_state_machine_is_going() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let machine = suite.create("m", WAIT).await;
    let mut partitions = suite.partitions("a");
    let first = partitions.start_nested(nested(&machine, 1)).await.unwrap().into_inner();
    let report = first.report.clone().unwrap();
    assert_eq!((report.child_arn.as_str(), report.end), (CHILD, None));
    let delete = DeleteStateMachineRequest { state_machine_arn: machine.clone() };
    suite.control_plane().await.delete_state_machine(delete).await.unwrap();
    let again = partitions.start_nested(nested(&machine, 1)).await.unwrap().into_inner();
    assert_eq!(again, first);
    // Another task starts nothing any more.
    let refused = error(partitions.start_nested(nested(&machine, 2)).await.unwrap_err());
    assert_eq!(refused.0, ErrorCode::StateMachineDeleting);
}

#[tokio::test]
async fn only_the_task_that_started_a_child_stops_it() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let machine = suite.create("m", WAIT).await;
    let mut partitions = suite.partitions("a");
    partitions.start_nested(nested(&machine, 1)).await.unwrap();
    // The second finds it running with the same input.
    partitions.start_nested(nested(&machine, 2)).await.unwrap();
    let mut stop = async |number| {
        let (task, child_arn) = (Some(task(number)), CHILD.to_owned());
        partitions.stop_nested(StopNestedRequest { task, child_arn }).await.unwrap();
        let request = DescribeExecutionRequest { execution_arn: CHILD.into() };
        suite.executions("a").describe_execution(request).await.unwrap().into_inner().status()
    };
    assert_eq!(stop(2).await, ExecutionStatus::Running);
    assert_eq!(stop(1).await, ExecutionStatus::Aborted);
    for number in [1, 2] {
        let known = partitions.start_nested(nested(&machine, number)).await.unwrap().into_inner();
        let Some(End::Failure(failure)) = known.report.unwrap().end else { panic!("{number}") };
        assert!(failure.cause.unwrap().contains(r#""Status":"ABORTED""#));
    }
}

#[tokio::test]
async fn a_task_that_is_none_is_refused() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let mut partitions = suite.partitions("a");
    for task in [None, Some(TaskRef { run_id: Bytes::new(), ..task(1) })] {
        let request = StartNestedRequest { task: task.clone(), ..nested("m", 1) };
        let refused = error(partitions.start_nested(request).await.unwrap_err());
        assert_eq!(refused.0, ErrorCode::ValidationException);
        let request = ReportNestedRequest { task, report: None };
        let refused = error(partitions.report_nested(request).await.unwrap_err());
        assert_eq!(refused.0, ErrorCode::ValidationException);
    }
}
