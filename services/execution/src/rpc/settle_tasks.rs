//! SettleTasks: what became of tasks that TakeTasks gave.

use crate::owner::Failure;
use crate::service::Shared;
use stepwell_api::internal::{SettleTasksRequest, SettleTasksResponse};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<SettleTasksRequest>,
) -> Result<SettleTasksResponse, Failure> {
    let SettleTasksRequest { done, given_back, queued } = request.into_inner();
    shared.node.settle_tasks(&done, &given_back, &queued);
    Ok(SettleTasksResponse {})
}
