//! UpdateStateMachineAlias: every execution node forgets the alias as it was before the answer.

use crate::aliases::{self, missing};
use crate::records::{alias_key, group, put, state_machine_key};
use crate::requests::{alias_arn, state_machine_deleting};
use crate::service::Shared;
use crate::versions::DESCRIPTION_CHARACTERS;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use stepwell_api::controlplane::{UpdateStateMachineAliasRequest, UpdateStateMachineAliasResponse};
use stepwell_api::internal::{AliasRoute, StateMachineAliasRecord};
use stepwell_api::{ApiError, ErrorCode, Violations, from_millis};
use stepwell_ids::{AliasName, StateMachineArn};
use stepwell_storage::Expect;
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<UpdateStateMachineAliasRequest>,
) -> Result<UpdateStateMachineAliasResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    let description = request.description.as_deref();
    let violations =
        Violations::new().optional_length("description", description, 0, DESCRIPTION_CHARACTERS);
    aliases::check_values(violations, &request.routes, 0).finish()?;
    let (arn, name) = alias_arn(&request.state_machine_alias_arn)?;
    let machine = arn.machine();
    if *machine.namespace() != namespace {
        return Err(missing());
    }
    if description.is_none() && request.routes.is_empty() {
        let message = "Either the description or the routing configuration must be specified";
        return Err(ApiError::new(ErrorCode::ValidationException, message));
    }
    let routes = match &request.routes[..] {
        [] => None,
        given => Some(routes_within(machine, given)?),
    };
    let updated = settle(shared, machine, &name, description, routes).await?;
    shared.confirmation.refresh(&arn).await?;
    Ok(UpdateStateMachineAliasResponse { update_date: Some(from_millis(updated.updated_ms)) })
}

fn routes_within(
    machine: &StateMachineArn,
    given: &[stepwell_api::controlplane::Route],
) -> Result<Vec<AliasRoute>, ApiError> {
    let (of, routes) = aliases::routes(given)?;
    if of == *machine {
        return Ok(routes);
    }
    let message = "Routing configuration must contain versions of the alias's own state machine";
    Err(ApiError::new(ErrorCode::ValidationException, message))
}

async fn settle(
    shared: &Shared,
    machine: &StateMachineArn,
    name: &AliasName,
    description: Option<&str>,
    routes: Option<Vec<AliasRoute>>,
) -> Result<StateMachineAliasRecord, ApiError> {
    for _ in 0..ATTEMPTS {
        let found = shared.records.state_machine(machine.namespace(), machine.name()).await?;
        let found = found.ok_or_else(missing)?;
        if found.record.deleting {
            return Err(state_machine_deleting(machine));
        }
        let alias = shared.records.alias(machine, name).await?.ok_or_else(missing)?;
        let mut next = alias.record.clone();
        if let Some(description) = description {
            next.description = Some(description.to_owned()).filter(|text| !text.is_empty());
        }
        next.routes = routes.clone().unwrap_or(next.routes);
        // Nothing to change; or it is the write of an earlier turn, whose answer was lost.
        if next == alias.record {
            return Ok(next);
        }
        shared.check_routes(machine, &next.routes).await?;
        next.updated_ms = shared.records.now_ms().await?.max(alias.record.updated_ms);
        // Writing the state machine's record as well keeps its versions from going meanwhile.
        let expect = Expect::Version(found.version);
        let writes = vec![
            put(state_machine_key(machine.name()), expect, &found.record),
            put(alias_key(machine.name(), name), Expect::Version(alias.version), &next),
        ];
        let group = group(machine.namespace());
        if write(&*shared.records.store, &group, writes).await? == Settled::Written {
            return Ok(next);
        }
    }
    Err(gave_up(machine))
}
