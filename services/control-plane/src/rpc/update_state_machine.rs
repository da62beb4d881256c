//! UpdateStateMachine: a change makes a new revision. The answer means that every later start,
//! on whatever node, uses it; so an update that changes nothing asks the nodes as well, since an
//! earlier call may have written the revision without hearing from all of them.

use crate::records::{Versioned, definition_hash, group, put, put_definition, state_machine_key};
use crate::requests::{
    ARN_CHARACTERS, check_definition, check_role, no_state_machine, state_machine_deleting,
};
use crate::service::Shared;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use bytes::Bytes;
use stepwell_api::controlplane::{UpdateStateMachineRequest, UpdateStateMachineResponse};
use stepwell_api::internal::{Revision, StateMachineRecord};
use stepwell_api::{ApiError, ErrorCode, Violations, from_millis};
use stepwell_ids::StateMachineArn;
use stepwell_storage::Expect;
use tonic::Request;
use uuid::Uuid;

const NOTHING_GIVEN: &str = "Either the definition, the role ARN, the LoggingConfiguration, or \
                             the TracingConfiguration must be specified";

pub(crate) async fn call(
    shared: &Shared,
    request: Request<UpdateStateMachineRequest>,
) -> Result<UpdateStateMachineResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    let arn = check(shared, &request)?;
    if *arn.namespace() != namespace {
        return Err(no_state_machine(&request.state_machine_arn));
    }
    let revision = settle(shared, &arn, &request).await?;
    shared.confirmation.refresh(&arn).await?;
    Ok(UpdateStateMachineResponse {
        update_date: Some(from_millis(revision.updated_ms)),
        revision_id: Some(revision.revision_id).filter(|id| !id.is_empty()),
    })
}

/// The revision that the state machine has from now on.
async fn settle(
    shared: &Shared,
    arn: &StateMachineArn,
    request: &UpdateStateMachineRequest,
) -> Result<Revision, ApiError> {
    let hash = request.definition.as_deref().map(definition_hash);
    let revision_id = Uuid::new_v4().to_string();
    for _ in 0..ATTEMPTS {
        let found = shared.records.state_machine(arn.namespace(), arn.name()).await?;
        let found = found.ok_or_else(|| no_state_machine(&request.state_machine_arn))?;
        if found.record.deleting {
            return Err(state_machine_deleting(arn));
        }
        let current = found.record.revision.clone().unwrap_or_default();
        let mut next = current.clone();
        next.definition_hash = hash.clone().unwrap_or(next.definition_hash);
        next.role_arn = request.role_arn.clone().unwrap_or(next.role_arn);
        // Nothing to change; or it is the write of an earlier turn, whose answer was lost.
        if next == current {
            return Ok(current);
        }
        next.revision_id.clone_from(&revision_id);
        next.updated_ms = shared.records.now_ms().await?.max(current.updated_ms);
        if revise(shared, arn, found, &next, request, hash.as_ref()).await? == Settled::Written {
            return Ok(next);
        }
    }
    Err(gave_up(arn))
}

async fn revise(
    shared: &Shared,
    arn: &StateMachineArn,
    found: Versioned<StateMachineRecord>,
    revision: &Revision,
    request: &UpdateStateMachineRequest,
    hash: Option<&Bytes>,
) -> Result<Settled, ApiError> {
    let record = StateMachineRecord { revision: Some(revision.clone()), ..found.record };
    let expect = Expect::Version(found.version);
    let mut writes = vec![put(state_machine_key(arn.name()), expect, &record)];
    if let (Some(hash), Some(text)) = (hash, &request.definition) {
        writes.push(put_definition(hash, text));
    }
    write(&*shared.records.store, &group(arn.namespace()), writes).await
}

fn check(
    shared: &Shared,
    request: &UpdateStateMachineRequest,
) -> Result<StateMachineArn, ApiError> {
    let (definition, role) = (request.definition.as_deref(), request.role_arn.as_deref());
    Violations::new()
        .length("stateMachineArn", &request.state_machine_arn, 1, ARN_CHARACTERS)
        .optional_length("definition", definition, 1, shared.limits.definition_chars)
        .optional_length("roleArn", role, 1, ARN_CHARACTERS)
        .finish()?;
    let arn = StateMachineArn::parse(&request.state_machine_arn)?;
    if definition.is_none() && role.is_none() {
        return Err(ApiError::new(ErrorCode::MissingRequiredParameter, NOTHING_GIVEN));
    }
    role.map_or(Ok(()), check_role)?;
    definition.map_or(Ok(()), check_definition)?;
    Ok(arn)
}
