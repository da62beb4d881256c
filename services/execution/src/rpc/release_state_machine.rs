//! ReleaseStateMachine: whether executions of an incarnation are kept that started up to a time.
//!
//! Lists have open executions at the time of their start and closed ones at that of their end. So one
//! open entry behind the time tells; and once there is none, all that started before it have ended by
//! then, and one entry behind that tells.

use crate::failure::of_store;
use crate::service::Shared;
use bytes::Bytes;
use stepwell_api::ApiError;
use stepwell_api::internal::{ReleaseStateMachineRequest, ReleaseStateMachineResponse};
use stepwell_engine::Status;
use stepwell_partition::status_number;
use stepwell_storage::{Gate, ListPage};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ReleaseStateMachineRequest>,
) -> Result<ReleaseStateMachineResponse, ApiError> {
    let request = request.into_inner();
    let any = async |status: Option<Status>, until_ms: i64| {
        let (status, after) = (status.map(status_number), Some((until_ms, Bytes::new())));
        let page = ListPage { status, after, limit: 1 };
        let found = shared.store.list_all(&request.incarnation, &page).await.map_err(of_store)?;
        Ok::<_, ApiError>(!found.is_empty())
    };
    let mut kept = any(Some(Status::Running), request.started_until_ms).await?;
    if let Some(ended_until_ms) = request.ended_until_ms {
        kept = kept || any(None, ended_until_ms).await?;
        if request.gone && !kept {
            // Nobody can start anything of it any more.
            shared.store.set_gates(&request.incarnation, Gate::Open).await.map_err(of_store)?;
        }
    }
    Ok(ReleaseStateMachineResponse { kept })
}
