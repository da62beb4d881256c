//! ListExecutions: the executions of a state machine, newest first.

use super::describe_execution::status;
use crate::failure::{broken, no_state_machine, of_resource, of_store};
use crate::paging::PageArguments;
use crate::requests::{ARN_CHARACTERS, machine_arn, started_by};
use crate::service::Shared;
use bytes::Bytes;
use stepwell_api::execution::{
    ExecutionListItem, ExecutionStatus, ListExecutionsRequest, ListExecutionsResponse,
};
use stepwell_api::{ApiError, ErrorCode, Violations, from_millis};
use stepwell_engine::Status;
use stepwell_ids::Qualifier;
use stepwell_partition::{ListedExecution, status_number};
use stepwell_storage::{ListPage, Listed};
use tonic::Request;

/// Entries that are looked at at once for those of a version or alias, and how often.
const CHUNK: usize = 256;
const CHUNKS: usize = 16;

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
    let named = machine_arn(&request.state_machine_arn, &namespace)?;
    let record = shared.catalog.machine(named.machine()).await.map_err(of_resource)?;
    let record = record.ok_or_else(|| no_state_machine(&named))?;
    let after = paging.position.as_ref().map(place_of).transpose()?;
    let (listed, next) =
        list(shared, &record.incarnation, named.qualifier(), filter, after, paging.size).await?;
    let next_token =
        next.map(|last| shared.next_token(&paging, &position_of(&last))).transpose()?;
    let executions = listed.into_iter().map(item).collect();
    Ok(ListExecutionsResponse { executions, next_token })
}

/// Up to `size` executions that were started by `qualifier`, all where there is none, and the last
/// entry that was looked at where more may follow. Few of them among many others may end a page
/// before it is full.
async fn list(
    shared: &Shared,
    incarnation: &[u8],
    qualifier: Option<&Qualifier>,
    status: Option<u8>,
    mut after: Option<(i64, Bytes)>,
    size: usize,
) -> Result<(Vec<ListedExecution>, Option<Listed>), ApiError> {
    let mut found = Vec::new();
    let chunk = if qualifier.is_some() { size.max(CHUNK) } else { size };
    for _ in 0..CHUNKS {
        // One more than is looked at tells whether another one follows.
        let page = ListPage { status, after: after.take(), limit: chunk.saturating_add(1) };
        let mut listed = shared.store.list_all(incarnation, &page).await.map_err(of_store)?;
        let more = listed.len() > chunk;
        listed.truncate(chunk);
        let mut left = listed.len();
        for entry in listed {
            left -= 1;
            let execution = ListedExecution::read(&entry);
            let execution = execution.map_err(|error| broken(error.to_string()))?;
            if was_started_by(&execution, qualifier) {
                found.push(execution);
            }
            let follows = more || left > 0;
            if found.len() == size || !follows {
                return Ok((found, follows.then_some(entry)));
            }
            after = (left == 0).then_some((entry.0, entry.1));
        }
        if after.is_none() {
            return Ok((found, None));
        }
    }
    Ok((found, after.map(|(sort_ms, key)| (sort_ms, key, Bytes::new()))))
}

fn was_started_by(execution: &ListedExecution, qualifier: Option<&Qualifier>) -> bool {
    match qualifier {
        None => true,
        Some(Qualifier::Version(number)) => execution.version == *number,
        Some(Qualifier::Alias(alias)) => execution.alias == alias.as_str(),
    }
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

fn item(listed: ListedExecution) -> ExecutionListItem {
    let machine = listed.arn.state_machine();
    let (state_machine_version_arn, state_machine_alias_arn) =
        started_by(machine, listed.version, &listed.alias);
    ExecutionListItem {
        execution_arn: listed.arn.to_string(),
        state_machine_arn: machine.to_string(),
        name: listed.arn.name().to_string(),
        status: status(listed.status).into(),
        start_date: Some(from_millis(listed.started_ms)),
        stop_date: listed.stopped_ms.map(from_millis),
        state_machine_version_arn,
        state_machine_alias_arn,
    }
}
