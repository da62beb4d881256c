//! Changes that every live node must know before they are answered.
//!
//! A node counts as informed when it confirms, or when its record in the store has expired: from
//! then on it does nothing without reading the store. Nodes that come later read what is stored.

use futures::future::join_all;
use std::collections::HashSet;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;
use stepwell_api::internal::queue_service_client::QueueServiceClient;
use stepwell_api::internal::resource_cache_service_client::ResourceCacheServiceClient;
use stepwell_api::internal::{
    CloseStateMachineRequest, DropPollersRequest, RefreshResourceRequest,
    ReleaseStateMachineRequest,
};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_service_kit::{Directory, Role, Transport};
use tokio::time::{Instant, sleep, timeout};
use tonic::Status;

/// How long a call waits for a node that neither confirms nor expires; records expire sooner.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one call of a node may take.
const CALL: Duration = Duration::from_secs(5);
/// How long to wait before a node is asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// Reaches the nodes that act on what the control plane writes.
pub(crate) struct Confirmation {
    directory: Arc<dyn Directory>,
}

impl Confirmation {
    pub(crate) fn new(directory: Arc<dyn Directory>) -> Self {
        Self { directory }
    }

    /// Has every execution node use nothing older than what is stored about `arn`.
    pub(crate) async fn refresh(&self, arn: &impl Display) -> Result<(), ApiError> {
        let request = RefreshResourceRequest { arn: arn.to_string() };
        self.all(Role::Execution, |transport| {
            let request = request.clone();
            async move {
                ResourceCacheServiceClient::new(transport).refresh_resource(request).await.map(drop)
            }
        })
        .await
    }

    /// Has every activity node tell the waiting pollers of a deleted activity.
    pub(crate) async fn drop_pollers(&self, arn: &impl Display) -> Result<(), ApiError> {
        let request = DropPollersRequest { activity_arn: arn.to_string() };
        self.all(Role::Activity, |transport| {
            let request = request.clone();
            async move { QueueServiceClient::new(transport).drop_pollers(request).await.map(drop) }
        })
        .await
    }

    /// Closes a state machine to starts in every partition, and says how many executions are open.
    pub(crate) async fn close(&self, request: CloseStateMachineRequest) -> Result<u64, ApiError> {
        let transport = self.directory.execution().await?;
        let mut client = ResourceCacheServiceClient::new(transport);
        let closed = timeout(CALL, client.close_state_machine(request)).await;
        let closed = closed.map_err(|_| ApiError::unavailable("an execution node is silent"))?;
        Ok(closed?.into_inner().open_executions)
    }

    /// Whether executions are kept that an incarnation started up to a time; where none is and it
    /// is gone, nothing is kept of it.
    pub(crate) async fn release(
        &self,
        request: ReleaseStateMachineRequest,
    ) -> Result<bool, ApiError> {
        let transport = self.directory.execution().await?;
        let mut client = ResourceCacheServiceClient::new(transport);
        let released = timeout(CALL, client.release_state_machine(request)).await;
        let released =
            released.map_err(|_| ApiError::unavailable("an execution node is silent"))?;
        Ok(released?.into_inner().kept)
    }

    async fn all<F>(&self, role: Role, call: impl Fn(Transport) -> F) -> Result<(), ApiError>
    where
        F: Future<Output = Result<(), Status>>,
    {
        let give_up = Instant::now() + PATIENCE;
        let mut informed = HashSet::new();
        loop {
            let silent = match self.inform(role, &mut informed, &call).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            if Instant::now() >= give_up {
                return Err(silent);
            }
            sleep(PAUSE).await;
        }
    }

    /// Asks every live node that is not informed yet; fails while there are others left.
    async fn inform<F>(
        &self,
        role: Role,
        informed: &mut HashSet<String>,
        call: &impl Fn(Transport) -> F,
    ) -> Result<(), ApiError>
    where
        F: Future<Output = Result<(), Status>>,
    {
        let mut peers = self.directory.live_peers(role).await?;
        peers.retain(|peer| !informed.contains(&peer.id));
        let answers = peers.into_iter().map(|peer| {
            let call = call(peer.transport);
            async move { (peer.id, timeout(CALL, call).await) }
        });
        let mut silent = None;
        for (id, answer) in join_all(answers).await {
            match answer {
                Ok(Ok(())) => {
                    informed.insert(id);
                }
                Ok(Err(status)) => silent = Some((id, ApiError::from(status).to_string())),
                Err(_) => silent = Some((id, "no answer in time".to_owned())),
            }
        }
        silent.map_or(Ok(()), |(id, why)| {
            let message = format!("{} node {id} did not confirm the change: {why}", role.name());
            Err(ApiError::new(ErrorCode::ServiceUnavailable, message))
        })
    }
}
