//! What those outside of the suite do: clients that start, stop and read executions, and workers.

mod client;
mod functions;
mod machines;
mod report;
mod worker;

pub(crate) use client::Client;
pub(crate) use functions::FunctionWorker;
pub(crate) use machines::{Machine, machines};
pub(crate) use worker::Worker;
