//! Answers of peers that say that a call had no effect, so that it may be made elsewhere.

use std::error::Error as _;
use tonic::Status;
use tonic::metadata::MetadataValue;

/// Marks an answer that says that nothing happened, because what was asked for is elsewhere.
const MOVED: &str = "stepwell-moved";

/// The answer of a node that is not the one to ask.
#[must_use]
pub fn moved(status: impl Into<Status>) -> Status {
    let mut status = status.into();
    status.metadata_mut().insert(MOVED, MetadataValue::from_static("1"));
    status
}

/// Whether the call surely had no effect: the peer was not reached, or says that it is not the one
/// to ask.
#[must_use]
pub fn had_no_effect(status: &Status) -> bool {
    if status.metadata().contains_key(MOVED) {
        return true;
    }
    let mut cause = status.source();
    while let Some(error) = cause {
        if error.is::<tonic::ConnectError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
