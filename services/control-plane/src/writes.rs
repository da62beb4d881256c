//! Writes whose outcome may not be known.
//!
//! Every write of a record carries something that no other write has (an incarnation, a revision
//! id), and is conditional on what was read. So whoever is told [`Settled::ReadAgain`] reads the
//! record again: either it shows the write, or the same write may be tried again without a risk
//! that both take effect.

use crate::records::unavailable;
use stepwell_api::ApiError;
use stepwell_storage::{ControlOutcome, ControlWrite, Store, StoreError};

/// How often a call reads and writes again before it gives up.
pub(crate) const ATTEMPTS: usize = 16;

/// What is known of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It took effect.
    Written,
    /// Another write came first, or the answer was lost.
    ReadAgain,
}

pub(crate) async fn write(
    store: &dyn Store,
    group: &[u8],
    writes: Vec<ControlWrite>,
) -> Result<Settled, ApiError> {
    match store.control_write(group, writes).await {
        Ok(ControlOutcome::Written { .. }) => Ok(Settled::Written),
        Ok(ControlOutcome::Conflict { .. }) | Err(StoreError::Unknown(_)) => Ok(Settled::ReadAgain),
        Err(error) => Err(unavailable(error)),
    }
}

/// The record kept changing, or its writes kept getting lost.
pub(crate) fn gave_up(arn: &impl std::fmt::Display) -> ApiError {
    ApiError::unavailable(format!("the record of {arn} could not be settled, call again"))
}
