//! Publishing versions: a version is a revision that keeps its number.
//!
//! A revision has one version at most. Numbers grow by one and are never used again, so that an ARN
//! stands for one definition as long as the state machine is there.

use crate::records::{Versioned, put, version_key};
use crate::service::Shared;
use stepwell_api::internal::{Revision, StateMachineRecord, StateMachineVersionRecord};
use stepwell_api::{ApiError, ErrorCode, Violations};
use stepwell_ids::{QualifiedMachineArn, StateMachineArn};
use stepwell_storage::{ControlWrite, Expect};

/// Most characters of the description of a version or an alias.
pub(crate) const DESCRIPTION_CHARACTERS: usize = 256;

/// Refuses a description of a version that is not published.
pub(crate) fn check_description(description: Option<&str>, publish: bool) -> Result<(), ApiError> {
    Violations::new()
        .optional_length("versionDescription", description, 0, DESCRIPTION_CHARACTERS)
        .finish()?;
    if publish || description.is_none_or(str::is_empty) {
        return Ok(());
    }
    let message = "Version description can only be set when publish is true";
    Err(ApiError::new(ErrorCode::ValidationException, message))
}

/// Gives the current revision of `record` the next number.
pub(crate) fn publish(
    record: &mut StateMachineRecord,
    description: Option<String>,
    now_ms: i64,
) -> StateMachineVersionRecord {
    record.last_version += 1;
    record.revision_version = Some(record.last_version);
    StateMachineVersionRecord {
        number: record.last_version,
        revision: record.revision.clone(),
        created_ms: now_ms,
        description,
        incarnation: record.incarnation.clone(),
    }
}

/// The change that puts a new version.
pub(crate) fn put_version(
    machine: &StateMachineArn,
    version: &StateMachineVersionRecord,
) -> ControlWrite {
    put(version_key(machine.name(), version.number), Expect::Absent, version)
}

/// The ARN of a version.
pub(crate) fn version_arn(machine: &StateMachineArn, number: u64) -> String {
    QualifiedMachineArn::version(machine.clone(), number).to_string()
}

/// What names a revision towards callers.
pub(crate) fn revision_name(revision: Option<&Revision>) -> &str {
    match revision.map_or("", |revision| &revision.revision_id) {
        "" => "INITIAL",
        id => id,
    }
}

impl Shared {
    /// Refuses a version more than a state machine may have.
    pub(crate) async fn check_version_limit(
        &self,
        machine: &StateMachineArn,
        found: &Versioned<StateMachineRecord>,
    ) -> Result<(), ApiError> {
        let most = self.limits.versions;
        // Numbers bound how many there are, so that few are ever counted.
        if found.record.last_version < most {
            return Ok(());
        }
        let prefix = crate::records::versions_of(machine.name());
        if self.records.count(machine.namespace(), &prefix).await? < most {
            return Ok(());
        }
        let message = format!("A state machine may have {most} versions: delete one first");
        Err(ApiError::new(ErrorCode::ServiceQuotaExceededException, message))
    }
}
