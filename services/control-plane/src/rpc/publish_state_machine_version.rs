//! PublishStateMachineVersion: idempotent by revision.

use crate::records::{group, put, state_machine_key};
use crate::requests::{ARN_CHARACTERS, no_state_machine, state_machine_deleting};
use crate::service::Shared;
use crate::versions::{DESCRIPTION_CHARACTERS, publish, put_version, revision_name, version_arn};
use crate::writes::{ATTEMPTS, Settled, gave_up, write};
use stepwell_api::controlplane::{
    PublishStateMachineVersionRequest, PublishStateMachineVersionResponse,
};
use stepwell_api::internal::StateMachineRecord;
use stepwell_api::{ApiError, ErrorCode, Violations, from_millis};
use stepwell_ids::{QualifiedMachineArn, StateMachineArn};
use stepwell_storage::Expect;
use tonic::Request;

pub(crate) async fn call(
    shared: &Shared,
    request: Request<PublishStateMachineVersionRequest>,
) -> Result<PublishStateMachineVersionResponse, ApiError> {
    let namespace = shared.namespace(request.metadata())?;
    let request = request.into_inner();
    let text = &request.state_machine_arn;
    Violations::new()
        .length("stateMachineArn", text, 1, ARN_CHARACTERS)
        .optional_length("description", request.description.as_deref(), 0, DESCRIPTION_CHARACTERS)
        .finish()?;
    let arn = QualifiedMachineArn::parse(text)?;
    if arn.qualifier().is_some() || *arn.machine().namespace() != namespace {
        return Err(no_state_machine(text));
    }
    settle(shared, arn.machine(), &request).await
}

async fn settle(
    shared: &Shared,
    machine: &StateMachineArn,
    request: &PublishStateMachineVersionRequest,
) -> Result<PublishStateMachineVersionResponse, ApiError> {
    for _ in 0..ATTEMPTS {
        let found = shared.records.state_machine(machine.namespace(), machine.name()).await?;
        let mut found = found.ok_or_else(|| no_state_machine(&request.state_machine_arn))?;
        if found.record.deleting {
            return Err(state_machine_deleting(machine));
        }
        check_revision(request.revision_id.as_deref(), &found.record)?;
        // Published before, or by a turn before whose answer was lost.
        if let Some(number) = found.record.revision_version {
            match shared.records.version(machine, number).await? {
                Some(version) => return Ok(answer(machine, number, version.record.created_ms)),
                // Deleted just now.
                None => continue,
            }
        }
        shared.check_version_limit(machine, &found).await?;
        let now_ms = shared.records.now_ms().await?;
        let version = publish(&mut found.record, request.description.clone(), now_ms);
        let expect = Expect::Version(found.version);
        let writes = vec![
            put(state_machine_key(machine.name()), expect, &found.record),
            put_version(machine, &version),
        ];
        let group = group(machine.namespace());
        if write(&*shared.records.store, &group, writes).await? == Settled::Written {
            return Ok(answer(machine, version.number, version.created_ms));
        }
    }
    Err(gave_up(machine))
}

fn check_revision(wanted: Option<&str>, record: &StateMachineRecord) -> Result<(), ApiError> {
    let current = revision_name(record.revision.as_ref());
    match wanted.filter(|wanted| *wanted != current) {
        None => Ok(()),
        Some(wanted) => {
            let message = format!(
                "Failed to publish the State Machine version for revision {wanted}. The current \
                 State Machine revision is {current}."
            );
            Err(ApiError::new(ErrorCode::ConflictException, message))
        }
    }
}

fn answer(
    machine: &StateMachineArn,
    number: u64,
    created_ms: i64,
) -> PublishStateMachineVersionResponse {
    PublishStateMachineVersionResponse {
        state_machine_version_arn: version_arn(machine, number),
        creation_date: Some(from_millis(created_ms)),
    }
}
