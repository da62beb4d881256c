//! The storage port on one disk, for one process: SQLite with a write-ahead log, every commit
//! synced before it is answered, the commits of concurrent callers in one transaction. Nodes mean
//! nothing after the process and stay in memory; so do queues but for the tasks that were claimed.

mod apply;
mod claims;
mod clock;
mod control;
mod keys;
mod lease;
mod partitions;
mod read;
mod readers;
mod record;
mod schema;
mod store;
mod writer;

pub use store::{EmbeddedStore, OpenError};
