//! StartNested: the start of an execution for a task of another one, by its request id once.

use super::start_execution::{NewExecution, begin};
use crate::failure::of_read;
use crate::nested::task_of;
use crate::owner::{Failure, Hop, Repeat, forwarded, hop};
use crate::requests::{ARN_CHARACTERS, machine_arn};
use crate::service::Shared;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_api::internal::{StartNestedRequest, StartNestedResponse};
use stepwell_api::{ApiError, Violations};
use stepwell_ids::{ExecutionArn, Name, Namespace};
use stepwell_partition::{ChildReport, Waiter, decode_form};
use stepwell_service_kit::{MAX_MESSAGE_BYTES, Transport};
use tonic::{Request, Status};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<StartNestedRequest>,
) -> Result<StartNestedResponse, Failure> {
    let hop = hop(request.metadata());
    start(shared, hop, request.get_ref()).await
}

/// Has the owner of the child's partition start it.
pub(crate) async fn start(
    shared: &Shared,
    hop: Hop,
    request: &StartNestedRequest,
) -> Result<StartNestedResponse, Failure> {
    let task = task_of(request.task.as_ref())?;
    let region = task.arn.state_machine().namespace().region.clone();
    let namespace = Namespace { account: request.account.clone(), region };
    let (most, exceeded) = (shared.limits.payload, shared.limits.payload_exceeded(&request.input));
    Violations::new()
        .length("stateMachineArn", &request.state_machine_arn, 1, ARN_CHARACTERS)
        .length("name", &request.name, 1, Name::MAX_CHARACTERS)
        .payload("input", &request.input, most, exceeded)
        .finish()?;
    let named = machine_arn(&request.state_machine_arn, &namespace)?;
    let machine = named.machine().clone();
    let arn = ExecutionArn::new(machine, Name::parse(&request.name).map_err(ApiError::from)?);
    let form = decode_form(request.form());
    let execution = NewExecution {
        named: &named,
        input: Some(&request.input),
        request_id: task.request_id(),
        waiter: form.map(|form| Waiter::new(task.clone(), form)),
    };
    shared
        .at_owner(
            &arn,
            hop,
            Repeat::Harmless,
            || async {
                let child = match begin(shared, &arn, &execution).await {
                    // What it was started by may have gone since the first call.
                    Err(Failure::Error(error)) => {
                        let found = shared.node.read(&arn).await.map_err(of_read)?;
                        found.filter(|found| found.is_child_of(&task)).ok_or(error)?
                    }
                    child => child?,
                };
                let report = Some(ChildReport::new(&child, form).into());
                Ok(StartNestedResponse { report })
            },
            |owner| pass_on(owner, request.clone()),
        )
        .await
}

async fn pass_on(
    owner: Transport,
    request: StartNestedRequest,
) -> Result<StartNestedResponse, Status> {
    let mut owner = PartitionServiceClient::new(owner)
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    Ok(owner.start_nested(forwarded(Request::new(request))).await?.into_inner())
}
