//! StartExecution: one commit of the owner, answered from it.

use crate::failure::{
    execution_exists, no_state_machine, of_resource, of_store, state_machine_deleting,
};
use crate::owner::{Failure, Repeat, forwarded, hop};
use crate::requests::{ARN_CHARACTERS, machine_arn};
use crate::service::Shared;
use std::sync::Arc;
use stepwell_api::execution::execution_service_client::ExecutionServiceClient;
use stepwell_api::execution::{StartExecutionRequest, StartExecutionResponse};
use stepwell_api::internal::StateMachineRecord;
use stepwell_api::{ApiError, ErrorCode, NamespaceMetadata as _, Violations, from_millis};
use stepwell_engine::Payload;
use stepwell_ids::{ExecutionArn, Name, Namespace, QualifiedMachineArn};
use stepwell_partition::{Action, Execution, Refused, Start, SubmitError, Waiter, group_of};
use stepwell_service_kit::Transport;
use tonic::{Request, Status};
use uuid::Uuid;

const REQUEST_ID_CHARACTERS: usize = 128;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<StartExecutionRequest>,
) -> Result<StartExecutionResponse, Failure> {
    let (hop, namespace) = (hop(request.metadata()), shared.namespace(request.metadata())?);
    let mut request = request.into_inner();
    check(shared, &request)?;
    let named = machine_arn(&request.state_machine_arn, &namespace)?;
    // From here on the call can be repeated: it has its name and its id.
    let name = request.name.get_or_insert_with(|| Uuid::new_v4().to_string());
    let machine = named.machine().clone();
    let arn = ExecutionArn::new(machine, Name::parse(name).map_err(ApiError::from)?);
    request.request_id.get_or_insert_with(|| Uuid::new_v4().to_string());
    shared
        .at_owner(
            &arn,
            hop,
            Repeat::Harmless,
            || async {
                let execution = NewExecution::of(&named, &request);
                Ok(answer(&arn, &*begin(shared, &arn, &execution).await?))
            },
            |owner| pass_on(owner, &namespace, request.clone()),
        )
        .await
}

fn check(shared: &Shared, request: &StartExecutionRequest) -> Result<(), ApiError> {
    let input = request.input.as_deref().unwrap_or_default();
    let (most, exceeded) = (shared.limits.payload, shared.limits.payload_exceeded(input));
    let request_id = request.request_id.as_deref();
    Violations::new()
        .length("stateMachineArn", &request.state_machine_arn, 1, ARN_CHARACTERS)
        .optional_length("name", request.name.as_deref(), 1, Name::MAX_CHARACTERS)
        .payload("input", input, most, exceeded)
        .optional_length("requestId", request_id, 1, REQUEST_ID_CHARACTERS)
        .finish()
}

async fn pass_on(
    owner: Transport,
    namespace: &Namespace,
    request: StartExecutionRequest,
) -> Result<StartExecutionResponse, Status> {
    let mut owner = ExecutionServiceClient::new(owner);
    Ok(owner.start_execution(forwarded(namespace.request(request))).await?.into_inner())
}

/// An execution to start.
pub(crate) struct NewExecution<'a> {
    /// The state machine, version or alias that it is started by.
    pub(crate) named: &'a QualifiedMachineArn,
    /// JSON text.
    pub(crate) input: Option<&'a str>,
    /// Names the call.
    pub(crate) request_id: String,
    /// The task that is to be told of the end.
    pub(crate) waiter: Option<Waiter>,
}

impl<'a> NewExecution<'a> {
    fn of(named: &'a QualifiedMachineArn, request: &'a StartExecutionRequest) -> Self {
        let request_id = request.request_id.clone().unwrap_or_default();
        Self { named, input: request.input.as_deref(), request_id, waiter: None }
    }
}

/// Starts the execution on this node, which owns its partition.
pub(crate) async fn begin(
    shared: &Shared,
    arn: &ExecutionArn,
    execution: &NewExecution<'_>,
) -> Result<Arc<Execution>, Failure> {
    let input = match execution.input {
        Some(text) => Payload::parse(text).map_err(|error| {
            let reason = match text {
                "" => "Invalid execution input.".to_owned(),
                text => error.in_service_words(text),
            };
            let message = format!("Invalid State Machine Execution Input: '{reason}'");
            ApiError::new(ErrorCode::InvalidExecutionInput, message)
        })?,
        None => Payload::default(),
    };
    let machine = startable(shared, arn).await?;
    admit(shared, arn).await?;
    let action = async |machine: &StateMachineRecord| {
        Ok::<_, ApiError>(Action::Start(Box::new(Start {
            input: input.clone(),
            request_id: execution.request_id.clone(),
            incarnation: machine.incarnation.clone(),
            revision: shared.revision_to_start(execution.named, machine).await?,
            waiter: execution.waiter.clone(),
        })))
    };
    let mut started = shared.node.submit(arn, action(&machine).await?).await;
    if let Err(SubmitError::Refused(Refused::Gated)) = started {
        // The incarnation was closed meanwhile; there may be a new one by now.
        shared.catalog.refresh(&arn.state_machine().to_string());
        let now = startable(shared, arn).await?;
        if now.incarnation == machine.incarnation {
            return Err(state_machine_deleting(arn.state_machine()).into());
        }
        started = shared.node.submit(arn, action(&now).await?).await;
    }
    match started {
        Ok(execution) => Ok(execution),
        Err(SubmitError::Refused(Refused::Gated)) => {
            Err(state_machine_deleting(arn.state_machine()).into())
        }
        Err(SubmitError::Refused(_)) => Err(execution_exists(arn).into()),
        Err(error) => Err(error.into()),
    }
}

/// The state machine, where it starts executions.
async fn startable(
    shared: &Shared,
    arn: &ExecutionArn,
) -> Result<Arc<StateMachineRecord>, ApiError> {
    let machine = arn.state_machine();
    let record = shared.catalog.machine(machine).await.map_err(of_resource)?;
    let record = record.ok_or_else(|| no_state_machine(machine))?;
    if record.deleting { Err(state_machine_deleting(machine)) } else { Ok(record) }
}

/// Holds the namespace to its number of open executions. An execution that is there already is
/// not another one.
async fn admit(shared: &Shared, arn: &ExecutionArn) -> Result<(), ApiError> {
    let group = group_of(arn.state_machine().namespace());
    let most = shared.limits.open_executions;
    let admits = shared.open.admits(&*shared.store, &group, most).await.map_err(of_store)?;
    if admits || matches!(shared.node.read(arn).await, Ok(Some(_))) {
        return Ok(());
    }
    let message = format!("The account has {most} open executions, as many as it may.");
    Err(ApiError::new(ErrorCode::ExecutionLimitExceeded, message))
}

fn answer(arn: &ExecutionArn, execution: &Execution) -> StartExecutionResponse {
    StartExecutionResponse {
        execution_arn: arn.to_string(),
        start_date: Some(from_millis(execution.snapshot().root().started_ms)),
    }
}
