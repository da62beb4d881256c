//! Takes calls for as many slots as are free.
//!
//! Before calls are taken the endpoint is seen to take connections, unless it answered lately.
//! Where it does not, or none is configured, the poll says so: then calls that wait fail without
//! being started.

use crate::call::{self, Ended};
use crate::endpoint::Endpoint;
use crate::outcome::not_sent;
use crate::reporter::Reporter;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Counter;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use stepwell_api::ApiError;
use stepwell_api::internal::queue_service_client::QueueServiceClient;
use stepwell_api::internal::{PollFunctionTasksRequest, StartedTask, TaskFailure, TaskFailureKind};
use stepwell_service_kit::{Directory, Drain, MAX_MESSAGE_BYTES};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

/// Most calls that are taken by one poll.
const MOST: usize = 64;
/// How long a poll may take: an activity node holds it for 20 seconds.
const POLL: Duration = Duration::from_secs(30);
/// How long to poll before an unreachable endpoint is looked at again.
const UNREACHABLE: Duration = Duration::from_secs(1);
/// For how long an endpoint that answered is taken to be there.
const TRUST: Duration = Duration::from_secs(2);
/// The first pause after a failure, doubled up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What a poll needs.
pub(crate) struct Poll {
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) reporter: Reporter,
    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) slots: Arc<Semaphore>,
    pub(crate) drain: Drain,
}

/// What the calls know of the endpoint.
#[derive(Debug, Default)]
struct Reach {
    answered: Mutex<Option<Instant>>,
}

impl Reach {
    fn note(&self, ended: Ended) {
        let answered = match ended {
            Ended::Answered => Some(Instant::now()),
            Ended::NotSent => None,
            Ended::Lost | Ended::Unmade | Ended::Unwanted => return,
        };
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) = answered;
    }

    fn is_trusted(&self) -> bool {
        let answered = *self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.is_some_and(|at| at.elapsed() < TRUST)
    }
}

impl Poll {
    /// Polls until draining begins.
    pub(crate) async fn run(self) {
        let calls = opentelemetry::global::meter("stepwell")
            .u64_counter("stepwell.integration.calls")
            .with_description("Function calls, by how they ended")
            .build();
        let reach = Arc::new(Reach::default());
        let (mut pause, told) = (PAUSE, AtomicBool::new(false));
        while let Some((slot, unable)) = self.ready(&reach, &told).await {
            let polled = tokio::select! {
                // Calls that have come are made, also where draining has just begun.
                biased;
                polled = self.poll(unable) => polled,
                () = self.drain.begun() => return,
            };
            drop(slot);
            match polled {
                Ok(tasks) => {
                    pause = PAUSE;
                    for task in tasks {
                        self.take(task, &reach, &calls).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "no function calls can be taken at present");
                    tokio::select! {
                        () = self.drain.begun() => return,
                        () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                    }
                }
            }
        }
    }

    /// Waits for a free slot, and says why calls can't be made; none when draining begins.
    async fn ready(
        &self,
        reach: &Reach,
        told: &AtomicBool,
    ) -> Option<(OwnedSemaphorePermit, Option<TaskFailure>)> {
        let ready = async {
            let slot = Arc::clone(&self.slots).acquire_owned().await.ok()?;
            let unable = self.unable(reach).await;
            match &unable {
                Some(TaskFailure { cause: Some(cause), .. }) => {
                    if !told.swap(true, Ordering::Relaxed) && self.endpoint.is_some() {
                        tracing::warn!(%cause, "functions can't be called");
                    }
                }
                _ => told.store(false, Ordering::Relaxed),
            }
            Some((slot, unable))
        };
        tokio::select! {
            () = self.drain.begun() => None,
            ready = ready => ready,
        }
    }

    async fn unable(&self, reach: &Reach) -> Option<TaskFailure> {
        let Some(endpoint) = &self.endpoint else {
            let why = "No Lambda endpoint is configured: start with --lambda-endpoint URL";
            return Some(not_sent(TaskFailureKind::ScheduleFailed, why));
        };
        if reach.is_trusted() {
            return None;
        }
        let why = endpoint.probe().await.err()?;
        Some(not_sent(TaskFailureKind::StartFailed, &why))
    }

    async fn poll(&self, unable: Option<TaskFailure>) -> Result<Vec<StartedTask>, ApiError> {
        let patience = match (&unable, &self.endpoint) {
            (Some(_), Some(_)) => UNREACHABLE,
            _ => POLL,
        };
        let mut client = QueueServiceClient::new(self.directory.activity().await?)
            .max_decoding_message_size(MAX_MESSAGE_BYTES);
        // The slot that was waited for is one more.
        let free = self.slots.available_permits().saturating_add(1).min(MOST);
        let max_tasks = u32::try_from(free).unwrap_or(1);
        let request = PollFunctionTasksRequest { max_tasks, unable };
        match timeout(patience, client.poll_function_tasks(request)).await {
            Ok(answer) => Ok(answer?.into_inner().tasks),
            // Given up: what was on its way goes back into the queue.
            Err(_) => Ok(Vec::new()),
        }
    }

    async fn take(&self, task: StartedTask, reach: &Arc<Reach>, calls: &Counter<u64>) {
        let Some(endpoint) = self.endpoint.clone() else { return };
        let Ok(slot) = Arc::clone(&self.slots).acquire_owned().await else { return };
        let (reporter, reach, calls) = (self.reporter.clone(), Arc::clone(reach), calls.clone());
        self.drain.spawn(async move {
            let ended = call::make(&endpoint, &reporter, task).await;
            drop(slot);
            reach.note(ended);
            calls.add(1, &[KeyValue::new("ended", format!("{ended:?}"))]);
        });
    }
}
