//! UpdateStateMachine: a change makes a new revision. The answer means that every later start,
//! on whatever node, uses it; so an update that changes nothing asks the nodes as well, since an
//! earlier call may have written the revision without hearing from all of them.

use crate::configuration::{self, check_encryption, check_values};
use crate::records::{Versioned, definition_hash, group, put, put_definition, state_machine_key};
use crate::requests::{
    ARN_CHARACTERS, check_definition, check_role, no_state_machine, state_machine_deleting,
};
use crate::retired::Retired;
use crate::service::Shared;
use crate::versions::{check_description, publish, put_version, version_arn};
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use stepwell_api::controlplane::{UpdateStateMachineRequest, UpdateStateMachineResponse};
use stepwell_api::internal::{LoggingRecord, Revision, StateMachineRecord};
use stepwell_api::{ApiError, ErrorCode, Violations, from_millis};
use stepwell_ids::{QualifiedMachineArn, StateMachineArn};
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
    // Versions and aliases are not updated (recorded).
    if arn.qualifier().is_some() || *arn.machine().namespace() != namespace {
        return Err(no_state_machine(&request.state_machine_arn));
    }
    let machine = arn.machine();
    let (revision, version) = settle(shared, machine, &request).await?;
    shared.confirmation.refresh(machine).await?;
    Ok(UpdateStateMachineResponse {
        update_date: Some(from_millis(revision.updated_ms)),
        revision_id: Some(revision.revision_id).filter(|id| !id.is_empty()),
        state_machine_version_arn: version.map(|number| version_arn(machine, number)),
    })
}

/// The revision that the state machine has from now on, and its version where one is asked for.
async fn settle(
    shared: &Shared,
    arn: &StateMachineArn,
    request: &UpdateStateMachineRequest,
) -> Result<(Revision, Option<u64>), ApiError> {
    let asked = Asked::new(request)?;
    for _ in 0..ATTEMPTS {
        let found = shared.records.state_machine(arn.namespace(), arn.name()).await?;
        let found = found.ok_or_else(|| no_state_machine(&request.state_machine_arn))?;
        if found.record.deleting {
            return Err(state_machine_deleting(arn));
        }
        let current = found.record.revision.clone().unwrap_or_default();
        let mut next = asked.applied_to(&current);
        let version = found.record.revision_version.filter(|_| request.publish);
        // Nothing to change; or it is the write of an earlier turn, whose answer was lost.
        if next == current && (version.is_some() || !request.publish) {
            return Ok((current, version));
        }
        let mut record = found.record.clone();
        if next != current {
            next.revision_id.clone_from(&asked.revision_id);
            next.updated_ms = shared.records.now_ms().await?.max(current.updated_ms);
            record.revision = Some(next.clone());
            record.revision_version = None;
        }
        if request.publish {
            shared.check_version_limit(arn, &found).await?;
        }
        let version = match revise(shared, arn, &found, record, request).await? {
            Some(version) => version,
            None => continue,
        };
        return Ok((next, version));
    }
    Err(gave_up(arn))
}

/// Writes the record, and a version of it where one is asked for, whose number it gives; none
/// where another write came first or the answer was lost.
async fn revise(
    shared: &Shared,
    arn: &StateMachineArn,
    found: &Versioned<StateMachineRecord>,
    mut record: StateMachineRecord,
    request: &UpdateStateMachineRequest,
) -> Result<Option<Option<u64>>, ApiError> {
    let mut version = None;
    if request.publish {
        let now_ms = shared.records.now_ms().await?;
        version = Some(publish(&mut record, request.version_description.clone(), now_ms));
    }
    let expect = Expect::Version(found.version);
    let text = |record: &StateMachineRecord| {
        record.revision.as_ref().map(|revision| revision.definition_hash.clone())
    };
    if let Some(before) = text(&found.record)
        && text(&record).as_ref() != Some(&before)
    {
        shared.retire(arn, &record.incarnation, &[Retired::Definition(before)]).await?;
    }
    let mut writes = vec![put(state_machine_key(arn.name()), expect, &record)];
    writes.extend(request.definition.iter().map(|it| put_definition(&definition_hash(it), it)));
    writes.extend(version.iter().map(|version| put_version(arn, version)));
    let settled = write(&*shared.records.store, &group(arn.namespace()), writes).await?;
    let number = version.map(|version| version.number);
    Ok((settled == Settled::Written).then_some(number))
}

/// What a call asks for.
struct Asked<'a> {
    request: &'a UpdateStateMachineRequest,
    definition_hash: Option<bytes::Bytes>,
    logging: Option<LoggingRecord>,
    /// Of the revision that it makes, if any.
    revision_id: String,
}

impl<'a> Asked<'a> {
    fn new(request: &'a UpdateStateMachineRequest) -> Result<Self, ApiError> {
        let logging = request.logging_configuration.as_ref();
        Ok(Self {
            request,
            definition_hash: request.definition.as_deref().map(definition_hash),
            logging: logging.map(configuration::logging).transpose()?,
            revision_id: Uuid::new_v4().to_string(),
        })
    }

    fn applied_to(&self, current: &Revision) -> Revision {
        let mut next = current.clone();
        next.definition_hash = self.definition_hash.clone().unwrap_or(next.definition_hash);
        next.role_arn = self.request.role_arn.clone().unwrap_or(next.role_arn);
        if let Some(logging) = &self.logging
            && *logging != current.logging.clone().unwrap_or_default()
        {
            next.logging = Some(logging.clone());
        }
        next.tracing = self.request.tracing_enabled.unwrap_or(next.tracing);
        next
    }
}

fn check(
    shared: &Shared,
    request: &UpdateStateMachineRequest,
) -> Result<QualifiedMachineArn, ApiError> {
    let (definition, role) = (request.definition.as_deref(), request.role_arn.as_deref());
    let (logging, encryption) =
        (request.logging_configuration.as_ref(), request.encryption_configuration.as_ref());
    let violations = Violations::new()
        .length("stateMachineArn", &request.state_machine_arn, 1, ARN_CHARACTERS)
        .optional_length("definition", definition, 1, shared.limits.definition_chars)
        .optional_length("roleArn", role, 1, ARN_CHARACTERS);
    check_values(violations, logging, encryption).finish()?;
    check_description(request.version_description.as_deref(), request.publish)?;
    let arn = QualifiedMachineArn::parse(&request.state_machine_arn)?;
    let nothing = definition.is_none() && role.is_none() && logging.is_none();
    if nothing && request.tracing_enabled.is_none() && encryption.is_none() {
        return Err(ApiError::new(ErrorCode::MissingRequiredParameter, NOTHING_GIVEN));
    }
    role.map_or(Ok(()), check_role)?;
    definition.map_or(Ok(()), |definition| check_definition(definition, None))?;
    check_encryption(encryption)?;
    Ok(arn)
}
