//! StreamActivityTasks: tasks as they come, within the worker's credit. A task is on its way until
//! it is acknowledged; what is not when the stream ends, or after 30 seconds, goes to another
//! worker.

use crate::claim::Delivery;
use crate::line::{Answer, Place, Poller};
use crate::requests::no_activity;
use crate::service::Shared;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::activity::stream_activity_tasks_request::{Message, Subscribe};
use stepwell_api::activity::{StreamActivityTasksRequest, StreamActivityTasksResponse};
use stepwell_api::{ApiError, ErrorCode};
use tokio::sync::mpsc::{
    Receiver, Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel,
};
use tokio::time::{Instant, sleep_until};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

/// How long a worker may take to acknowledge a task.
const ACKNOWLEDGE: Duration = Duration::from_secs(30);
/// Most credit that a stream may have.
const MOST_CREDIT: usize = 1_000;
/// How many answers wait for the transport before the stream does.
const BUFFER: usize = 16;

type Responses = BoxStream<'static, Result<StreamActivityTasksResponse, Status>>;

pub(crate) async fn call(
    shared: &Arc<Shared>,
    request: Request<Streaming<StreamActivityTasksRequest>>,
) -> Result<Response<Responses>, ApiError> {
    let (metadata, _, mut requests) = request.into_parts();
    let subscribe = match requests.message().await?.and_then(|request| request.message) {
        Some(Message::Subscribe(subscribe)) => subscribe,
        _ => return Err(broken("a stream must open with a subscription")),
    };
    let Subscribe { activity_arn, worker_name, credit } = subscribe;
    let activity = shared.check_poller(&metadata, &activity_arn, worker_name.as_deref())?;
    let credit = check_credit(credit, 0)?;
    let poller = shared.join(&activity).await?;
    let (answers, answered) = unbounded_channel();
    let (responses, receiver) = channel(BUFFER);
    let mut stream = Stream {
        activity_arn,
        worker_name: worker_name.map(Into::into),
        poller,
        answers: Some(answers),
        credit: 0,
        responses,
        unsent: VecDeque::new(),
        unacknowledged: HashMap::new(),
        deadlines: VecDeque::new(),
    };
    stream.add_credit(credit);
    let draining = shared.dispatchers.draining.clone();
    let run = async move { stream.run(requests, answered, draining).await };
    shared.drain.spawn(run);
    Ok(Response::new(responses_of(receiver)))
}

fn responses_of(receiver: Receiver<Result<StreamActivityTasksResponse, Status>>) -> Responses {
    ReceiverStream::new(receiver).boxed()
}

struct Stream {
    activity_arn: String,
    worker_name: Option<Arc<str>>,
    poller: Poller,
    /// None once the node drains.
    answers: Option<UnboundedSender<Answer>>,
    credit: usize,
    responses: Sender<Result<StreamActivityTasksResponse, Status>>,
    /// The ids of deliveries that the transport has not taken yet, in order.
    unsent: VecDeque<String>,
    unacknowledged: HashMap<String, Delivery>,
    /// When to give up on each delivery, in the order of sending.
    deadlines: VecDeque<(Instant, String)>,
}

impl Stream {
    async fn run(
        mut self,
        mut requests: Streaming<StreamActivityTasksRequest>,
        mut answered: UnboundedReceiver<Answer>,
        draining: tokio_util::sync::CancellationToken,
    ) {
        let responses = self.responses.clone();
        loop {
            if self.answers.is_none() && self.unacknowledged.is_empty() {
                return;
            }
            let expiry = self.deadlines.front().map(|(at, _)| *at);
            let step = tokio::select! {
                () = self.responses.closed() => return,
                () = draining.cancelled(), if self.answers.is_some() => {
                    self.answers = None;
                    Ok(())
                }
                request = requests.message() => match request {
                    Ok(Some(request)) => self.request(request),
                    Ok(None) | Err(_) => return,
                },
                Some(answer) = answered.recv() => self.answer(answer),
                Ok(place) = responses.reserve(), if !self.unsent.is_empty() => {
                    if let Some(response) = self.next_response() {
                        place.send(Ok(response));
                    }
                    Ok(())
                }
                () = sleep_until(expiry.unwrap_or_else(Instant::now)), if expiry.is_some() => {
                    self.expire();
                    Ok(())
                }
            };
            if let Err(error) = step {
                // Where the worker has gone, or reads nothing, it needs not be told.
                let _ = responses.send_timeout(Err(error.into()), ACKNOWLEDGE).await;
                return;
            }
        }
    }

    fn request(&mut self, request: StreamActivityTasksRequest) -> Result<(), ApiError> {
        match request.message {
            Some(Message::Acknowledge(acknowledge)) => {
                // One that comes too late finds nothing: the task went to another worker.
                if let Some(delivery) = self.unacknowledged.remove(&acknowledge.delivery_id) {
                    delivery.arrived();
                    self.forget_settled();
                }
                Ok(())
            }
            Some(Message::AddCredit(add)) => {
                self.add_credit(check_credit(add.count, self.credit)?);
                Ok(())
            }
            Some(Message::Subscribe(_)) => Err(broken("a stream has one subscription only")),
            None => Err(broken("a message says nothing")),
        }
    }

    /// Takes what a worker that reads slowly, or not at all, has to wait for: its time runs from
    /// now on, not from when the transport has room.
    fn answer(&mut self, answer: Answer) -> Result<(), ApiError> {
        let delivery = match answer {
            Answer::Task(delivery) => delivery,
            Answer::Deleted => return Err(no_activity(&self.activity_arn)),
        };
        self.credit = self.credit.saturating_sub(1);
        let delivery_id = Uuid::new_v4().to_string();
        self.unacknowledged.insert(delivery_id.clone(), delivery);
        self.deadlines.push_back((Instant::now() + ACKNOWLEDGE, delivery_id.clone()));
        self.unsent.push_back(delivery_id);
        Ok(())
    }

    /// The oldest delivery that is not sent; none where its time is over.
    fn next_response(&mut self) -> Option<StreamActivityTasksResponse> {
        let delivery_id = self.unsent.pop_front()?;
        let task = &self.unacknowledged.get(&delivery_id)?.task;
        let (task_token, input) = (task.task_token.clone(), task.input.clone());
        Some(StreamActivityTasksResponse { delivery_id, task_token, input })
    }

    fn add_credit(&mut self, count: usize) {
        let Some(answers) = &self.answers else { return };
        self.credit += count;
        let place = || Place { worker_name: self.worker_name.clone(), answers: answers.clone() };
        self.poller.wait(std::iter::repeat_with(place).take(count));
    }

    /// Gives up on deliveries that were not acknowledged in time.
    fn expire(&mut self) {
        let now = Instant::now();
        for (_, id) in self.deadlines.iter().take_while(|(at, _)| *at <= now) {
            drop(self.unacknowledged.remove(id));
        }
        self.forget_settled();
    }

    fn forget_settled(&mut self) {
        while self.deadlines.front().is_some_and(|(_, id)| !self.unacknowledged.contains_key(id)) {
            self.deadlines.pop_front();
        }
    }
}

fn check_credit(count: u32, held: usize) -> Result<usize, ApiError> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    if (1..=MOST_CREDIT.saturating_sub(held)).contains(&count) {
        return Ok(count);
    }
    Err(broken(&format!(
        "credit of {count} was added to {held}: it must be 1 at least, and {MOST_CREDIT} in all \
         at most"
    )))
}

fn broken(what: &str) -> ApiError {
    ApiError::new(ErrorCode::ValidationException, what)
}
