//! The storage port over Redis, for many processes: one Function call a commit, a turn's commits
//! in one pipeline, every key declared and under one hash tag a partition.
//!
//! Commits are as durable as the servers' own settings say ([`Durability`]), or also on a replica
//! ([`Acknowledged`]). The lease is checked inside every write; a lost answer to a write is
//! [`Unknown`](stepwell_storage::StoreError), and nothing that may have begun is sent again.

mod address;
mod commit;
mod control;
mod durability;
mod encode;
mod keys;
mod leases;
mod library;
mod link;
mod listing;
mod node;
mod nodes;
mod partitions;
mod queues;
mod record;
mod refusal;
mod reply;
mod router;
mod sentinel;
mod server;
mod settle;
mod slots;
mod store;
mod survey;
#[cfg(feature = "testing")]
pub mod testing;
mod topology;
mod wake;

pub use durability::Durability;
pub use store::{Acknowledged, OpenError, RedisStore};
pub use survey::{Shape, Survey};
