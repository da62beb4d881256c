//! The shell around the engine: leases, snapshots, commits, timers, outbox and trigger stream of
//! the partitions that a node owns.
//!
//! A [`PartitionNode`] shares the store's partitions with the other nodes and runs an actor for
//! each of its own. A request goes through [`PartitionNode::submit`]: the actor has the engine
//! decide, stores the decision in one write under its lease, and only then answers; what is to
//! leave the partition leaves after that. Invariant: whatever a caller, a reader or a queue gets
//! to see was committed.

mod actor;
mod cache;
mod calls;
mod clock;
mod codec;
mod config;
mod costly;
mod decider;
mod direct;
mod execution;
mod load;
mod metrics;
mod nested;
mod node;
mod plan;
mod random;
mod relay;
mod request;
mod resources;
#[cfg(test)]
mod scenarios;
mod slot;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod timers;
mod work;

pub use codec::{
    CodecError, FUNCTION_QUEUE, ListedExecution, StoredBatch, activity_queue, decode_form,
    encode_form, status_number,
};
pub use config::NodeConfig;
pub use execution::{Execution, Origin, arn_of_key, key_of};
pub use load::{HistoryReader, ReadError, load};
pub use nested::{CallError, ChildReport, NestedCalls, NestedStart, RemoteTask, Stopped, Waiter};
pub use node::{Contact, Owner, PartitionNode};
pub use plan::group_of;
pub use random::RandomBits;
pub use request::{Action, Refused, Reply, Start, SubmitError};
pub use resources::{ResourceError, Resources};
