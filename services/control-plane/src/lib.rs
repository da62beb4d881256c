//! The control plane: state machines with their versions and aliases, and activities.
//!
//! Data owned: the records of state machines, versions, aliases and activities and the texts of
//! definitions, in the control store, a group a namespace (`records.rs` has the layout). Nobody else writes them;
//! execution and activity nodes read them.
//! RPCs: `stepwell.controlplane.v1.ControlPlaneService`, one file each under `rpc`.
//! It never runs anything, never looks into an execution, and never answers a change before it is
//! durable, nor an update or a deletion before every live execution node goes by it.
//! State: none between two calls, so that any number of nodes may serve; a node that dies leaves
//! at most a deletion half done, which any other goes on with.

mod aliases;
mod configuration;
mod confirm;
mod deletion;
mod page;
mod records;
mod requests;
mod retired;
mod rpc;
mod service;
mod tagged;
mod tags;
mod versions;
mod writes;

pub use service::{ControlPlane, Options};
