//! ReportNested: tells a task about its child.

use crate::nested::{report_of, task_of};
use crate::owner::{Failure, Hop, Repeat, forwarded, hop};
use crate::service::Shared;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_api::internal::{ReportNestedRequest, ReportNestedResponse};
use stepwell_engine::Trigger;
use stepwell_partition::{Action, RemoteTask, SubmitError};
use stepwell_service_kit::{MAX_MESSAGE_BYTES, Transport};
use tonic::{Request, Status};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<ReportNestedRequest>,
) -> Result<ReportNestedResponse, Failure> {
    let hop = hop(request.metadata());
    report(shared, hop, request.get_ref()).await
}

/// Has the owner of the task's partition take the report.
pub(crate) async fn report(
    shared: &Shared,
    hop: Hop,
    request: &ReportNestedRequest,
) -> Result<ReportNestedResponse, Failure> {
    let task = task_of(request.task.as_ref())?;
    let trigger = report_of(request.report.clone())?.trigger(task.task);
    shared
        .at_owner(
            &task.arn,
            hop,
            Repeat::Harmless,
            || take(shared, &task, &trigger),
            |owner| pass_on(owner, request.clone()),
        )
        .await
}

async fn pass_on(
    owner: Transport,
    request: ReportNestedRequest,
) -> Result<ReportNestedResponse, Status> {
    let mut owner = PartitionServiceClient::new(owner).max_encoding_message_size(MAX_MESSAGE_BYTES);
    Ok(owner.report_nested(forwarded(Request::new(request))).await?.into_inner())
}

async fn take(
    shared: &Shared,
    task: &RemoteTask,
    trigger: &Trigger,
) -> Result<ReportNestedResponse, Failure> {
    let action = Action::Trigger { run_id: Some(task.run_id), trigger: trigger.clone() };
    match shared.node.submit(&task.arn, action).await {
        // Where it is refused the task has ended.
        Ok(_) | Err(SubmitError::Refused(_)) => Ok(ReportNestedResponse {}),
        Err(error) => Err(error.into()),
    }
}
