//! DeleteStateMachineAlias: every execution node forgets it before the answer.

use crate::records::{alias_key, group};
use crate::requests::alias_arn;
use crate::service::Shared;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use stepwell_api::ApiError;
use stepwell_api::controlplane::{DeleteStateMachineAliasRequest, DeleteStateMachineAliasResponse};
use stepwell_ids::{AliasName, StateMachineArn};
use stepwell_storage::{ControlChange, ControlWrite, Expect};
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DeleteStateMachineAliasRequest>,
) -> Result<DeleteStateMachineAliasResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let (arn, name) = alias_arn(&request.into_inner().state_machine_alias_arn)?;
    if *arn.machine().namespace() == namespace {
        remove(shared, arn.machine(), &name).await?;
        shared.confirmation.refresh(&arn).await?;
    }
    Ok(DeleteStateMachineAliasResponse {})
}

async fn remove(
    shared: &Shared,
    machine: &StateMachineArn,
    name: &AliasName,
) -> Result<(), ApiError> {
    for _ in 0..ATTEMPTS {
        let Some(found) = shared.records.alias(machine, name).await? else { return Ok(()) };
        let (key, expect) = (alias_key(machine.name(), name), Expect::Version(found.version));
        let remove = ControlWrite { key, expect: Some(expect), change: ControlChange::Delete };
        let group = group(machine.namespace());
        if write(&*shared.records.store, &group, vec![remove]).await? == Settled::Written {
            return Ok(());
        }
    }
    Err(gave_up(machine))
}
