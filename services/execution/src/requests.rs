//! What requests have in common: namespaces and ARNs.

use crate::failure::{no_execution, no_state_machine};
use crate::service::Shared;
use stepwell_api::{ApiError, NamespaceMetadata as _, Violations};
use stepwell_ids::{AliasName, ExecutionArn, Namespace, QualifiedMachineArn, StateMachineArn};
use tonic::metadata::MetadataMap;

/// Most characters of an ARN (API reference, `Arn`).
pub(crate) const ARN_CHARACTERS: usize = 256;

impl Shared {
    /// The namespace that a call acts in.
    pub(crate) fn namespace(&self, metadata: &MetadataMap) -> Result<Namespace, ApiError> {
        Namespace::from_metadata(metadata, &self.namespace)
    }
}

/// The execution that a request names, in the caller's namespace.
pub(crate) fn execution_arn(text: &str, namespace: &Namespace) -> Result<ExecutionArn, ApiError> {
    Violations::new().length("executionArn", text, 1, ARN_CHARACTERS).finish()?;
    let arn = ExecutionArn::parse(text)?;
    if arn.state_machine().namespace() == namespace { Ok(arn) } else { Err(no_execution(text)) }
}

/// The state machine, version or alias that a request names, in the caller's namespace; its length
/// was checked.
pub(crate) fn machine_arn(
    text: &str,
    namespace: &Namespace,
) -> Result<QualifiedMachineArn, ApiError> {
    let arn = QualifiedMachineArn::parse(text)?;
    if arn.machine().namespace() == namespace { Ok(arn) } else { Err(no_state_machine(&arn)) }
}

/// The ARNs of the version and the alias that an execution of `machine` was started by.
pub(crate) fn started_by(
    machine: &StateMachineArn,
    version: u64,
    alias: &str,
) -> (Option<String>, Option<String>) {
    let version = (version > 0).then(|| QualifiedMachineArn::version(machine.clone(), version));
    let alias = AliasName::parse(alias).ok();
    let alias = alias.map(|alias| QualifiedMachineArn::alias(machine.clone(), alias));
    (version.map(|arn| arn.to_string()), alias.map(|arn| arn.to_string()))
}
