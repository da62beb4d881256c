//! ReleaseStateMachine: whether executions of an incarnation are kept that started up to a time.
//! Lists go by the time of the start, so that one entry behind it tells.

use crate::failure::of_store;
use crate::service::Shared;
use bytes::Bytes;
use stepwell_api::ApiError;
use stepwell_api::internal::{ReleaseStateMachineRequest, ReleaseStateMachineResponse};
use stepwell_storage::{Gate, ListPage};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ReleaseStateMachineRequest>,
) -> Result<ReleaseStateMachineResponse, ApiError> {
    let ReleaseStateMachineRequest { incarnation, started_until_ms, gone } = request.into_inner();
    let after = Some((started_until_ms, Bytes::new()));
    let page = ListPage { status: None, after, limit: 1 };
    let found = shared.store.list_all(&incarnation, &page).await.map_err(of_store)?;
    let kept = !found.is_empty();
    if gone && !kept {
        // Nobody can start anything of it any more.
        shared.store.set_gates(&incarnation, Gate::Open).await.map_err(of_store)?;
    }
    Ok(ReleaseStateMachineResponse { kept })
}
