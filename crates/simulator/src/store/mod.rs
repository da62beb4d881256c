//! The store of a run: the memory reference, watched, and a faulty way to it for each process.

mod attic;
mod audit;
mod way;

pub(crate) use attic::Attic;
pub(crate) use audit::{Audit, Run};
pub(crate) use way::Way;
