//! DeleteStateMachine: marks the record DELETING, has every execution node go by it, and removes
//! the state machine at once where it has no open executions. The answer means that nothing more
//! starts; the rest is finished later where executions are open.

use crate::requests::check_arn;
use crate::service::Shared;
use crate::writes::{ATTEMPTS, gave_up};
use stepwell_api::ApiError;
use stepwell_api::controlplane::{DeleteStateMachineRequest, DeleteStateMachineResponse};
use stepwell_ids::StateMachineArn;
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DeleteStateMachineRequest>,
) -> Result<DeleteStateMachineResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let text = request.into_inner().state_machine_arn;
    check_arn("stateMachineArn", &text)?;
    let arn = StateMachineArn::parse(&text)?;
    if *arn.namespace() != namespace {
        return Ok(DeleteStateMachineResponse {});
    }
    for _ in 0..ATTEMPTS {
        let Some(found) = shared.records.state_machine(&namespace, arn.name()).await? else {
            return Ok(DeleteStateMachineResponse {});
        };
        if !found.record.deleting {
            shared.mark_deleting(&arn, &found).await?;
            continue;
        }
        shared.confirmation.refresh(&arn).await?;
        if let Err(error) = shared.finish_deletion(&arn, &found).await {
            tracing::warn!(%error, %arn, "the deletion will be finished later");
        }
        return Ok(DeleteStateMachineResponse {});
    }
    Err(gave_up(&arn))
}
