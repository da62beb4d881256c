//! The storage port on one disk, for one process: SQLite with a write-ahead log, every commit
//! synced before it is answered, the commits of concurrent callers in one transaction.

mod apply;
mod read;
mod schema;
mod store;
mod writer;

pub use store::{EmbeddedStore, OpenError};
