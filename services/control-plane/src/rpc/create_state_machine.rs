//! CreateStateMachine: idempotent by name and by the text of the definition and the settings, those
//! that the name was created with, so that a call can be repeated whatever happened since, or the
//! current ones. A role or tags that differ are ignored, as today's service does.

use crate::configuration::{self, check_encryption, check_values};
use crate::records::{
    STATE_MACHINES, definition_hash, group, put, put_definition, state_machine_key,
};
use crate::requests::{ARN_CHARACTERS, check_definition, check_role, state_machine_deleting};
use crate::service::Shared;
use crate::tags;
use crate::versions::{check_description, publish, put_version, version_arn};
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use bytes::Bytes;
use stepwell_api::controlplane::{CreateStateMachineRequest, CreateStateMachineResponse};
use stepwell_api::internal::{
    CreationSettings, Revision, StateMachineRecord, StateMachineVersionRecord,
};
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
    let (record, version) = new_record(&request, shared.records.now_ms().await?)?;
    let answer = settle(shared, &arn, &request.definition, (&record, version.as_ref())).await?;
    // Nodes may know one of this name whose deletion ended before it could tell them.
    shared.confirmation.refresh(&arn).await?;
    Ok(answer)
}

async fn settle(
    shared: &Shared,
    arn: &StateMachineArn,
    definition: &str,
    (record, version): (&StateMachineRecord, Option<&StateMachineVersionRecord>),
) -> Result<CreateStateMachineResponse, ApiError> {
    for _ in 0..ATTEMPTS {
        match shared.records.state_machine(arn.namespace(), arn.name()).await? {
            // The answer of an earlier turn's write was lost.
            Some(found) if found.record.incarnation == record.incarnation => {
                return Ok(created(arn, record));
            }
            Some(found) if found.record.deleting => {
                if !shared.finish_deletion(arn, &found).await.unwrap_or(false) {
                    return Err(state_machine_deleting(arn));
                }
            }
            Some(found) if is_same(&found.record, record) => {
                return Ok(created(arn, &found.record));
            }
            Some(_) => {
                let message = format!("State Machine Already Exists: '{arn}'");
                return Err(ApiError::new(ErrorCode::StateMachineAlreadyExists, message));
            }
            None => {
                check_limit(shared, arn).await?;
                let key = state_machine_key(arn.name());
                let mut writes = vec![
                    put_definition(&record.created_definition, definition),
                    put(key, Expect::Absent, record),
                ];
                writes.extend(version.iter().map(|version| put_version(arn, version)));
                let group = group(arn.namespace());
                if write(&*shared.records.store, &group, writes).await? == Settled::Written {
                    return Ok(created(arn, record));
                }
            }
        }
    }
    Err(gave_up(arn))
}

fn check(shared: &Shared, request: &CreateStateMachineRequest) -> Result<Name, ApiError> {
    let violations = Violations::new()
        .length("name", &request.name, 1, Name::MAX_CHARACTERS)
        .length("definition", &request.definition, 1, shared.limits.definition_chars)
        .length("roleArn", &request.role_arn, 1, ARN_CHARACTERS)
        .one_of("type", request.r#type.as_deref(), &["STANDARD", "EXPRESS"]);
    let (logging, encryption) =
        (request.logging_configuration.as_ref(), request.encryption_configuration.as_ref());
    let violations = check_values(violations, logging, encryption);
    tags::check_values(violations, &request.tags).finish()?;
    check_description(request.version_description.as_deref(), request.publish)?;
    let name = Name::parse(&request.name)?;
    check_role(&request.role_arn)?;
    check_definition(&request.definition, request.r#type.as_deref())?;
    check_encryption(encryption)?;
    tags::check_count(&request.tags, shared.limits.tags)?;
    Ok(name)
}

/// Whether a call that would make `new` is the one that made `found`, or asks for what it is now.
fn is_same(found: &StateMachineRecord, new: &StateMachineRecord) -> bool {
    let asked = new.created_with.clone().unwrap_or_default();
    let as_created = found.created_definition == new.created_definition
        && found.created_with.clone().unwrap_or_default() == asked;
    let current = found.revision.clone().unwrap_or_default();
    let as_now = current.definition_hash == new.created_definition
        && current.logging.unwrap_or_default() == asked.logging.unwrap_or_default()
        && current.tracing == asked.tracing
        && !asked.publish;
    as_created || as_now
}

async fn check_limit(shared: &Shared, arn: &StateMachineArn) -> Result<(), ApiError> {
    let most = shared.limits.state_machines;
    if shared.records.count(arn.namespace(), STATE_MACHINES).await? < most {
        return Ok(());
    }
    let message = format!("State Machine Limit Exceeded: 'an account may have {most} a region'");
    Err(ApiError::new(ErrorCode::StateMachineLimitExceeded, message))
}

fn new_record(
    request: &CreateStateMachineRequest,
    now_ms: i64,
) -> Result<(StateMachineRecord, Option<StateMachineVersionRecord>), ApiError> {
    let hash = definition_hash(&request.definition);
    let logging = request.logging_configuration.as_ref().map(configuration::logging).transpose()?;
    let tracing = request.tracing_enabled.unwrap_or_default();
    let revision = Revision {
        definition_hash: hash.clone(),
        role_arn: request.role_arn.clone(),
        updated_ms: now_ms,
        logging: logging.clone(),
        tracing,
        ..Revision::default()
    };
    let settings = CreationSettings {
        logging,
        tracing,
        publish: request.publish,
        version_description: request.version_description.clone(),
    };
    let mut record = StateMachineRecord {
        incarnation: Bytes::copy_from_slice(Uuid::new_v4().as_bytes()),
        name: request.name.clone(),
        revision: Some(revision),
        created_ms: now_ms,
        created_definition: hash,
        created_with: Some(settings),
        tags: tags::merged(&[], &request.tags),
        ..StateMachineRecord::default()
    };
    let description = request.version_description.clone();
    let version = request.publish.then(|| publish(&mut record, description, now_ms));
    Ok((record, version))
}

/// A version that was published with a state machine is its first.
fn created(arn: &StateMachineArn, record: &StateMachineRecord) -> CreateStateMachineResponse {
    let publish = record.created_with.as_ref().is_some_and(|settings| settings.publish);
    CreateStateMachineResponse {
        state_machine_arn: arn.to_string(),
        creation_date: Some(from_millis(record.created_ms)),
        state_machine_version_arn: publish.then(|| version_arn(arn, 1)),
    }
}
