//! What decisions need to know besides the execution.

use async_trait::async_trait;
use std::sync::Arc;
use stepwell_asl::Definition;
use stepwell_engine::MachineStatus;
use stepwell_ids::StateMachineArn;

/// A resource that can't be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// It can't be read now.
    #[error("{0}")]
    Unavailable(String),
    /// It is there and can't be used, or has gone though something still needs it.
    #[error("{0}")]
    Broken(String),
}

/// Definitions, activities and state machines. Asked on every decision: an implementation keeps
/// what it can.
#[async_trait]
pub trait Resources: Send + Sync + 'static {
    /// The definition whose text has this SHA-256, in the namespace of the state machine.
    async fn definition(
        &self,
        arn: &StateMachineArn,
        hash: &[u8],
    ) -> Result<Arc<Definition>, ResourceError>;

    /// The incarnation of the activity; none where it does not exist now.
    async fn activity(&self, arn: &str) -> Result<Option<u128>, ResourceError>;

    /// The status of an incarnation of a state machine; one that has gone counts as being
    /// deleted.
    async fn machine_status(
        &self,
        arn: &StateMachineArn,
        incarnation: &[u8],
    ) -> Result<MachineStatus, ResourceError>;
}
