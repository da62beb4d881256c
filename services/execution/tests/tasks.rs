//! Tasks: from the queue to the end of the attempt.

#![allow(clippy::unwrap_used)]

mod suite;

use bytes::Bytes;
use std::time::Duration;
use stepwell_api::ErrorCode;
use stepwell_api::execution::history_event::Details;
use stepwell_api::execution::*;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::stored_trigger::Report as StoredReport;
use stepwell_api::internal::*;
use stepwell_service_kit::Transport;
use suite::{Installation, error, start, types};

type Partitions = partition_service_client::PartitionServiceClient<Transport>;

const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:act";

fn definition(more: &str) -> String {
    format!(
        r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{ACTIVITY}",{more}"End":true}}}}}}"#
    )
}

async fn begin(suite: &Installation, definition: &str) -> String {
    let machine = suite.create("m", definition).await;
    let started = suite.executions("a").start_execution(start(&machine, "e", r#"{"n":1}"#)).await;
    started.unwrap().into_inner().execution_arn
}

fn delivery(number: u8) -> Bytes {
    Bytes::copy_from_slice(&[number; 16])
}

async fn take(partitions: &mut Partitions, task: &TaskRef, number: u8) -> StartTaskResponse {
    let request = StartTaskRequest {
        task: Some(task.clone()),
        delivery_id: delivery(number),
        failed_delivery_id: Bytes::new(),
        worker_name: Some("w".into()),
        given: false,
    };
    partitions.start_task(request).await.unwrap().into_inner()
}

fn success(token: &str, output: &str) -> ReportTaskRequest {
    let report = Some(Report::Output(output.to_owned()));
    ReportTaskRequest { task_token: token.to_owned(), report, ..Default::default() }
}

#[tokio::test]
async fn an_activity_is_queued_started_and_done() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    suite.create_activity("act").await;
    let arn = begin(&suite, &definition(r#""TimeoutSeconds":9,"#)).await;
    let mut partitions = suite.partitions("a");
    let task = suite.claim(&suite.queue("act").await).await;
    assert_eq!(task.execution_arn, arn);

    let first = take(&mut partitions, &task, 1).await;
    let started = first.started.clone().unwrap();
    assert_eq!((started.input.as_str(), started.resource.as_str()), (r#"{"n":1}"#, ACTIVITY));
    assert_eq!(started.timeout_seconds, Some(9));
    assert_eq!(take(&mut partitions, &task, 1).await, first);
    let other = take(&mut partitions, &task, 2).await;
    assert_eq!((other.started, other.taken_by), (None, delivery(1)));

    let heartbeat = Some(Report::Heartbeat(TaskHeartbeat {}));
    let beat = ReportTaskRequest {
        task_token: started.task_token.clone(),
        report: heartbeat,
        ..Default::default()
    };
    partitions.report_task(beat.clone()).await.unwrap();
    partitions.report_task(success(&started.task_token, "[2]")).await.unwrap();
    let found = suite.ended("a", &arn).await;
    assert_eq!(
        (found.status(), found.output.as_deref()),
        (ExecutionStatus::Succeeded, Some("[2]"))
    );
    let timed_out =
        (ErrorCode::TaskTimedOut, "Task Timed Out: 'Provided task does not exist anymore'".into());
    for again in [success(&started.task_token, "[3]"), beat] {
        assert_eq!(error(partitions.report_task(again).await.unwrap_err()), timed_out);
    }
    assert_eq!(take(&mut partitions, &task, 1).await, StartTaskResponse::default());

    let events = suite.history("a", &arn).await;
    assert_eq!(
        types(&events),
        [
            "EXECUTION_STARTED",
            "TASK_STATE_ENTERED",
            "ACTIVITY_SCHEDULED",
            "ACTIVITY_STARTED",
            "ACTIVITY_SUCCEEDED",
            "TASK_STATE_EXITED",
            "EXECUTION_SUCCEEDED"
        ]
    );
    let Some(Details::ActivityStarted(details)) = &events[3].details else { panic!("{events:?}") };
    assert_eq!(details.worker_name.as_deref(), Some("w"));
}

#[tokio::test]
async fn a_failed_delivery_is_replaced_under_the_same_token() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    suite.create_activity("act").await;
    let arn = begin(&suite, &definition("")).await;
    let mut partitions = suite.partitions("a");
    let task = suite.claim(&suite.queue("act").await).await;
    let first = take(&mut partitions, &task, 1).await.started.unwrap();
    let request = StartTaskRequest {
        task: Some(task.clone()),
        delivery_id: delivery(2),
        failed_delivery_id: delivery(1),
        worker_name: Some("w2".into()),
        given: false,
    };
    let second = partitions.start_task(request).await.unwrap().into_inner().started.unwrap();
    assert_eq!(second, first);
    assert_eq!(take(&mut partitions, &task, 1).await.taken_by, delivery(2));
    let failure = TaskFailure {
        kind: TaskFailureKind::Failed.into(),
        error: Some("Oops".into()),
        cause: None,
    };
    let report = Some(Report::Failure(failure));
    let request = ReportTaskRequest { task_token: first.task_token, report, ..Default::default() };
    partitions.report_task(request).await.unwrap();
    let found = suite.ended("a", &arn).await;
    assert_eq!((found.status(), found.error.as_deref()), (ExecutionStatus::Failed, Some("Oops")));
    let events = suite.history("a", &arn).await;
    assert_eq!(types(&events).iter().filter(|name| **name == "ACTIVITY_STARTED").count(), 1);
}

#[tokio::test]
async fn tokens_are_told_apart() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    suite.create_activity("act").await;
    begin(&suite, &definition("")).await;
    let mut partitions = suite.partitions("a");
    let task = suite.claim(&suite.queue("act").await).await;
    let token = take(&mut partitions, &task, 1).await.started.unwrap().task_token;
    let keys = stepwell_service_kit::tokens::TokenKeys::load(&*suite.store).await.unwrap();
    let known = stepwell_service_kit::tokens::TaskToken::open(&keys, &token).unwrap();
    let mut other_run = known.clone();
    other_run.run_id ^= 1;
    let mut other_attempt = known.clone();
    other_attempt.nonce ^= 1;
    let mut no_execution = known.clone();
    no_execution.execution.push('x');
    for (token, code) in [
        ("x".to_owned(), ErrorCode::InvalidToken),
        (other_run.seal(&keys).unwrap(), ErrorCode::TaskDoesNotExist),
        (no_execution.seal(&keys).unwrap(), ErrorCode::TaskDoesNotExist),
    ] {
        let refused = partitions.report_task(success(&token, "1")).await.unwrap_err();
        assert_eq!(error(refused).0, code);
    }
    let refused = partitions.report_task(success(&other_attempt.seal(&keys).unwrap(), "1")).await;
    let (code, _) = error(refused.unwrap_err());
    assert!(matches!(code, ErrorCode::TaskDoesNotExist | ErrorCode::TaskTimedOut), "{code}");
    let refused = partitions.report_task(success(&token, "{")).await.unwrap_err();
    assert_eq!(error(refused).0, ErrorCode::InvalidOutput);
    partitions.report_task(success(&token, "1")).await.unwrap();
}

#[tokio::test]
async fn a_started_task_times_out_and_a_missed_heartbeat_too() {
    for limit in [r#""TimeoutSeconds":5,"#, r#""HeartbeatSeconds":5,"#] {
        let suite = Installation::new();
        let _node = suite.node("a").await;
        suite.create_activity("act").await;
        let arn = begin(&suite, &definition(limit)).await;
        let mut partitions = suite.partitions("a");
        let task = suite.claim(&suite.queue("act").await).await;
        suite.clock.forward(Duration::from_secs(60));
        let token = take(&mut partitions, &task, 1).await.started.unwrap().task_token;
        suite.clock.forward(Duration::from_secs(6));
        let found = suite.ended("a", &arn).await;
        assert_eq!(found.error.as_deref(), Some("States.Timeout"), "{limit}");
        let late = partitions.report_task(success(&token, "1")).await.unwrap_err();
        assert_eq!(error(late).0, ErrorCode::TaskTimedOut);
    }
}

#[tokio::test]
async fn a_queue_that_was_lost_is_filled_again() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    suite.create_activity("act").await;
    begin(&suite, &definition("")).await;
    let task = suite.claim(&suite.queue("act").await).await;
    suite.store.queue_drop(&suite.queue("act").await).await.unwrap();
    assert_eq!(suite.claim(&suite.queue("act").await).await, task);
}

#[tokio::test]
async fn a_task_that_ends_unclaimed_leaves_its_queue() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    suite.create_activity("act").await;
    let arn = begin(&suite, &definition("")).await;
    let stop = StopExecutionRequest { execution_arn: arn, ..Default::default() };
    suite.executions("a").stop_execution(stop).await.unwrap();
    let (store, queue) = (&suite.store, &suite.queue("act").await);
    suite::eventually("an empty queue", || async {
        let claimed = store.queue_claim(queue, "worker", 1).await.unwrap();
        let ids: Vec<_> = claimed.into_iter().map(|task| task.id).collect();
        store.queue_give_back(queue, &ids).await.unwrap();
        ids.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_report_that_was_left_in_the_trigger_stream_is_applied_once() {
    let suite = Installation::new();
    let node = suite.node("a").await;
    suite.create_activity("act").await;
    let arn = begin(&suite, &definition("")).await;
    let task = suite.claim(&suite.queue("act").await).await;
    take(&mut suite.partitions("a"), &task, 1).await.started.unwrap();
    let execution = stepwell_ids::ExecutionArn::parse(&arn).unwrap();
    let partition = node.partitions().partition_of(&execution);
    let body = |output: &str| {
        let report = Some(StoredReport::Output(output.to_owned()));
        Bytes::from(prost::Message::encode_to_vec(&StoredTrigger {
            task: Some(task.clone()),
            report,
        }))
    };
    for (id, output) in [(1, "1"), (2, "2")] {
        suite.store.append_trigger(partition, id, body(output)).await.unwrap();
    }
    assert_eq!(suite.ended("a", &arn).await.output.as_deref(), Some("1"));
    let store = &suite.store;
    suite::eventually("an empty trigger stream", || async {
        store.triggers(partition, 9).await.unwrap().is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_function_call_is_queued_for_the_integration_service() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let arn = begin(&suite, &definition("").replace(ACTIVITY, function)).await;
    let mut partitions = suite.partitions("a");
    let task = suite.claim(b"functions").await;
    let started = take(&mut partitions, &task, 1).await.started.unwrap();
    assert_eq!(started.resource, function);
    partitions.report_task(success(&started.task_token, "{}")).await.unwrap();
    suite.ended("a", &arn).await;
    let events = suite.history("a", &arn).await;
    assert_eq!(
        types(&events)[2..5],
        ["LAMBDA_FUNCTION_SCHEDULED", "LAMBDA_FUNCTION_STARTED", "LAMBDA_FUNCTION_SUCCEEDED"]
    );
}

#[tokio::test]
async fn a_task_of_an_activity_that_is_not_there_fails() {
    let suite = Installation::new();
    let _node = suite.node("a").await;
    let machine = suite.create("m", &definition("")).await;
    let run = async |name| {
        let started = suite.executions("a").start_execution(start(&machine, name, "1")).await;
        let arn = started.unwrap().into_inner().execution_arn;
        suite.history("a", &arn).await
    };
    let events = run("before").await;
    let names = ["EXECUTION_STARTED", "TASK_STATE_ENTERED", "EXECUTION_FAILED"];
    assert_eq!(types(&events), names);
    suite.create_activity("act").await;
    let events = run("after").await;
    assert_eq!(types(&events).last(), Some(&"ACTIVITY_SCHEDULED"));
}
