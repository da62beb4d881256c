//! Calls to the owners of executions, else through any execution node, with bounded retries.

use std::sync::Arc;
use std::time::Duration;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_api::internal::{ReportTaskRequest, StartTaskRequest, StartTaskResponse};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_ids::ExecutionArn;
use stepwell_service_kit::tokens::{TaskToken, TokenKeys};
use stepwell_service_kit::{Directory, MAX_MESSAGE_BYTES, NoPeer, Place, Transport};
use tokio::time::{sleep, timeout};

/// The pauses between tries of a call that can't be served at present.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_millis(1_500),
];
/// How long one try may take.
const TRY: Duration = Duration::from_secs(5);

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

    /// Records that a delivery takes a task. The same request may be made again.
    pub(crate) async fn start(
        &self,
        request: &StartTaskRequest,
    ) -> Result<StartTaskResponse, ApiError> {
        let place = || ExecutionArn::parse(&request.task.as_ref()?.execution_arn).ok();
        self.retried(&place, |mut client| {
            let request = request.clone();
            async move { Ok(client.start_task(request).await?.into_inner()) }
        })
        .await
    }

    /// Reports the end of a task, or a sign of life.
    pub(crate) async fn report(&self, request: &ReportTaskRequest) -> Result<(), ApiError> {
        let place = || execution_of(&TaskToken::open(&self.keys, &request.task_token).ok()?);
        self.retried(&place, |mut client| {
            let request = request.clone();
            async move { Ok(client.report_task(request).await.map(drop)?) }
        })
        .await
    }

    async fn retried<T, F>(
        &self,
        place: &Place<'_>,
        call: impl Fn(PartitionServiceClient<Transport>) -> F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let mut pauses = PAUSES.into_iter();
        let mut owner = self.directory.owner(place).await;
        loop {
            let node = match owner.take() {
                Some(owner) => Ok(owner),
                None => self.directory.execution().await,
            };
            let error = match Self::once(node, &call).await {
                Err(error) if error.code() == ErrorCode::ServiceUnavailable => error,
                answer => return answer,
            };
            match pauses.next() {
                Some(pause) => sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    async fn once<T, F>(
        node: Result<Transport, NoPeer>,
        call: &impl Fn(PartitionServiceClient<Transport>) -> F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let client = PartitionServiceClient::new(node?)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        let answer = timeout(TRY, call(client)).await;
        answer.unwrap_or_else(|_| Err(ApiError::unavailable("an execution node did not answer")))
    }
}

/// The execution of a token.
pub(crate) fn execution_of(token: &TaskToken) -> Option<ExecutionArn> {
    ExecutionArn::parse(&format!("arn:aws:states:{}", token.execution)).ok()
}
