//! CreateStateMachineAlias: idempotent by all of its members.

use crate::aliases::{self, missing};
use crate::records::{alias_key, aliases_of, group, put, state_machine_key};
use crate::requests::state_machine_deleting;
use crate::service::Shared;
use crate::versions::DESCRIPTION_CHARACTERS;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use stepwell_api::controlplane::{CreateStateMachineAliasRequest, CreateStateMachineAliasResponse};
use stepwell_api::internal::StateMachineAliasRecord;
use stepwell_api::{ApiError, ErrorCode, Violations, from_millis};
use stepwell_ids::{AliasName, QualifiedMachineArn, StateMachineArn};
use stepwell_storage::Expect;
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<CreateStateMachineAliasRequest>,
) -> Result<CreateStateMachineAliasResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    let violations = Violations::new()
        .length("name", &request.name, 1, AliasName::MAX_CHARACTERS)
        .optional_length("description", request.description.as_deref(), 0, DESCRIPTION_CHARACTERS);
    aliases::check_values(violations, &request.routes, 1).finish()?;
    let name = AliasName::parse(&request.name)?;
    let (machine, routes) = aliases::routes(&request.routes)?;
    if *machine.namespace() != namespace {
        return Err(missing());
    }
    let now_ms = shared.records.now_ms().await?;
    let record = StateMachineAliasRecord {
        name: request.name,
        routes,
        created_ms: now_ms,
        updated_ms: now_ms,
        description: request.description.filter(|description| !description.is_empty()),
        incarnation: bytes::Bytes::new(),
    };
    let answer = settle(shared, &machine, &name, record).await?;
    // Nodes may know one of this name whose deletion ended before it could tell them.
    shared.confirmation.refresh(&answer.state_machine_alias_arn).await?;
    Ok(answer)
}

async fn settle(
    shared: &Shared,
    machine: &StateMachineArn,
    name: &AliasName,
    mut record: StateMachineAliasRecord,
) -> Result<CreateStateMachineAliasResponse, ApiError> {
    for _ in 0..ATTEMPTS {
        let found = shared.records.state_machine(machine.namespace(), machine.name()).await?;
        let found = found.ok_or_else(missing)?;
        if found.record.deleting {
            return Err(state_machine_deleting(machine));
        }
        // Made by another call, or by a turn before whose answer was lost.
        if let Some(alias) = shared.records.alias(machine, name).await? {
            return repeated(machine, name, &alias.record, &record);
        }
        shared.check_routes(machine, &record.routes).await?;
        check_limit(shared, machine).await?;
        record.incarnation.clone_from(&found.record.incarnation);
        // Writing the state machine's record as well keeps its versions from going meanwhile.
        let expect = Expect::Version(found.version);
        let writes = vec![
            put(state_machine_key(machine.name()), expect, &found.record),
            put(alias_key(machine.name(), name), Expect::Absent, &record),
        ];
        let group = group(machine.namespace());
        if write(&*shared.records.store, &group, writes).await? == Settled::Written {
            return Ok(created(machine, name, &record));
        }
    }
    Err(gave_up(machine))
}

fn repeated(
    machine: &StateMachineArn,
    name: &AliasName,
    found: &StateMachineAliasRecord,
    asked: &StateMachineAliasRecord,
) -> Result<CreateStateMachineAliasResponse, ApiError> {
    if found.routes == asked.routes && found.description == asked.description {
        return Ok(created(machine, name, found));
    }
    let message = "Failed to create alias because an alias with the same name and a different \
                   routing configuration already exists.";
    Err(ApiError::new(ErrorCode::ConflictException, message))
}

async fn check_limit(shared: &Shared, machine: &StateMachineArn) -> Result<(), ApiError> {
    let most = shared.limits.aliases;
    let prefix = aliases_of(machine.name());
    if shared.records.count(machine.namespace(), &prefix).await? < most {
        return Ok(());
    }
    let message = format!("A state machine may have {most} aliases: delete one first");
    Err(ApiError::new(ErrorCode::ServiceQuotaExceededException, message))
}

fn created(
    machine: &StateMachineArn,
    name: &AliasName,
    record: &StateMachineAliasRecord,
) -> CreateStateMachineAliasResponse {
    let arn = QualifiedMachineArn::alias(machine.clone(), name.clone());
    CreateStateMachineAliasResponse {
        state_machine_alias_arn: arn.to_string(),
        creation_date: Some(from_millis(record.created_ms)),
    }
}
