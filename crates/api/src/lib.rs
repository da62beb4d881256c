//! The contracts of the suite: code generated from `proto/`, the closed set of error codes, and
//! the constraints on requests. Services meet only through this crate.
//!
//! The generated code is committed; `cargo xtask codegen` writes it and a test compares it.

mod codec;
mod constraints;
mod error;
mod namespace;
mod time;

pub use codec::{MessageCodec, MessageEncoder};
pub use constraints::Violations;
pub use error::{ApiError, ErrorCode, MAX_MESSAGE_BYTES};
pub use namespace::{DEFAULT_ACCOUNT, DEFAULT_REGION, NamespaceMetadata};
pub use time::{from_millis, to_millis};

/// All protos with their sources, for gRPC reflection.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!("generated/descriptor_set.bin");

/// `stepwell.controlplane.v1`: state machines and activities.
pub mod controlplane {
    #![allow(missing_docs, clippy::all, clippy::too_many_lines)]
    include!("generated/stepwell.controlplane.v1.rs");
}

/// `stepwell.execution.v1`: executions and histories.
pub mod execution {
    #![allow(missing_docs, clippy::all, clippy::too_many_lines)]
    include!("generated/stepwell.execution.v1.rs");
}

/// `stepwell.activity.v1`: tasks for workers.
pub mod activity {
    #![allow(missing_docs, clippy::all, clippy::too_many_lines)]
    include!("generated/stepwell.activity.v1.rs");
}

/// `stepwell.internal.v1`: calls between nodes, stored records, tokens.
pub mod internal {
    #![allow(missing_docs, clippy::all, clippy::too_many_lines)]
    include!("generated/stepwell.internal.v1.rs");
}
