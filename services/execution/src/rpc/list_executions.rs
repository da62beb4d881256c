//! ListExecutions: the executions of a state machine, newest first.

use super::describe_execution::status;
use crate::failure::{broken, no_state_machine, of_resource, of_store};
use crate::paging::PageArguments;
use crate::requests::{ARN_CHARACTERS, machine_arn};
use crate::service::Shared;
use bytes::Bytes;
use stepwell_api::execution::{
    ExecutionListItem, ExecutionStatus, ListExecutionsRequest, ListExecutionsResponse,
};
use stepwell_api::{ApiError, ErrorCode, Violations, from_millis};
use stepwell_engine::Status;
use stepwell_partition::{ListedExecution, status_number};
use stepwell_storage::{ListPage, Listed};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ListExecutionsRequest>,
) -> Result<ListExecutionsResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    Violations::new()
        .length("stateMachineArn", &request.state_machine_arn, 1, ARN_CHARACTERS)
        .finish()?;
    let filter = filter(&request)?;
    let number = [filter.unwrap_or_default()];
    let paging = shared.paging(
        &namespace,
        &PageArguments {
            call: "ListExecutions",
            others: &[request.state_machine_arn.as_bytes(), &number],
            max_results: request.max_results,
            next_token: request.next_token.as_deref(),
            token_chars: shared.limits.list_executions_token_chars,
        },
    )?;
    let machine = machine_arn(&request.state_machine_arn, &namespace)?;
    let record = shared.catalog.machine(&machine).await.map_err(of_resource)?;
    let record = record.ok_or_else(|| no_state_machine(&machine))?;
    let after = paging.position.as_ref().map(place_of).transpose()?;
    // One more than the page tells whether another one follows.
    let page = ListPage { status: filter, after, limit: paging.size.saturating_add(1) };
    let mut listed = shared.store.list_all(&record.incarnation, &page).await.map_err(of_store)?;
    let more = listed.len() > paging.size;
    listed.truncate(paging.size);
    let next_token = match listed.last() {
        Some(last) if more => Some(shared.next_token(&paging, &position_of(last))?),
        _ => None,
    };
    let executions = listed.iter().map(item).collect::<Result<_, _>>()?;
    Ok(ListExecutionsResponse { executions, next_token })
}

fn filter(request: &ListExecutionsRequest) -> Result<Option<u8>, ApiError> {
    let status = match ExecutionStatus::try_from(request.status_filter) {
        Ok(ExecutionStatus::Unspecified) => return Ok(None),
        Ok(ExecutionStatus::Running) => Status::Running,
        Ok(ExecutionStatus::Succeeded) => Status::Succeeded,
        Ok(ExecutionStatus::Failed) => Status::Failed,
        Ok(ExecutionStatus::TimedOut) => Status::TimedOut,
        Ok(ExecutionStatus::Aborted) => Status::Aborted,
        Err(_) => {
            let message = format!("there is no execution status {}", request.status_filter);
            return Err(ApiError::new(ErrorCode::ValidationException, message));
        }
    };
    Ok(Some(status_number(status)))
}

/// The position of the page after `last`: its sort time and its key.
fn position_of((sort_ms, key, _): &Listed) -> Vec<u8> {
    [&sort_ms.to_be_bytes()[..], key].concat()
}

fn place_of(position: &Bytes) -> Result<(i64, Bytes), ApiError> {
    let (sort_ms, key) = position
        .split_first_chunk()
        .ok_or_else(|| broken("a sealed page token holds no position".to_owned()))?;
    Ok((i64::from_be_bytes(*sort_ms), position.slice_ref(key)))
}

fn item(listed: &Listed) -> Result<ExecutionListItem, ApiError> {
    let listed = ListedExecution::read(listed).map_err(|error| broken(error.to_string()))?;
    Ok(ExecutionListItem {
        execution_arn: listed.arn.to_string(),
        state_machine_arn: listed.arn.state_machine().to_string(),
        name: listed.arn.name().to_string(),
        status: status(listed.status).into(),
        start_date: Some(from_millis(listed.started_ms)),
        stop_date: listed.stopped_ms.map(from_millis),
    })
}
