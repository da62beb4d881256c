//! The queue of function calls, with a scripted owner.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod suite;

use prost::Message as _;
use std::num::NonZeroU32;
use std::time::Duration;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::*;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_ids::{ExecutionArn, partition_of};
use stepwell_service_kit::tokens::{TaskToken, TokenKeys};
use stepwell_storage::{PartitionStore as _, QueueStore as _};
use suite::{EXECUTION, Suite, reference};
use tokio::time::Instant;

const QUEUE: &[u8] = b"functions";

fn poll(max_tasks: u32) -> PollFunctionTasksRequest {
    PollFunctionTasksRequest { max_tasks, unable: None }
}

fn tokens(answer: PollFunctionTasksResponse) -> Vec<String> {
    answer.tasks.into_iter().map(|task| task.task_token).collect()
}

/// The token of the attempt, as its owner would make it.
async fn token_of(suite: &Suite, attempt: u64) -> String {
    let keys = TokenKeys::load(&*suite.store).await.unwrap();
    let token = TaskToken {
        execution: EXECUTION.strip_prefix("arn:aws:states:").unwrap().to_owned(),
        run_id: u128::from_be_bytes([9; 16]),
        scheduled_event_id: 3,
        attempt,
        nonce: u128::from_be_bytes([u8::try_from(attempt).unwrap(); 16]),
    };
    token.seal(&keys).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_poll_gets_as_many_started_calls_as_it_can_take() {
    let suite = Suite::start().await;
    let mut client = suite.queues.clone();
    for attempt in 1..=3 {
        suite.push_to(QUEUE, attempt).await;
    }
    let first = client.poll_function_tasks(poll(2)).await.unwrap().into_inner();
    assert_eq!(tokens(first), ["token 1", "token 2"]);
    let second = client.poll_function_tasks(poll(2)).await.unwrap().into_inner();
    assert_eq!(tokens(second), ["token 3"]);
    suite.emptied(QUEUE).await;
    let (before, mut waiting) = (Instant::now(), suite.queues.clone());
    let waiting = tokio::spawn(async move { waiting.poll_function_tasks(poll(1)).await });
    tokio::time::sleep(Duration::from_secs(2)).await;
    suite.push_to(QUEUE, 4).await;
    assert_eq!(tokens(waiting.await.unwrap().unwrap().into_inner()), ["token 4"]);
    assert_eq!(before.elapsed(), Duration::from_secs(2));
    let empty = client.poll_function_tasks(poll(1)).await.unwrap().into_inner();
    assert!(empty.tasks.is_empty());
    assert_eq!(before.elapsed(), Duration::from_secs(22));
    let refused = client.poll_function_tasks(poll(0)).await.unwrap_err();
    assert_eq!(ApiError::from(refused).code(), ErrorCode::ValidationException);
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_node_had_started_is_not_called_again() {
    let suite = Suite::start().await;
    suite.push_to(QUEUE, 1).await;
    suite.push_to(QUEUE, 2).await;
    assert_eq!(suite.store.queue_claim(QUEUE, "dead", 1).await.unwrap().len(), 1);
    suite.owner.state().taken.insert(reference(1).nonce, vec![5; 16].into());
    let answer = suite.queues.clone().poll_function_tasks(poll(2)).await.unwrap();
    assert_eq!(tokens(answer.into_inner()), ["token 2"]);
    let answer = suite.queues.clone().poll_function_tasks(poll(2)).await.unwrap();
    assert!(answer.into_inner().tasks.is_empty());
    suite.emptied(QUEUE).await;
}

#[tokio::test(start_paused = true)]
async fn calls_that_can_not_be_made_fail_before_they_are_started() {
    let suite = Suite::start().await;
    suite.push_to(QUEUE, 1).await;
    let unable = TaskFailure {
        kind: TaskFailureKind::StartFailed.into(),
        error: Some("Lambda.SdkClientException".into()),
        cause: Some("unreachable".into()),
    };
    let request = PollFunctionTasksRequest { max_tasks: 8, unable: Some(unable.clone()) };
    let answer = suite.queues.clone().poll_function_tasks(request).await.unwrap();
    assert!(answer.into_inner().tasks.is_empty());
    suite.emptied(QUEUE).await;
    let task_token = token_of(&suite, 1).await;
    let reporter = TaskReporter::Caller.into();
    let expected =
        ReportTaskRequest { task_token, report: Some(Report::Failure(unable)), reporter };
    assert!(suite.owner.state().asked.is_empty());
    assert_eq!(suite.owner.state().reports, [expected]);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_call_is_kept_where_its_owner_is_away() {
    let suite = Suite::start().await;
    let mut client = suite.queues.clone();
    let task_token = token_of(&suite, 7).await;
    let report = |report| ReportFunctionTaskRequest {
        report: Some(ReportTaskRequest {
            task_token: task_token.clone(),
            report: Some(report),
            ..Default::default()
        }),
    };
    client.report_function_task(report(Report::Output("1".into()))).await.unwrap();
    let reporters: Vec<_> =
        suite.owner.state().reports.iter().map(ReportTaskRequest::reporter).collect();
    assert_eq!(reporters, [TaskReporter::Caller], "whatever the report says");

    suite.owner.state().unavailable = usize::MAX;
    for _ in 0..2 {
        client.report_function_task(report(Report::Output("1".into()))).await.unwrap();
    }
    let heartbeat = client.report_function_task(report(Report::Heartbeat(TaskHeartbeat {}))).await;
    assert_eq!(ApiError::from(heartbeat.unwrap_err()).code(), ErrorCode::ServiceUnavailable);
    let execution = ExecutionArn::parse(EXECUTION).unwrap();
    let partition = partition_of(&execution, NonZeroU32::new(4).unwrap());
    let kept = suite.store.triggers(partition, 10).await.unwrap();
    let kept: Vec<_> = kept.into_iter().map(|(_, body)| StoredTrigger::decode(body)).collect();
    let expected = StoredTrigger {
        task: Some(reference(7)),
        report: Some(stored_trigger::Report::Output("1".into())),
    };
    assert_eq!(kept, [Ok(expected)]);

    let foreign = ReportTaskRequest { task_token: "foreign".into(), ..Default::default() };
    let refused = client.report_function_task(ReportFunctionTaskRequest { report: Some(foreign) });
    let code = ApiError::from(refused.await.unwrap_err()).code();
    assert_eq!(code, ErrorCode::InvalidToken);
}
