//! Between what the engine holds and what the store keeps.
//!
//! A payload is written once, into the history batch of the commit that brought it; snapshot
//! parts and later events name its place. [`Writer`] finds the place of a payload, [`Payloads`]
//! puts it back. What was written here reads back equal; anything else is a [`CodecError`],
//! never a panic.

mod batch;
mod branches;
mod event;
mod kind;
mod listing;
mod nested;
mod outbox;
mod places;
mod record;
mod scope;
mod task;
mod trigger;
mod variables;

pub use batch::StoredBatch;
pub(crate) use event::{decode_events, encode_event};
pub(crate) use listing::encode_listing;
pub use listing::{ListedExecution, status_number};
pub use nested::{decode_form, encode_form};
pub use outbox::{FUNCTION_QUEUE, activity_queue};
pub(crate) use outbox::{OutboxEffect, OutboxItem, encode_call, queue_of, read_outbox};
pub(crate) use places::{Payloads, Places, Writer};
pub(crate) use record::{decode_record, encode_root, scope_part};
pub(crate) use scope::{decode_scope, encode_scope};
pub(crate) use trigger::{StreamTrigger, decode_trigger, encode_nested_trigger};

use bytes::Bytes;
use std::sync::Arc;

/// What a store gave back is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored {what} can't be read: {why}")]
pub struct CodecError {
    what: &'static str,
    why: String,
}

impl CodecError {
    pub(crate) fn new(what: &'static str, why: impl ToString) -> Self {
        Self { what, why: why.to_string() }
    }
}

/// A 16-byte number as it is stored.
pub(crate) fn bytes_of(number: u128) -> Bytes {
    Bytes::copy_from_slice(&number.to_be_bytes())
}

/// The number of 16 stored bytes.
pub(crate) fn number_of(bytes: &[u8], what: &'static str) -> Result<u128, CodecError> {
    let bytes = bytes.try_into();
    let bytes = bytes.map_err(|_| CodecError::new(what, "a number does not have 16 bytes"))?;
    Ok(u128::from_be_bytes(bytes))
}

/// The member of a stored message that must be there.
fn present<T>(member: Option<T>, what: &'static str, name: &str) -> Result<T, CodecError> {
    member.ok_or_else(|| CodecError::new(what, format_args!("{name} is missing")))
}

fn owned(text: Option<&Arc<str>>) -> Option<String> {
    text.map(|text| text.as_ref().to_owned())
}

fn shared(text: Option<String>) -> Option<Arc<str>> {
    text.map(Into::into)
}

#[cfg(test)]
mod tests;
