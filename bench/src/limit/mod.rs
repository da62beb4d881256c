//! What the machine can do with the same work and nothing around it, measured in the same run.

pub(crate) mod append;
pub(crate) mod redis;
pub(crate) mod server;
pub(crate) mod sqlite;
