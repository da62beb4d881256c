//! DeleteStateMachineVersion: of a version that no alias routes to. Every execution node forgets it
//! before the answer; executions that run it go on.

use crate::records::{group, put, state_machine_key, version_key};
use crate::retired::Retired;
use crate::service::Shared;
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use stepwell_api::controlplane::{
    DeleteStateMachineVersionRequest, DeleteStateMachineVersionResponse,
};
use stepwell_api::{ApiError, ErrorCode, Violations};
use stepwell_ids::{ArnError, QualifiedMachineArn, Qualifier, StateMachineArn};
use stepwell_storage::{ControlChange, ControlWrite, Expect};
use tonic::Request;

/// Most characters of the ARN (API reference, `LongArn`).
const LONG_ARN_CHARACTERS: usize = 2_000;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<DeleteStateMachineVersionRequest>,
) -> Result<DeleteStateMachineVersionResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let text = request.into_inner().state_machine_version_arn;
    Violations::new().length("stateMachineVersionArn", &text, 1, LONG_ARN_CHARACTERS).finish()?;
    let arn = QualifiedMachineArn::parse(&text)?;
    let Some(Qualifier::Version(number)) = arn.qualifier() else {
        return Err(ArnError::Malformed(text).into());
    };
    if *arn.machine().namespace() == namespace {
        remove(shared, arn.machine(), *number).await?;
        shared.confirmation.refresh(&arn).await?;
    }
    Ok(DeleteStateMachineVersionResponse {})
}

async fn remove(shared: &Shared, machine: &StateMachineArn, number: u64) -> Result<(), ApiError> {
    for _ in 0..ATTEMPTS {
        let found = shared.records.state_machine(machine.namespace(), machine.name()).await?;
        let Some(mut found) = found else { return Ok(()) };
        let Some(version) = shared.records.version(machine, number).await? else {
            return Ok(());
        };
        check_unreferenced(shared, machine, number).await?;
        if let Some(revision) = version.record.revision {
            let retired = Retired::Definition(revision.definition_hash);
            shared.retire(machine, &found.record.incarnation, &[retired]).await?;
        }
        found.record.revision_version = found.record.revision_version.filter(|it| *it != number);
        // Aliases are changed under the same record's version: none comes to route here meanwhile.
        let expect = Expect::Version(found.version);
        let key = version_key(machine.name(), number);
        let writes = vec![
            put(state_machine_key(machine.name()), expect, &found.record),
            ControlWrite { key, expect: None, change: ControlChange::Delete },
        ];
        let group = group(machine.namespace());
        if write(&*shared.records.store, &group, writes).await? == Settled::Written {
            return Ok(());
        }
    }
    Err(gave_up(machine))
}

async fn check_unreferenced(
    shared: &Shared,
    machine: &StateMachineArn,
    number: u64,
) -> Result<(), ApiError> {
    let aliases = shared.records.aliases(machine).await?;
    let routes_here = aliases.iter().filter(|it| it.routes.iter().any(|it| it.version == number));
    let names: Vec<_> = routes_here.map(|alias| alias.name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let message = format!(
        "Version to be deleted must not be referenced by an alias. Current list of aliases \
         referencing this version: [{}]",
        names.join(", ")
    );
    Err(ApiError::new(ErrorCode::ConflictException, message))
}
