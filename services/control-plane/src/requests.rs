//! What requests have in common: their namespace, ARNs and names, and the texts of refusals.

use crate::service::Shared;
use stepwell_api::{ApiError, ErrorCode, NamespaceMetadata as _, Violations};
use stepwell_asl::{Finding, Parsed};
use stepwell_ids::{
    AliasName, ArnError, Namespace, QualifiedMachineArn, Qualifier, StateMachineArn,
};
use tonic::metadata::MetadataMap;

/// Most characters of an ARN (API reference, `Arn`).
pub(crate) const ARN_CHARACTERS: usize = 256;

impl Shared {
    /// The namespace that a call acts in.
    pub(crate) fn namespace(&self, metadata: &MetadataMap) -> Result<Namespace, ApiError> {
        Namespace::from_metadata(metadata, &self.namespace)
    }
}

/// Checks the length of an ARN member.
pub(crate) fn check_arn(member: &str, arn: &str) -> Result<(), ApiError> {
    Violations::new().length(member, arn, 1, ARN_CHARACTERS).finish()
}

/// The alias that an ARN names, with its state machine.
pub(crate) fn alias_arn(text: &str) -> Result<(QualifiedMachineArn, AliasName), ApiError> {
    check_arn("stateMachineAliasArn", text)?;
    let arn = QualifiedMachineArn::parse(text)?;
    match arn.qualifier() {
        Some(Qualifier::Alias(name)) => {
            let name = name.clone();
            Ok((arn, name))
        }
        _ => Err(ArnError::Malformed(text.to_owned()).into()),
    }
}

/// Refuses a role that is no ARN at all: `arn:<partition>:<service>:<region>:<account>:<resource>`.
pub(crate) fn check_role(role: &str) -> Result<(), ApiError> {
    let mut parts = role.splitn(6, ':');
    let starts = parts.next() == Some("arn") && parts.by_ref().take(2).all(|part| !part.is_empty());
    if starts && parts.nth(2).is_some_and(|resource| !resource.is_empty()) {
        return Ok(());
    }
    Err(ArnError::Prefix(role.to_owned()).into())
}

/// Refuses a definition that this version can't execute, and one that a state machine of the type
/// `EXPRESS` can't have. Those that it can have don't run in this version.
pub(crate) fn check_definition(text: &str, kind: Option<&str>) -> Result<(), ApiError> {
    let refused = |findings: &[Finding]| {
        let message = stepwell_asl::invalid_definition(findings);
        ApiError::new(ErrorCode::InvalidDefinition, message)
    };
    if kind != Some("EXPRESS") {
        return stepwell_asl::executable(text).map(drop).map_err(|findings| refused(&findings));
    }
    let Parsed { definition, findings } = stepwell_asl::parse(text);
    let Some(definition) = definition else { return Err(refused(&findings)) };
    let findings = stepwell_asl::unsupported_in_express(&definition);
    if !findings.is_empty() {
        return Err(refused(&findings));
    }
    let message = "This operation is not supported by this type of state machine";
    Err(ApiError::new(ErrorCode::StateMachineTypeNotSupported, message))
}

pub(crate) fn no_state_machine(arn: &str) -> ApiError {
    let message = format!("State Machine Does Not Exist: '{arn}'");
    ApiError::new(ErrorCode::StateMachineDoesNotExist, message)
}

pub(crate) fn state_machine_deleting(arn: &StateMachineArn) -> ApiError {
    let message = format!("State Machine is being deleted: '{arn}'");
    ApiError::new(ErrorCode::StateMachineDeleting, message)
}

pub(crate) fn no_activity(arn: &str) -> ApiError {
    ApiError::new(ErrorCode::ActivityDoesNotExist, format!("Activity Does Not Exist: '{arn}'"))
}

/// What tags are of, or an alias is to route to, is not there.
pub(crate) fn no_resource(arn: &str) -> ApiError {
    ApiError::new(ErrorCode::ResourceNotFound, format!("Resource not found: '{arn}'"))
}

#[cfg(test)]
mod tests {
    use super::check_role;

    #[test]
    fn a_role_is_an_arn_of_whatever_service() {
        for role in ["arn:aws:iam::000000000000:role/a", "arn:aws-cn:iam::1:role/b:c"] {
            assert!(check_role(role).is_ok(), "{role}");
        }
        for role in ["role", "arn", "arn:aws", "arn:aws:iam::0", "arn:aws:iam::0:", "arn::::::"] {
            let refused = check_role(role).unwrap_err();
            assert_eq!(refused.message(), format!("Invalid Arn: 'Invalid ARN prefix: {role}'"));
        }
    }
}
