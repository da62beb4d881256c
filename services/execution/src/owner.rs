//! The way of a change to the owner of its partition.

use crate::failure::of_submit;
use crate::service::Shared;
use std::time::Duration;
use stepwell_api::{ApiError, ErrorCode};
use stepwell_ids::ExecutionArn;
use stepwell_partition::{Owner, SubmitError};
use stepwell_service_kit::{Transport, had_no_effect, moved};
use tokio::time::{Instant, sleep, timeout};
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Request, Status};

/// Marks a call that another node passed on; it is not passed on again.
const FORWARDED: &str = "stepwell-forwarded";

/// How long a call waits for a partition without an owner: most of the life of a lease.
const PATIENCE: Duration = Duration::from_millis(4_500);
/// How long the owner may take.
const ANSWER: Duration = Duration::from_secs(15);

/// Where a call came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hop {
    /// From a caller.
    First,
    /// From another execution node.
    Second,
}

/// Whether a call may be made again when nobody knows what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The second time gets the first one's answer.
    Harmless,
    /// The second time is refused where the first took effect.
    Refused,
}

/// What stands between a call and its answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nothing happened, the partition is elsewhere.
    Moved(ApiError),
    /// Final.
    Error(ApiError),
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::NotOwner => Self::Moved(of_submit(error)),
            error => Self::Error(of_submit(error)),
        }
    }
}

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Error(error) => error.into(),
            Failure::Moved(error) => moved(error),
        }
    }
}

impl Failure {
    fn of_peer(status: Status) -> Self {
        let moved = had_no_effect(&status);
        let error = ApiError::from(status);
        if moved { Self::Moved(error) } else { Self::Error(error) }
    }

    fn may_pass(&self, repeat: Repeat) -> bool {
        match self {
            Self::Moved(_) => true,
            Self::Error(error) => {
                repeat == Repeat::Harmless && error.code() == ErrorCode::ServiceUnavailable
            }
        }
    }
}

/// Where a call with this metadata came from.
pub(crate) fn hop(metadata: &MetadataMap) -> Hop {
    if metadata.contains_key(FORWARDED) { Hop::Second } else { Hop::First }
}

/// The request as this node passes it on.
pub(crate) fn forwarded<T>(mut request: Request<T>) -> Request<T> {
    request.metadata_mut().insert(FORWARDED, MetadataValue::from_static("1"));
    request
}

impl Shared {
    /// Has the owner of an execution's partition do something: `here` where it is this node,
    /// `there` over the way to it. While the partition moves, and where the call may be repeated
    /// also while the owner can't say what became of it, it is tried again for a while.
    pub(crate) async fn at_owner<T, H, R>(
        &self,
        arn: &ExecutionArn,
        hop: Hop,
        repeat: Repeat,
        here: impl Fn() -> H,
        there: impl Fn(Transport) -> R,
    ) -> Result<T, Failure>
    where
        H: Future<Output = Result<T, Failure>>,
        R: Future<Output = Result<T, Status>>,
    {
        let partition = self.node.partition_of(arn);
        let give_up = Instant::now() + PATIENCE;
        let mut pause = Duration::from_millis(20);
        loop {
            let owner = self.node.owner(partition);
            let failure = match self.ask(&owner, hop, &here, &there).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let goes_on = hop == Hop::First && failure.may_pass(repeat);
            if !goes_on || Instant::now() + pause > give_up {
                return Err(failure);
            }
            sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(250));
            if let Err(error) = self.node.find_owner(partition).await {
                tracing::debug!(partition, %error, "the owner can't be looked up");
            }
        }
    }

    async fn ask<T, H, R>(
        &self,
        owner: &Owner,
        hop: Hop,
        here: &impl Fn() -> H,
        there: &impl Fn(Transport) -> R,
    ) -> Result<T, Failure>
    where
        H: Future<Output = Result<T, Failure>>,
        R: Future<Output = Result<T, Status>>,
    {
        let silent = |_| ApiError::unavailable("the owner of the partition did not answer in time");
        match owner {
            Owner::This => timeout(ANSWER, here()).await.map_err(silent)?,
            Owner::Other(id) if hop == Hop::First => {
                let peer = self.directory.execution_node(id).await;
                let peer = peer.map_err(|missing| Failure::Moved(missing.into()))?;
                let answer = timeout(ANSWER, there(peer)).await.map_err(silent)?;
                answer.map_err(Failure::of_peer)
            }
            Owner::Other(_) | Owner::None => {
                let why = "the partition of the execution has no owner at present";
                Err(Failure::Moved(ApiError::unavailable(why)))
            }
        }
    }
}
