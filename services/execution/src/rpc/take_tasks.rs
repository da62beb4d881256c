//! TakeTasks: gives an activity node tasks that executions of this node have pending.

use crate::failure::{broken, of_submit};
use crate::owner::Failure;
use crate::service::Shared;
use prost::Message as _;
use stepwell_api::internal::{TakeTasksRequest, TakeTasksResponse, TaskRef};
use stepwell_api::{ApiError, ErrorCode};
use tonic::Request;

/// Most tasks that are given at once.
const MOST: u32 = 1_000;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<TakeTasksRequest>,
) -> Result<TakeTasksResponse, Failure> {
    let TakeTasksRequest { queue, node_id, max_tasks } = request.into_inner();
    if !(1..=MOST).contains(&max_tasks) {
        let message = format!("max_tasks is {max_tasks}, must be 1 to {MOST}");
        return Err(ApiError::new(ErrorCode::ValidationException, message).into());
    }
    let limit = usize::try_from(max_tasks).unwrap_or(usize::MAX);
    let tasks = shared.node.take_tasks(&queue, &node_id, limit).await.map_err(of_submit)?;
    let tasks = tasks.into_iter().map(|task| TaskRef::decode(task.body));
    let tasks = tasks.collect::<Result<_, _>>().map_err(|error| broken(error.to_string()))?;
    Ok(TakeTasksResponse { tasks })
}
