//! StartTask: records that a delivery takes a task, and gives what its worker needs.

use crate::failure::{broken, of_read};
use crate::owner::{Failure, Repeat, forwarded, hop};
use crate::service::Shared;
use crate::task::Task;
use bytes::Bytes;
use std::sync::Arc;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_api::internal::{StartTaskRequest, StartTaskResponse, StartedTask};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_engine::{Refusal, Trigger};
use stepwell_partition::{Action, Execution, Refused, SubmitError};
use stepwell_service_kit::Transport;
use tonic::{Request, Status};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<StartTaskRequest>,
) -> Result<StartTaskResponse, Failure> {
    let hop = hop(request.metadata());
    let request = request.into_inner();
    let task = Task::of_node(&request.task.clone().unwrap_or_default())?;
    let trigger = trigger(&task, &request)?;
    shared
        .at_owner(
            &task.arn,
            hop,
            Repeat::Harmless,
            || start(shared, &task, &trigger, request.given),
            |owner| pass_on(owner, request.clone()),
        )
        .await
}

fn trigger(task: &Task, request: &StartTaskRequest) -> Result<Trigger, ApiError> {
    let number = |bytes: &Bytes, what: &str| {
        bytes.as_ref().try_into().map(u128::from_be_bytes).map_err(|_| {
            let message = format!("{what} must have 16 bytes, it has {}", bytes.len());
            ApiError::new(ErrorCode::ValidationException, message)
        })
    };
    let delivery_id = number(&request.delivery_id, "delivery_id")?;
    let (task, worker_name) = (task.attempt, request.worker_name.as_deref().map(Arc::from));
    if request.failed_delivery_id.is_empty() {
        return Ok(Trigger::TaskStarted { task, delivery_id, worker_name });
    }
    let failed_delivery_id = number(&request.failed_delivery_id, "failed_delivery_id")?;
    Ok(Trigger::TaskRedelivered { task, failed_delivery_id, delivery_id, worker_name })
}

async fn pass_on(owner: Transport, request: StartTaskRequest) -> Result<StartTaskResponse, Status> {
    let mut owner = PartitionServiceClient::new(owner);
    Ok(owner.start_task(forwarded(Request::new(request))).await?.into_inner())
}

async fn start(
    shared: &Shared,
    task: &Task,
    trigger: &Trigger,
    given: bool,
) -> Result<StartTaskResponse, Failure> {
    let (run_id, trigger) = (task.run_id, trigger.clone());
    let action = match given {
        true => Action::StartGiven { run_id, trigger },
        false => Action::Trigger { run_id: Some(run_id), trigger },
    };
    match shared.node.submit(&task.arn, action).await {
        Ok(execution) => {
            let started = started(shared, task, &execution)?;
            Ok(StartTaskResponse { started, taken_by: Bytes::new() })
        }
        Err(SubmitError::Refused(Refused::Trigger(Refusal::AlreadyStarted))) => {
            let taken_by = taken_by(shared, task).await?;
            Ok(StartTaskResponse { started: None, taken_by })
        }
        // Whatever the reason, this delivery has nothing to do.
        Err(SubmitError::Refused(_)) => Ok(StartTaskResponse::default()),
        Err(error) => Err(error.into()),
    }
}

/// The delivery that the attempt was started with.
async fn taken_by(shared: &Shared, task: &Task) -> Result<Bytes, ApiError> {
    let execution = shared.node.read(&task.arn).await.map_err(of_read)?;
    let execution = execution.filter(|found| found.origin().run_id == task.run_id);
    let started = execution.as_ref().and_then(|execution| {
        let (_, attempt) = execution.snapshot().attempt(task.attempt.scheduled_event)?;
        attempt.started.as_ref()
    });
    let bytes = started.map(|started| started.delivery_id.to_be_bytes());
    Ok(bytes.map_or_else(Bytes::new, |bytes| Bytes::copy_from_slice(&bytes)))
}

fn started(
    shared: &Shared,
    task: &Task,
    execution: &Execution,
) -> Result<Option<StartedTask>, ApiError> {
    let Some((_, attempt)) = execution.snapshot().attempt(task.attempt.scheduled_event) else {
        return Ok(None);
    };
    let sealed = task.token().seal(&shared.keys);
    let task_token = sealed.map_err(|_| broken("there is no key for task tokens".to_owned()))?;
    Ok(Some(StartedTask {
        task_token,
        input: attempt.schedule.input.text().to_owned(),
        resource: attempt.schedule.worker.arn.as_ref().to_owned(),
        timeout_seconds: attempt.schedule.timeout_seconds.map(i64::from),
    }))
}
