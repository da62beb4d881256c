//! Reports of calls, to any activity node, with bounded retries.

use std::sync::Arc;
use std::time::Duration;
use stepwell_api::internal::queue_service_client::QueueServiceClient;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{ReportFunctionTaskRequest, ReportTaskRequest, TaskReporter};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_service_kit::{Directory, MAX_MESSAGE_BYTES};
use tokio::time::{Instant, sleep, timeout};

/// For how long an end is reported again. Longer makes no sense: without heartbeats the owner has
/// given the attempt up by then.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long one try may take: an activity node tries for some seconds itself.
const TRY: Duration = Duration::from_secs(30);
/// The first pause between two tries, doubled up to the longest.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Whether anybody waits for the end of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The owner does.
    Yes,
    /// The task has ended or timed out.
    No,
}

#[derive(Clone, Debug)]
pub(crate) struct Reporter {
    directory: Arc<dyn Directory>,
}

impl Reporter {
    pub(crate) fn new(directory: Arc<dyn Directory>) -> Self {
        Self { directory }
    }

    /// Reports once.
    pub(crate) async fn report(&self, token: &str, report: Report) -> Result<Wanted, ApiError> {
        let reporter = TaskReporter::Caller.into();
        let report =
            ReportTaskRequest { task_token: token.to_owned(), report: Some(report), reporter };
        let mut client = QueueServiceClient::new(self.directory.activity().await?)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        let request = ReportFunctionTaskRequest { report: Some(report) };
        let answer = timeout(TRY, client.report_function_task(request)).await;
        let answer = answer.map_err(|_| ApiError::unavailable("an activity node is silent"))?;
        match answer.map_err(ApiError::from) {
            Ok(_) => Ok(Wanted::Yes),
            Err(error) if has_ended(error.code()) => Ok(Wanted::No),
            Err(error) => Err(error),
        }
    }

    /// Reports until the report is taken, refused, or too late.
    pub(crate) async fn report_end(&self, token: &str, report: Report) {
        let give_up = Instant::now() + PATIENCE;
        let mut pause = PAUSE;
        loop {
            let error = match self.report(token, report.clone()).await {
                Ok(_) => return,
                Err(error) => error,
            };
            if error.code() != ErrorCode::ServiceUnavailable || Instant::now() >= give_up {
                tracing::error!(%error, "the end of a function call could not be reported");
                return;
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

fn has_ended(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::TaskTimedOut | ErrorCode::TaskDoesNotExist)
}
