//! ReportTask: the end of a task, or a sign of life, under the task's token.

use crate::owner::{Failure, Repeat, forwarded, hop};
use crate::service::Shared;
use crate::task::{Task, no_task, task_timed_out};
use std::sync::Arc;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{
    ReportTaskRequest, ReportTaskResponse, TaskFailureKind, TaskReporter,
};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_engine::{Payload, Refusal, TaskFailure, TaskRef, Trigger};
use stepwell_partition::{Action, Refused, SubmitError};
use stepwell_service_kit::Transport;
use stepwell_service_kit::tokens::TaskToken;
use tonic::{Request, Status};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ReportTaskRequest>,
) -> Result<ReportTaskResponse, Failure> {
    let hop = hop(request.metadata());
    let request = request.into_inner();
    let token = TaskToken::open(&shared.keys, &request.task_token).map_err(ApiError::from)?;
    let task = Task::of_token(&token).ok_or_else(no_task)?;
    let trigger = trigger(task.attempt, &request)?;
    let repeat = match &trigger {
        Trigger::TaskHeartbeat { .. } | Trigger::CallAlive { .. } => Repeat::Harmless,
        _ => Repeat::Refused,
    };
    shared
        .at_owner(
            &task.arn,
            hop,
            repeat,
            || report(shared, &task, &trigger),
            |owner| pass_on(owner, request.clone()),
        )
        .await
}

fn trigger(task: TaskRef, request: &ReportTaskRequest) -> Result<Trigger, ApiError> {
    let is_caller = request.reporter() == TaskReporter::Caller;
    match &request.report {
        Some(Report::Output(text)) => {
            let output = Payload::parse(text.as_str()).map_err(|error| {
                let message = format!("Invalid Output: '{error}'");
                ApiError::new(ErrorCode::InvalidOutput, message)
            })?;
            Ok(if is_caller {
                Trigger::CallAnswered { task, output }
            } else {
                Trigger::TaskSucceeded { task, output }
            })
        }
        Some(Report::Failure(report)) => {
            let failure = match report.kind() {
                TaskFailureKind::Unspecified | TaskFailureKind::Failed => TaskFailure::Failed,
                TaskFailureKind::ScheduleFailed => TaskFailure::ScheduleFailed,
                TaskFailureKind::StartFailed => TaskFailure::StartFailed,
                TaskFailureKind::TimedOut => TaskFailure::TimedOut,
            };
            let error = report.error.as_deref().map(Arc::from);
            let cause = report.cause.as_deref().map(Arc::from);
            Ok(if is_caller {
                Trigger::CallFailed { task, failure, error, cause }
            } else {
                Trigger::TaskFailed { task, failure, error, cause }
            })
        }
        Some(Report::Heartbeat(_)) if is_caller => Ok(Trigger::CallAlive { task }),
        Some(Report::Heartbeat(_)) => Ok(Trigger::TaskHeartbeat { task }),
        None => {
            let message = "the request reports nothing";
            Err(ApiError::new(ErrorCode::ValidationException, message))
        }
    }
}

async fn pass_on(
    owner: Transport,
    request: ReportTaskRequest,
) -> Result<ReportTaskResponse, Status> {
    let mut owner = PartitionServiceClient::new(owner);
    Ok(owner.report_task(forwarded(Request::new(request))).await?.into_inner())
}

async fn report(
    shared: &Shared,
    task: &Task,
    trigger: &Trigger,
) -> Result<ReportTaskResponse, Failure> {
    let action = Action::Trigger { run_id: Some(task.run_id), trigger: trigger.clone() };
    match shared.node.submit(&task.arn, action).await {
        Ok(_) => Ok(ReportTaskResponse {}),
        Err(SubmitError::Refused(
            Refused::Absent | Refused::Trigger(Refusal::TaskDoesNotExist | Refusal::NotStarted),
        )) => Err(no_task().into()),
        Err(SubmitError::Refused(_)) => Err(task_timed_out().into()),
        Err(error) => Err(error.into()),
    }
}
