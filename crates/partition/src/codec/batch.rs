//! Batches of history as they are read: a page needs a few events of a batch that may hold
//! thousands, so that each is decoded only when it is asked for.

use super::CodecError;
use bytes::Bytes;
use prost::Message as _;

/// The message `HistoryBatch`, whose payloads and events are still bytes; they share the batch's own.
#[derive(Clone, PartialEq, prost::Message)]
pub struct StoredBatch {
    /// The time that the events count from.
    #[prost(int64, tag = "1")]
    pub(crate) time_ms: i64,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    pub(crate) payloads: Vec<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "3")]
    pub(crate) events: Vec<Bytes>,
}

impl StoredBatch {
    pub(crate) fn read(stored: Bytes) -> Result<Self, CodecError> {
        Self::decode(stored).map_err(|error| CodecError::new("history", error))
    }

    /// How many events it has, public and private.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it only brings payloads.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}
