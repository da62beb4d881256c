//! What every Stepwell service is built on: transports and peer discovery, limits, tokens,
//! telemetry, health and metrics over HTTP, and draining.
//!
//! Nothing here knows executions, definitions or AWS wire shapes, and nothing here reads the
//! environment except [`telemetry`], which follows the OpenTelemetry variables.

pub mod directory;
mod drain;
mod limits;
pub mod ops;
mod registration;
pub mod serve;
mod services;
pub mod telemetry;
pub mod tokens;
mod transport;
mod unmoved;

pub use directory::{Directory, LocalDirectory, NoPeer, Peer, Place, Role, StoreDirectory};
pub use drain::Drain;
pub use limits::{Limits, LimitsError, PayloadUnit};
pub use registration::{NODE_TTL_MS, Registration};
pub use services::Services;
pub use transport::{MAX_MESSAGE_BYTES, Transport};
pub use unmoved::{had_no_effect, moved};
