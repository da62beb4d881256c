//! Names and ARNs of the Step Functions API, and the hash that places an execution.
//!
//! A value of these types is well-formed: whatever holds one need not check it again.

mod arn;
mod name;
mod partition;
mod qualified;

pub use arn::{ActivityArn, ArnError, ExecutionArn, Namespace, StateMachineArn};
pub use name::{Name, NameError};
pub use partition::partition_of;
pub use qualified::{AliasName, QualifiedMachineArn, Qualifier};
