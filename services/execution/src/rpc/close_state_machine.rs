//! CloseStateMachine: closes an incarnation to starts in every partition, and counts what is open.

use crate::failure::of_store;
use crate::service::Shared;
use stepwell_api::ApiError;
use stepwell_api::internal::{CloseStateMachineRequest, CloseStateMachineResponse};
use stepwell_storage::Gate;
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<CloseStateMachineRequest>,
) -> Result<CloseStateMachineResponse, ApiError> {
    let request = request.into_inner();
    shared.catalog.refresh(&request.state_machine_arn);
    // The gates stand before the count: what it misses can't start any more.
    shared.store.set_gates(&request.incarnation, Gate::Closed).await.map_err(of_store)?;
    let open = shared.store.open_total(&request.incarnation).await.map_err(of_store)?;
    Ok(CloseStateMachineResponse { open_executions: open })
}
