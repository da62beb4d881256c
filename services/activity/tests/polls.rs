//! Long polls over the memory store, with a scripted owner.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod suite;

use bytes::Bytes;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use stepwell_api::activity::{GetActivityTaskRequest, GetActivityTaskResponse};
use stepwell_api::internal::DropPollersRequest;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_service_kit::{Limits, Role, Transport};
use stepwell_storage::QueueStore as _;
use suite::{ACTIVITY, Suite, activity_queue, until};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tonic::{Response, Status};
use tower::ServiceExt as _;

/// How long a delivery may be under way before its entry is forgotten, less what a test took before.
const UNDER_WAY: Duration = Duration::from_secs(115);

type Polled = Result<Response<GetActivityTaskResponse>, Status>;

fn request(worker: Option<&str>) -> GetActivityTaskRequest {
    GetActivityTaskRequest { activity_arn: ACTIVITY.into(), worker_name: worker.map(Into::into) }
}

fn poll(suite: &Suite, worker: &'static str) -> JoinHandle<Polled> {
    let mut client = suite.client.clone();
    tokio::spawn(async move { client.get_activity_task(request(Some(worker))).await })
}

/// A poll as the transport brings it.
fn call() -> http::Request<tonic::body::Body> {
    let message = request(None).encode_to_vec();
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    let frame = [&[0], &length[..], &message].concat();
    http::Request::post("/stepwell.activity.v1.ActivityService/GetActivityTask")
        .header("content-type", "application/grpc")
        .body(tonic::body::Body::new(http_body_util::Full::from(frame)))
        .unwrap()
}

/// Lets pollers get into the line in the order that they were spawned.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

fn token(polled: Polled) -> Option<String> {
    polled.unwrap().into_inner().task_token
}

fn code(polled: Polled) -> ErrorCode {
    ApiError::from(polled.unwrap_err()).code()
}

#[tokio::test(start_paused = true)]
async fn a_waiting_poller_gets_a_task_at_once_and_the_queue_forgets_it() {
    let suite = Suite::start().await;
    let waiting = poll(&suite, "w");
    settle().await;
    let before = Instant::now();
    suite.push(1).await;
    let polled = waiting.await.unwrap().unwrap().into_inner();
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(polled.task_token.as_deref(), Some("token 1"));
    assert_eq!(polled.input.as_deref(), Some("{}"));
    suite.emptied(&activity_queue()).await;
    let state = suite.owner.state();
    assert_eq!(state.asked[0].worker_name.as_deref(), Some("w"));
    assert!(state.asked[0].failed_delivery_id.is_empty());
}

#[tokio::test(start_paused = true)]
async fn pollers_are_served_first_come_first_served_one_task_each() {
    let suite = Suite::start().await;
    let first = poll(&suite, "first");
    settle().await;
    let second = poll(&suite, "second");
    settle().await;
    for attempt in 1..=3 {
        suite.push(attempt).await;
    }
    assert_eq!(token(first.await.unwrap()).as_deref(), Some("token 1"));
    assert_eq!(token(second.await.unwrap()).as_deref(), Some("token 2"));
    assert_eq!(suite.owner.state().asked.len(), 2, "nothing is taken without a poller");
    assert_eq!(token(poll(&suite, "third").await.unwrap()).as_deref(), Some("token 3"));
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_finds_nothing_ends_after_a_minute() {
    let suite = Suite::start().await;
    let before = Instant::now();
    assert_eq!(token(poll(&suite, "w").await.unwrap()), None);
    assert_eq!(before.elapsed(), Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn what_is_over_is_passed_over() {
    let suite = Suite::start().await;
    for attempt in 1..=3 {
        suite.push(attempt).await;
    }
    suite.owner.state().ended = vec![Bytes::copy_from_slice(&[1; 16])];
    // Taken by a delivery of a node that lives, here by one of this node.
    let ours: Vec<u8> = [&Sha256::digest(b"here")[..8], &[5; 8]].concat();
    suite.owner.state().taken.insert(Bytes::copy_from_slice(&[2; 16]), ours.into());
    assert_eq!(token(poll(&suite, "w").await.unwrap()).as_deref(), Some("token 3"));
    // The delivery that has one of them may still be under way, but not for ever.
    let kept = suite.emptied_in_time(&activity_queue()).await;
    assert!(kept >= UNDER_WAY, "{kept:?}");
}

#[tokio::test(start_paused = true)]
async fn an_owner_that_is_away_for_a_while_loses_nothing() {
    let suite = Suite::start().await;
    suite.push(1).await;
    suite.owner.state().unavailable = 12;
    assert_eq!(token(poll(&suite, "w").await.unwrap()).as_deref(), Some("token 1"));
    suite.emptied(&activity_queue()).await;
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_answers_are_lost_is_delivered_again_by_whoever_is_next() {
    let suite = Suite::start().await;
    suite.push(1).await;
    // More than one call tries: the second delivery must name the first.
    suite.owner.state().lost = 5;
    assert_eq!(token(poll(&suite, "w").await.unwrap()).as_deref(), Some("token 1"));
    let asked = suite.owner.state().asked.clone();
    let (first, last) = (&asked[0], &asked[asked.len() - 1]);
    assert_ne!(first.delivery_id, last.delivery_id);
    assert_eq!(last.failed_delivery_id, first.delivery_id);
    suite.emptied(&activity_queue()).await;
}

#[tokio::test]
async fn a_task_whose_poller_has_gone_is_delivered_to_the_next() {
    let suite = Suite::start().await;
    suite.owner.hold();
    suite.push(1).await;
    let gone = poll(&suite, "gone");
    suite.owner.asked(1).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    suite.owner.release();
    assert_eq!(token(poll(&suite, "next").await.unwrap()).as_deref(), Some("token 1"));
    let asked = suite.owner.state().asked.clone();
    assert_eq!(asked[1].failed_delivery_id, asked[0].delivery_id);
    suite.emptied(&activity_queue()).await;
}

#[tokio::test]
async fn a_task_whose_connection_is_gone_is_delivered_to_the_next() {
    let suite = Suite::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = suite.service.activity_server();
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    let serving = tonic::transport::Server::builder().add_service(server);
    let serving = tokio::spawn(serving.serve_with_incoming(incoming));
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
    let channel = endpoint.connect().await.unwrap();
    let mut remote =
        stepwell_api::activity::activity_service_client::ActivityServiceClient::new(channel);

    suite.owner.hold();
    suite.push(1).await;
    let gone = tokio::spawn(async move { remote.get_activity_task(request(None)).await });
    suite.owner.asked(1).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    suite.owner.release();
    assert_eq!(token(poll(&suite, "next").await.unwrap()).as_deref(), Some("token 1"));
    serving.abort();
    suite.emptied(&activity_queue()).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_node_had_claimed_and_started_is_delivered_again() {
    let suite = Suite::start().await;
    for attempt in 1..=2 {
        suite.push(attempt).await;
    }
    let claimed = suite.store.queue_claim(&activity_queue(), "dead", 2).await.unwrap();
    assert_eq!(claimed.len(), 2);
    let theirs: Bytes = [&Sha256::digest(b"dead")[..8], &[5; 8]].concat().into();
    suite.owner.state().taken.insert(Bytes::copy_from_slice(&[1; 16]), theirs.clone());
    let mut tokens = Vec::new();
    for _ in 0..2 {
        tokens.extend(token(poll(&suite, "w").await.unwrap()));
    }
    tokens.sort();
    assert_eq!(tokens, ["token 1", "token 2"]);
    assert!(suite.owner.state().asked.iter().any(|asked| asked.failed_delivery_id == theirs));
}

#[tokio::test(start_paused = true)]
async fn pollers_of_a_deleted_activity_are_told() {
    let suite = Suite::start().await;
    let waiting = [poll(&suite, "a"), poll(&suite, "b")];
    settle().await;
    suite.delete_activity().await;
    let drop_pollers = DropPollersRequest { activity_arn: ACTIVITY.into() };
    suite.queues.clone().drop_pollers(drop_pollers).await.unwrap();
    for waiting in waiting {
        let error = ApiError::from(waiting.await.unwrap().unwrap_err());
        assert_eq!(error.code(), ErrorCode::ActivityDoesNotExist);
        assert_eq!(error.message(), format!("Activity Does Not Exist: '{ACTIVITY}'"));
    }
    assert_eq!(code(poll(&suite, "c").await.unwrap()), ErrorCode::ActivityDoesNotExist);
    suite.create_activity().await;
    suite.push(1).await;
    assert_eq!(token(poll(&suite, "d").await.unwrap()).as_deref(), Some("token 1"));
}

#[tokio::test(start_paused = true)]
async fn no_more_pollers_wait_than_may() {
    let limits = Limits { pollers_per_activity: 2, ..Limits::default() };
    let suite = Suite::with_limits(limits).await;
    let waiting = [poll(&suite, "a"), poll(&suite, "b")];
    settle().await;
    let refused = ApiError::from(poll(&suite, "c").await.unwrap().unwrap_err());
    assert_eq!(refused.code(), ErrorCode::ActivityWorkerLimitExceeded);
    assert_eq!(
        refused.message(),
        "The maximum number of workers concurrently polling for activity tasks has been reached."
    );
    let [gone, stays] = waiting;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    let joins = poll(&suite, "d");
    settle().await;
    suite.push(1).await;
    suite.push(2).await;
    assert_eq!(token(stays.await.unwrap()).as_deref(), Some("token 1"));
    assert_eq!(token(joins.await.unwrap()).as_deref(), Some("token 2"));
}

#[tokio::test]
async fn a_task_whose_answer_the_transport_never_took_is_delivered_again() {
    let suite = Suite::start().await;
    suite.push(1).await;
    let answer = suite.service.activity_server().oneshot(call()).await.unwrap();
    assert_eq!(answer.status(), http::StatusCode::OK);
    drop(answer);
    assert_eq!(token(poll(&suite, "next").await.unwrap()).as_deref(), Some("token 1"));
    let asked = suite.owner.state().asked.clone();
    assert_eq!(asked[1].failed_delivery_id, asked[0].delivery_id);
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_comes_back_outlives_the_delivery_that_is_under_way() {
    let suite = Suite::start().await;
    let queue = activity_queue();
    suite.push(1).await;
    let answer = suite.service.activity_server().oneshot(call()).await.unwrap();
    // As after a lost answer: everything that is claimed comes back.
    assert_eq!(suite.store.queue_reclaim(&queue, &[]).await.unwrap(), 1);
    let next = poll(&suite, "next");
    suite.owner.asked(2).await;
    settle().await;
    assert!(!next.is_finished(), "another delivery has it");
    // Where the node dies now, nothing else is left of the task.
    let here = suite.store.queue_reclaim(&queue, &["here".to_owned()]).await.unwrap();
    let left = suite.store.queue_reclaim(&queue, &[]).await.unwrap();
    assert_eq!((here, left), (0, 1));
    suite.owner.asked(3).await;
    drop(answer);
    assert_eq!(token(next.await.unwrap()).as_deref(), Some("token 1"));
    suite.emptied(&queue).await;
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_comes_back_follows_the_fate_of_the_node_that_has_the_task() {
    let suite = Suite::start().await;
    let queue = activity_queue();
    let way = Transport::local(suite.service.queue_server());
    suite.directory.insert(Role::Activity, "other", way.clone());
    let theirs: Bytes = [&Sha256::digest(b"other")[..8], &[5; 8]].concat().into();
    suite.owner.state().taken.insert(Bytes::copy_from_slice(&[1; 16]), theirs.clone());
    suite.push(1).await;
    let waiting = poll(&suite, "w");
    suite.owner.asked(1).await;
    settle().await;
    assert!(!waiting.is_finished(), "the other node lives");
    suite.directory.insert(Role::Activity, "here", way);
    assert_eq!(token(waiting.await.unwrap()).as_deref(), Some("token 1"));
    assert!(suite.owner.state().asked.iter().any(|asked| asked.failed_delivery_id == theirs));
    suite.emptied(&queue).await;
}

#[tokio::test(start_paused = true)]
async fn an_entry_of_a_task_that_was_long_handed_over_is_forgotten() {
    let suite = Suite::start().await;
    suite.push(1).await;
    assert_eq!(token(poll(&suite, "w").await.unwrap()).as_deref(), Some("token 1"));
    suite.emptied(&activity_queue()).await;
    // A push that comes late.
    suite.push(1).await;
    let waiting = poll(&suite, "next");
    suite.owner.asked(2).await;
    let before = Instant::now();
    assert_eq!(token(waiting.await.unwrap()), None);
    suite.emptied_in_time(&activity_queue()).await;
    assert!(before.elapsed() >= UNDER_WAY, "{:?}", before.elapsed());
    assert_eq!(suite.owner.state().asked.len(), 2);
}

#[tokio::test]
async fn malformed_polls_are_refused() {
    let suite = Suite::start().await;
    for (arn, worker, expected) in [
        ("", None, ErrorCode::ValidationException),
        ("no_an_activity_arn", None, ErrorCode::InvalidArn),
        ("arn:aws:states:us-east-1:000000000000:stateMachine:m", None, ErrorCode::InvalidArn),
        ("arn:aws:states:us-east-1:111111111111:activity:a", None, ErrorCode::ActivityDoesNotExist),
        ("arn:aws:states:us-east-1:000000000000:activity:b", None, ErrorCode::ActivityDoesNotExist),
        (ACTIVITY, Some("a b"), ErrorCode::InvalidName),
        (ACTIVITY, Some(""), ErrorCode::ValidationException),
    ] {
        let worker_name = worker.map(Into::into);
        let request = GetActivityTaskRequest { activity_arn: arn.into(), worker_name };
        let polled = suite.client.clone().get_activity_task(request).await;
        assert_eq!(code(polled), expected, "{arn} {worker:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn draining_answers_who_waits_and_puts_back_what_nobody_got() {
    let suite = Suite::start().await;
    let waiting = poll(&suite, "w");
    settle().await;
    suite.owner.hold();
    suite.push(1).await;
    let gone = poll(&suite, "gone");
    suite.owner.asked(1).await;
    waiting.abort();
    gone.abort();
    let empty = poll(&suite, "late");
    settle().await;
    suite.drain.begin();
    assert_eq!(token(empty.await.unwrap()), None);
    suite.owner.release();
    suite.drain.finished().await;
    let left = suite.store.queue_claim(&activity_queue(), "other", 10).await.unwrap();
    assert_eq!(left.len(), 1, "the task waits for another node");
    assert_eq!(token(poll(&suite, "after").await.unwrap()), None);
    until(|| suite.owner.state().asked.len() == 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_line_that_everybody_left_waits_quietly_for_its_last_start() {
    let suite = Suite::start().await;
    suite.owner.hold();
    let waiting = poll(&suite, "w");
    suite.push(1).await;
    suite.owner.asked(1).await;
    waiting.abort();
    // Calls without an answer are made again when their time is over, which is never while somebody
    // is busy: the paused clock goes on only when nobody is.
    let again = async {
        while suite.owner.state().asked.len() < 4 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    timeout(Duration::from_secs(60), again).await.unwrap();
    suite.owner.release();
    assert_eq!(token(poll(&suite, "again").await.unwrap()).as_deref(), Some("token 1"));
}

#[tokio::test(start_paused = true)]
async fn tasks_that_owners_give_are_started_and_settled() {
    let suite = Suite::start().await;
    let waiting = poll(&suite, "w");
    settle().await;
    let before = Instant::now();
    suite.owner.schedule(&[1]);
    assert_eq!(token(waiting.await.unwrap()).as_deref(), Some("token 1"));
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert!(suite.owner.state().asked[0].given, "the owner keeps its entry");
    until_in_time(|| suite.owner.state().settled.done.len() == 1).await;
    assert_eq!(suite.owner.state().settled.done, [suite::task(1).id]);
    assert!(suite.store.queue_generations(&[activity_queue().into()]).await.unwrap()[0].is_none());
}

#[tokio::test(start_paused = true)]
async fn a_given_task_goes_back_where_its_poller_has_gone() {
    let suite = Suite::start().await;
    let waiting = poll(&suite, "w");
    settle().await;
    waiting.abort();
    settle().await;
    suite.owner.schedule(&[1, 2]);
    until_in_time(|| !suite.owner.state().settled.given_back.is_empty()).await;
    assert!(suite.owner.state().asked.is_empty());
    // The owner gives it to its queue.
    suite.push(1).await;
    assert_eq!(token(poll(&suite, "w").await.unwrap()).as_deref(), Some("token 1"));
}

#[tokio::test(start_paused = true)]
async fn a_given_task_whose_delivery_failed_is_queued_with_it() {
    let suite = Suite::start().await;
    suite.owner.hold();
    let waiting = poll(&suite, "w");
    settle().await;
    suite.owner.schedule(&[1]);
    suite.owner.asked(1).await;
    waiting.abort();
    suite.owner.release();
    until_in_time(|| !suite.owner.state().settled.queued.is_empty()).await;
    assert_eq!(token(poll(&suite, "x").await.unwrap()).as_deref(), Some("token 1"));
    let asked = suite.owner.state().asked.clone();
    assert_eq!(asked[1].failed_delivery_id, asked[0].delivery_id);
    assert!(asked[0].given && !asked[1].given);
}

/// Waits until the condition holds, while the paused clock goes on.
async fn until_in_time(condition: impl Fn() -> bool) {
    let holds = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(600), holds).await.expect("the condition holds");
}
