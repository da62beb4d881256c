//! CreateStateMachine: idempotent by name and by the text of the definition, the one that the name
//! was created with, so that a call can be repeated whatever happened since, or the current one.
//! A role that differs is ignored, as today's service does.

use crate::records::{
    STATE_MACHINES, definition_hash, group, put, put_definition, state_machine_key,
};
use crate::requests::{ARN_CHARACTERS, check_definition, check_role, state_machine_deleting};
use crate::service::Shared;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use bytes::Bytes;
use stepwell_api::controlplane::{CreateStateMachineRequest, CreateStateMachineResponse};
use stepwell_api::internal::{Revision, StateMachineRecord};
use stepwell_api::{ApiError, ErrorCode, Violations, from_millis};
use stepwell_ids::{Name, StateMachineArn};
use stepwell_storage::Expect;
use tonic::Request;
use uuid::Uuid;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<CreateStateMachineRequest>,
) -> Result<CreateStateMachineResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    let name = check(shared, &request)?;
    let arn = StateMachineArn::new(namespace, name);
    let record = new_record(&request, shared.records.now_ms().await?);
    for _ in 0..ATTEMPTS {
        match shared.records.state_machine(arn.namespace(), arn.name()).await? {
            // The answer of an earlier turn's write was lost.
            Some(found) if found.record.incarnation == record.incarnation => {
                return Ok(created(&arn, &record));
            }
            Some(found) if found.record.deleting => {
                if !shared.finish_deletion(&arn, &found).await.unwrap_or(false) {
                    return Err(state_machine_deleting(&arn));
                }
            }
            Some(found) if has_definition(&found.record, &record.created_definition) => {
                return Ok(created(&arn, &found.record));
            }
            Some(_) => {
                let message = format!("State Machine Already Exists: '{arn}'");
                return Err(ApiError::new(ErrorCode::StateMachineAlreadyExists, message));
            }
            None => {
                check_limit(shared, &arn).await?;
                let key = state_machine_key(arn.name());
                let writes = vec![
                    put_definition(&record.created_definition, &request.definition),
                    put(key, Expect::Absent, &record),
                ];
                let group = group(arn.namespace());
                if write(&*shared.records.store, &group, writes).await? == Settled::Written {
                    return Ok(created(&arn, &record));
                }
            }
        }
    }
    Err(gave_up(&arn))
}

fn check(shared: &Shared, request: &CreateStateMachineRequest) -> Result<Name, ApiError> {
    Violations::new()
        .length("name", &request.name, 1, Name::MAX_CHARACTERS)
        .length("definition", &request.definition, 1, shared.limits.definition_chars)
        .length("roleArn", &request.role_arn, 1, ARN_CHARACTERS)
        .one_of("type", request.r#type.as_deref(), &["STANDARD", "EXPRESS"])
        .finish()?;
    let name = Name::parse(&request.name)?;
    check_role(&request.role_arn)?;
    if request.r#type.as_deref() == Some("EXPRESS") {
        let message = "This operation is not supported by this type of state machine";
        return Err(ApiError::new(ErrorCode::StateMachineTypeNotSupported, message));
    }
    check_definition(&request.definition)?;
    Ok(name)
}

fn has_definition(found: &StateMachineRecord, hash: &Bytes) -> bool {
    let current = found.revision.as_ref().map(|revision| &revision.definition_hash);
    found.created_definition == *hash || current == Some(hash)
}

async fn check_limit(shared: &Shared, arn: &StateMachineArn) -> Result<(), ApiError> {
    let most = shared.limits.state_machines;
    if shared.records.count(arn.namespace(), STATE_MACHINES).await? < most {
        return Ok(());
    }
    let message = format!("State Machine Limit Exceeded: 'an account may have {most} a region'");
    Err(ApiError::new(ErrorCode::StateMachineLimitExceeded, message))
}

fn new_record(request: &CreateStateMachineRequest, now_ms: i64) -> StateMachineRecord {
    let hash = definition_hash(&request.definition);
    let revision = Revision {
        definition_hash: hash.clone(),
        role_arn: request.role_arn.clone(),
        updated_ms: now_ms,
        revision_id: String::new(),
    };
    StateMachineRecord {
        incarnation: Bytes::copy_from_slice(Uuid::new_v4().as_bytes()),
        name: request.name.clone(),
        revision: Some(revision),
        created_ms: now_ms,
        deleting: false,
        created_definition: hash,
    }
}

fn created(arn: &StateMachineArn, record: &StateMachineRecord) -> CreateStateMachineResponse {
    CreateStateMachineResponse {
        state_machine_arn: arn.to_string(),
        creation_date: Some(from_millis(record.created_ms)),
    }
}
