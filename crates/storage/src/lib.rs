//! The storage port: executions in partitions, the control plane's records, nodes and queues.
//!
//! The port knows keys, versions and bytes, never what they mean. An adapter is right when it
//! passes [`contract`]; [`MemoryStore`] is the reference that the contract was written against.

mod commit;
pub mod contract;
mod control;
mod error;
mod lease;
mod memory;
mod node;
mod port;
mod queue;

pub use commit::{Commit, CommitId, Expect, Listing, Outcome, Record, Timer};
pub use control::{ControlChange, ControlOutcome, ControlStore, ControlWrite, MAX_CONTROL_VALUE};
pub use error::StoreError;
pub use lease::{Fence, Lease};
pub use memory::{ClaimLog, Clock, MemoryNodes, MemoryQueues, MemoryStore, OneProcess};
pub use node::{NodeRecord, NodeStore};
pub use port::{Gate, ListPage, Listed, OutboxEntry, PartitionStore};
pub use queue::{
    Generation, QUEUE_TAGS, QueueStore, QueueTag, QueueTask, Wake, WakeCursor, WokenQueues,
};

/// All that the suite keeps in a store, for holding it as `Arc<dyn Store>`.
pub trait Store: PartitionStore + ControlStore + NodeStore + QueueStore {}

impl<T: PartitionStore + ControlStore + NodeStore + QueueStore + ?Sized> Store for T {}
