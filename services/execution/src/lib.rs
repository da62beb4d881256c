//! The execution role: starting, stopping, describing and listing executions, their histories,
//! and the ends of their tasks.
//!
//! Data owned: the partitions of executions with their histories, timers, outbox and listings,
//! through `stepwell_partition`. It reads the records of the control plane and writes none.
//! RPCs: `stepwell.execution.v1.ExecutionService` for everyone, `stepwell.internal.v1`'s
//! `PartitionService` and `ResourceCacheService` for the other roles; one file each under `rpc`.
//! Any node takes any call. A change goes to the owner of the execution's partition, at most one
//! hop away, and is answered from its commit; a read is answered where it came, from memory that
//! is sure to be the newest or else from the store.
//! It never answers a change before it is durable, and never shows what is not committed.

mod catalog;
mod failure;
mod history;
mod nested;
mod open_limit;
mod owner;
mod paging;
mod requests;
mod role;
mod rpc;
mod service;
mod started_by;
mod task;

pub use history::project;
pub use role::{ExecutionRole, Options};
