//! What decisions need to know besides the execution.

use async_trait::async_trait;
use std::sync::Arc;
use stepwell_asl::Definition;
use stepwell_engine::{MachineStatus, TaskRef};
use stepwell_ids::{ExecutionArn, StateMachineArn};

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

/// Definitions, activities, state machines and task tokens. Asked on every decision: an implementation keeps
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

    /// The text that names a task of this run of an execution to whoever is to end it, sealed so
    /// that nobody else can make it. The same task always gets the same text.
    ///
    /// # Errors
    /// There is nothing to seal it with.
    fn task_token(
        &self,
        execution: &ExecutionArn,
        run_id: u128,
        task: TaskRef,
    ) -> Result<String, ResourceError>;

    /// The status of an incarnation of a state machine; one that has gone counts as being
    /// deleted.
    async fn machine_status(
        &self,
        arn: &StateMachineArn,
        incarnation: &[u8],
    ) -> Result<MachineStatus, ResourceError>;
}
