//! StopNested: ends the child of a task that waits for it no more. An execution that another call
//! started is left alone.

use crate::nested::task_of;
use crate::owner::{Failure, Hop, Repeat, forwarded, hop};
use crate::service::Shared;
use stepwell_api::ApiError;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_api::internal::{StopNestedRequest, StopNestedResponse};
use stepwell_ids::ExecutionArn;
use stepwell_partition::Stopped;
use stepwell_service_kit::Transport;
use tonic::{Request, Status};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<StopNestedRequest>,
) -> Result<StopNestedResponse, Failure> {
    let hop = hop(request.metadata());
    stop(shared, hop, request.get_ref()).await
}

/// Has the owner of the child's partition stop it.
pub(crate) async fn stop(
    shared: &Shared,
    hop: Hop,
    request: &StopNestedRequest,
) -> Result<StopNestedResponse, Failure> {
    let task = task_of(request.task.as_ref())?;
    let child = ExecutionArn::parse(&request.child_arn).map_err(ApiError::from)?;
    shared
        .at_owner(
            &child,
            hop,
            Repeat::Harmless,
            || async {
                let stopped = shared.node.stop_child(&task, &child).await?;
                Ok(StopNestedResponse { absent: stopped == Stopped::Absent })
            },
            |owner| pass_on(owner, request.clone()),
        )
        .await
}

async fn pass_on(
    owner: Transport,
    request: StopNestedRequest,
) -> Result<StopNestedResponse, Status> {
    let mut owner = PartitionServiceClient::new(owner);
    Ok(owner.stop_nested(forwarded(Request::new(request))).await?.into_inner())
}
