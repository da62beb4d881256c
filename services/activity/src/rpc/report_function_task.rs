//! ReportFunctionTask: as SendTask*, with the kinds of failure that only functions have. The end
//! of a call can't be learned again, so where the owner can't be reached it is kept in the trigger
//! stream of the execution's partition.

use crate::owner::Repeat;
use crate::service::Shared;
use bytes::Bytes;
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use std::num::NonZeroU32;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{
    ReportFunctionTaskRequest, ReportFunctionTaskResponse, ReportTaskRequest, StoredTrigger,
    TaskRef, TaskReporter, stored_trigger,
};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_ids::{ExecutionArn, partition_of};
use stepwell_service_kit::tokens::TaskToken;
use tonic::{Request, Response};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ReportFunctionTaskRequest>,
) -> Result<Response<ReportFunctionTaskResponse>, ApiError> {
    let mut report = request.into_inner().report.unwrap_or_default();
    report.set_reporter(TaskReporter::Caller);
    shared.token_violations(&report.task_token).finish()?;
    match shared.dispatchers.taker.owners().report(&report, Repeat::Harmless).await {
        Err(error) if error.code() == ErrorCode::ServiceUnavailable => {
            keep(shared, report, error).await?;
        }
        outcome => outcome?,
    }
    Ok(Response::new(ReportFunctionTaskResponse {}))
}

async fn keep(
    shared: &Shared,
    report: ReportTaskRequest,
    unavailable: ApiError,
) -> Result<(), ApiError> {
    let token = TaskToken::open(&shared.keys, &report.task_token)?;
    let outcome = match report.report {
        Some(Report::Output(output)) => stored_trigger::Report::Output(output),
        Some(Report::Failure(failure)) => stored_trigger::Report::Failure(failure),
        // A sign of life is of no use later.
        Some(Report::Heartbeat(_)) | None => return Err(unavailable),
    };
    let execution = ExecutionArn::parse(&format!("arn:aws:states:{}", token.execution))?;
    let partitions = NonZeroU32::new(shared.store.partitions()).unwrap_or(NonZeroU32::MIN);
    let partition = partition_of(&execution, partitions);
    let stored = StoredTrigger { task: Some(reference(&execution, &token)), report: Some(outcome) };
    // A task ends once: whatever is reported of it, it is one trigger.
    let digest: [u8; 32] = Sha256::digest(report.task_token.as_bytes()).into();
    let id = digest.first_chunk().copied().map_or(0, u128::from_be_bytes);
    let kept = shared.store.append_trigger(partition, id, stored.encode_to_vec().into()).await;
    kept.map_err(ApiError::unavailable)?;
    tracing::warn!(%execution, why = %unavailable, "a function's end is kept for its owner");
    Ok(())
}

fn reference(execution: &ExecutionArn, token: &TaskToken) -> TaskRef {
    let bytes = |number: u128| Bytes::copy_from_slice(&number.to_be_bytes());
    TaskRef {
        execution_arn: execution.to_string(),
        run_id: bytes(token.run_id),
        scheduled_event_id: token.scheduled_event_id,
        attempt: token.attempt,
        nonce: bytes(token.nonce),
    }
}
