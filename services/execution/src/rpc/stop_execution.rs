//! StopExecution: ends an open execution; a closed one keeps its end.

use crate::failure::{no_execution, of_read};
use crate::owner::{Failure, Repeat, forwarded, hop};
use crate::requests::execution_arn;
use crate::service::Shared;
use std::sync::Arc;
use stepwell_api::execution::execution_service_client::ExecutionServiceClient;
use stepwell_api::execution::{StopExecutionRequest, StopExecutionResponse};
use stepwell_api::{NamespaceMetadata as _, Violations, from_millis};
use stepwell_engine::{Refusal, Trigger};
use stepwell_ids::{ExecutionArn, Namespace};
use stepwell_partition::{Action, Refused, SubmitError};
use stepwell_service_kit::Transport;
use tonic::{Request, Status};

pub(crate) async fn call(
    shared: &Shared,
    request: Request<StopExecutionRequest>,
) -> Result<StopExecutionResponse, Failure> {
    let (hop, namespace) = (hop(request.metadata()), shared.namespace(request.metadata())?);
    let request = request.into_inner();
    Violations::new()
        .optional_length("error", request.error.as_deref(), 0, shared.limits.error_chars)
        .optional_length("cause", request.cause.as_deref(), 0, shared.limits.cause_chars)
        .finish()?;
    let arn = execution_arn(&request.execution_arn, &namespace)?;
    shared
        .at_owner(
            &arn,
            hop,
            Repeat::Harmless,
            || stop(shared, &arn, &request),
            |owner| pass_on(owner, &namespace, request.clone()),
        )
        .await
}

async fn pass_on(
    owner: Transport,
    namespace: &Namespace,
    request: StopExecutionRequest,
) -> Result<StopExecutionResponse, Status> {
    let mut owner = ExecutionServiceClient::new(owner);
    Ok(owner.stop_execution(forwarded(namespace.request(request))).await?.into_inner())
}

async fn stop(
    shared: &Shared,
    arn: &ExecutionArn,
    request: &StopExecutionRequest,
) -> Result<StopExecutionResponse, Failure> {
    let (error, cause) = (request.error.as_deref(), request.cause.as_deref());
    let trigger = Trigger::Abort { error: error.map(Arc::from), cause: cause.map(Arc::from) };
    let absent = || no_execution(&request.execution_arn);
    let stopped = match shared.node.submit(arn, Action::Trigger { run_id: None, trigger }).await {
        Ok(stopped) => stopped,
        Err(SubmitError::Refused(Refused::Trigger(Refusal::Closed))) => {
            shared.node.read(arn).await.map_err(of_read)?.ok_or_else(absent)?
        }
        Err(SubmitError::Refused(_)) => return Err(absent().into()),
        Err(error) => return Err(error.into()),
    };
    let stopped_ms = stopped.snapshot().root().stopped_ms;
    Ok(StopExecutionResponse { stop_date: stopped_ms.map(from_millis) })
}
