//! The storage port of executions: partitions, their leases, and conditional commits of bytes.
//!
//! The port knows keys, versions and bytes, never what they mean. An adapter is right when it
//! passes [`contract`]; [`MemoryStore`] is the reference that the contract was written against.

mod commit;
pub mod contract;
mod lease;
mod memory;
mod port;

pub use commit::{Commit, CommitId, Expect, Listing, Outcome, Record, Timer};
pub use lease::{Fence, Lease};
pub use memory::{Clock, MemoryStore};
pub use port::{Gate, ListPage, OutboxEntry, PartitionStore, StoreError};
