//! Worker streams, with a scripted owner.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod suite;

use std::time::Duration;
use stepwell_api::activity::stream_activity_tasks_request::{
    Acknowledge, AddCredit, Message, Subscribe,
};
use stepwell_api::activity::{StreamActivityTasksRequest, StreamActivityTasksResponse};
use stepwell_api::internal::DropPollersRequest;
use stepwell_api::{ApiError, ErrorCode};
use suite::{ACTIVITY, Suite, activity_queue};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{Instant, timeout};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Status, Streaming};

struct Worker {
    says: UnboundedSender<StreamActivityTasksRequest>,
    tasks: Streaming<StreamActivityTasksResponse>,
}

impl Worker {
    async fn open(suite: &Suite, credit: u32) -> Result<Self, Status> {
        Self::open_with(suite, subscribe(credit)).await
    }

    async fn open_with(suite: &Suite, message: Message) -> Result<Self, Status> {
        let (says, said) = unbounded_channel();
        says.send(StreamActivityTasksRequest { message: Some(message) }).unwrap();
        let said = UnboundedReceiverStream::new(said);
        let tasks = suite.client.clone().stream_activity_tasks(said).await?.into_inner();
        Ok(Self { says, tasks })
    }

    fn say(&self, message: Message) {
        self.says.send(StreamActivityTasksRequest { message: Some(message) }).unwrap();
    }

    async fn next(&mut self) -> StreamActivityTasksResponse {
        self.tasks.message().await.unwrap().unwrap()
    }

    fn acknowledge(&self, task: &StreamActivityTasksResponse) {
        self.say(Message::Acknowledge(Acknowledge { delivery_id: task.delivery_id.clone() }));
    }

    async fn end(&mut self) -> ErrorCode {
        ApiError::from(self.tasks.message().await.unwrap_err()).code()
    }
}

fn subscribe(credit: u32) -> Message {
    let worker_name = Some("w".into());
    Message::Subscribe(Subscribe { activity_arn: ACTIVITY.into(), worker_name, credit })
}

#[tokio::test(start_paused = true)]
async fn tasks_come_within_the_credit_and_are_forgotten_when_acknowledged() {
    let suite = Suite::start().await;
    let mut worker = Worker::open(&suite, 2).await.unwrap();
    for attempt in 1..=3 {
        suite.push(attempt).await;
    }
    let mut tasks = [worker.next().await, worker.next().await];
    tasks.sort_by(|one, two| one.task_token.cmp(&two.task_token));
    assert_eq!(tasks[0].task_token, "token 1");
    assert_eq!(tasks[1].task_token, "token 2");
    tasks.iter().for_each(|task| worker.acknowledge(task));
    assert!(timeout(Duration::from_secs(40), worker.next()).await.is_err(), "no credit is left");
    worker.say(Message::AddCredit(AddCredit { count: 1 }));
    let third = worker.next().await;
    assert_eq!((third.task_token.as_str(), third.input.as_str()), ("token 3", "{}"));
    worker.acknowledge(&third);
    assert!(timeout(Duration::from_secs(40), worker.next()).await.is_err());
    suite.emptied(&activity_queue()).await;
    assert_eq!(suite.owner.state().asked.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_acknowledged_goes_to_another_worker() {
    let suite = Suite::start().await;
    let mut silent = Worker::open(&suite, 1).await.unwrap();
    suite.push(1).await;
    assert_eq!(silent.next().await.task_token, "token 1");
    let sent = Instant::now();
    let mut other = Worker::open(&suite, 1).await.unwrap();
    assert_eq!(other.next().await.task_token, "token 1");
    assert_eq!(sent.elapsed(), Duration::from_secs(30));
    // At the end of a stream at once.
    drop(other);
    let mut third = Worker::open(&suite, 1).await.unwrap();
    let task = third.next().await;
    assert_eq!(task.task_token, "token 1");
    assert_eq!(sent.elapsed(), Duration::from_secs(30));
    third.acknowledge(&task);
    assert!(timeout(Duration::from_secs(40), third.next()).await.is_err());
    suite.emptied(&activity_queue()).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_worker_does_not_read_goes_to_another_worker() {
    let suite = Suite::start().await;
    let _stalled = Worker::open(&suite, 40).await.unwrap();
    for attempt in 1..=40 {
        suite.push(attempt).await;
    }
    suite.owner.asked(40).await;
    let mut other = Worker::open(&suite, 40).await.unwrap();
    let tasks = async {
        for _ in 1..=40 {
            let task = other.next().await;
            other.acknowledge(&task);
        }
    };
    timeout(Duration::from_secs(31), tasks).await.expect("all of them, after 30 seconds");
    suite.emptied(&activity_queue()).await;
}

#[tokio::test(start_paused = true)]
async fn who_breaks_the_protocol_is_told() {
    let suite = Suite::start().await;
    for first in [Message::AddCredit(AddCredit { count: 1 }), subscribe(0), subscribe(1_001)] {
        let refused = Worker::open_with(&suite, first).await.err().unwrap();
        assert_eq!(ApiError::from(refused).code(), ErrorCode::ValidationException);
    }
    for later in [subscribe(1), Message::AddCredit(AddCredit { count: 1_000 })] {
        let mut worker = Worker::open(&suite, 1).await.unwrap();
        worker.say(later);
        assert_eq!(worker.end().await, ErrorCode::ValidationException);
    }
    suite.delete_activity().await;
    // A node that nobody told finds out by itself.
    tokio::time::advance(Duration::from_secs(1)).await;
    let refused = Worker::open(&suite, 1).await.err().unwrap();
    assert_eq!(ApiError::from(refused).code(), ErrorCode::ActivityDoesNotExist);
}

#[tokio::test(start_paused = true)]
async fn streams_end_with_their_activity_and_with_the_node() {
    let suite = Suite::start().await;
    let mut worker = Worker::open(&suite, 1).await.unwrap();
    suite.delete_activity().await;
    let drop_pollers = DropPollersRequest { activity_arn: ACTIVITY.into() };
    suite.queues.clone().drop_pollers(drop_pollers).await.unwrap();
    assert_eq!(worker.end().await, ErrorCode::ActivityDoesNotExist);

    suite.create_activity().await;
    let mut worker = Worker::open(&suite, 2).await.unwrap();
    suite.push(1).await;
    let task = worker.next().await;
    suite.drain.begin();
    assert!(timeout(Duration::from_secs(10), worker.tasks.message()).await.is_err());
    worker.acknowledge(&task);
    assert!(worker.tasks.message().await.unwrap().is_none(), "a clean end");
    suite.drain.finished().await;
}
