//! Calls to the owners of executions, else through any execution node, with bounded retries.

use std::sync::Arc;
use std::time::Duration;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_api::internal::{ReportTaskRequest, StartTaskRequest, StartTaskResponse};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_ids::ExecutionArn;
use stepwell_service_kit::tokens::{TaskToken, TokenKeys};
use stepwell_service_kit::{Directory, MAX_MESSAGE_BYTES, Transport, had_no_effect};

use tokio::time::{sleep, timeout};
use tonic::Status;

/// The pauses between tries of a call that can't be served at present.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_millis(1_500),
];
/// How long one try may take.
const TRY: Duration = Duration::from_secs(5);

/// How long one may take that must not be repeated when its outcome is not known: as long as an
/// owner does, who may first have to find out what became of a commit.
const LAST: Duration = Duration::from_secs(20);

/// Whether a call may be made again when nobody knows what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The second time gets the first one's answer, or one that is as good.
    Harmless,
    /// The second time is refused where the first took effect.
    Refused,
}

/// The way to the owners.
#[derive(Clone)]
pub(crate) struct Owners {
    directory: Arc<dyn Directory>,
    keys: TokenKeys,
}

impl Owners {
    pub(crate) fn new(directory: Arc<dyn Directory>, keys: TokenKeys) -> Self {
        Self { directory, keys }
    }

    /// Records that a delivery takes a task. The same request may be made again. Whoever gave the
    /// task is asked first.
    pub(crate) async fn start(
        &self,
        request: &StartTaskRequest,
        giver: Option<Transport>,
    ) -> Result<StartTaskResponse, ApiError> {
        let place = || ExecutionArn::parse(&request.task.as_ref()?.execution_arn).ok();
        let first = match giver {
            Some(giver) => Some(giver),
            None => self.directory.owner(&place).await,
        };
        self.retried(first, Repeat::Harmless, |mut client| {
            let request = request.clone();
            async move { Ok(client.start_task(request).await?.into_inner()) }
        })
        .await
    }

    /// Reports the end of a task, or a sign of life.
    pub(crate) async fn report(
        &self,
        request: &ReportTaskRequest,
        repeat: Repeat,
    ) -> Result<(), ApiError> {
        let place = || execution_of(&TaskToken::open(&self.keys, &request.task_token).ok()?);
        let first = self.directory.owner(&place).await;
        self.retried(first, repeat, |mut client| {
            let request = request.clone();
            async move { client.report_task(request).await.map(drop) }
        })
        .await
    }

    async fn retried<T, F>(
        &self,
        mut first: Option<Transport>,
        repeat: Repeat,
        call: impl Fn(PartitionServiceClient<Transport>) -> F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, Status>>,
    {
        let mut pauses = PAUSES.into_iter();
        loop {
            let node = match first.take() {
                Some(first) => Ok(first),
                None => self.directory.execution().await,
            };
            let (error, unmoved) = match node {
                Err(missing) => (missing.into(), true),
                Ok(node) => match Self::once(node, repeat, &call).await {
                    Ok(answer) => return Ok(answer),
                    Err(status) => {
                        let unmoved = had_no_effect(&status);
                        (ApiError::from(status), unmoved)
                    }
                },
            };
            let again = error.code() == ErrorCode::ServiceUnavailable
                && (unmoved || repeat == Repeat::Harmless);
            match pauses.next() {
                Some(pause) if again => sleep(pause).await,
                _ => return Err(error),
            }
        }
    }

    async fn once<T, F>(
        node: Transport,
        repeat: Repeat,
        call: &impl Fn(PartitionServiceClient<Transport>) -> F,
    ) -> Result<T, Status>
    where
        F: Future<Output = Result<T, Status>>,
    {
        let client = PartitionServiceClient::new(node)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        let patience = match repeat {
            Repeat::Harmless => TRY,
            Repeat::Refused => LAST,
        };
        let answer = timeout(patience, call(client)).await;
        answer
            .unwrap_or_else(|_| Err(ApiError::unavailable("no answer of an execution node").into()))
    }
}

/// The execution of a token.
pub(crate) fn execution_of(token: &TaskToken) -> Option<ExecutionArn> {
    ExecutionArn::parse(&format!("arn:aws:states:{}", token.execution)).ok()
}
