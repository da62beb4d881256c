//! The storage port over Redis, for many processes: one Function call a commit, a turn's commits
//! in one pipeline, every key declared and under one hash tag a partition.
//!
//! Commits are as durable as the server's own settings say ([`Durability`]). The lease is checked
//! inside every write; a lost answer to a write is [`Unknown`](stepwell_storage::StoreError), and
//! nothing is resent by itself.

mod commit;
mod control;
mod encode;
mod keys;
mod library;
mod link;
mod listing;
mod nodes;
mod partitions;
mod queues;
mod reply;
mod server;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod wake;

pub use server::Durability;
pub use store::{OpenError, RedisStore};
