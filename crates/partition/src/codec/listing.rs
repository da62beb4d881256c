//! Entries of listings.

use super::CodecError;
use super::kind::{decode_status, encode_status};
use crate::execution::{Origin, arn_of_key};
use bytes::Bytes;
use prost::Message as _;
use stepwell_api::internal::ListingEntry;
use stepwell_engine::{Root, Status};
use stepwell_ids::ExecutionArn;
use stepwell_storage::Listed;

const WHAT: &str = "list entry";

/// An execution as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedExecution {
    /// Its ARN.
    pub arn: ExecutionArn,
    /// Where it stands.
    pub status: Status,
    /// When it started, in milliseconds since the epoch.
    pub started_ms: i64,
    /// When it ended, in milliseconds since the epoch.
    pub stopped_ms: Option<i64>,
    /// The number of the version that it was started by, also through an alias; 0 where by none.
    pub version: u64,
    /// The alias that it was started by; empty where by none.
    pub alias: String,
}

impl ListedExecution {
    /// Reads an entry of a list.
    ///
    /// # Errors
    /// The entry was not written here.
    pub fn read((_, key, entry): &Listed) -> Result<Self, CodecError> {
        let entry = ListingEntry::decode(entry.as_ref());
        let entry = entry.map_err(|error| CodecError::new(WHAT, error))?;
        Ok(Self {
            arn: arn_of_key(key).ok_or_else(|| CodecError::new(WHAT, "its key is no ARN"))?,
            status: decode_status(entry.status)?,
            started_ms: entry.started_ms,
            stopped_ms: entry.stopped_ms,
            version: entry.version,
            alias: entry.alias,
        })
    }
}

pub(crate) fn encode_listing(origin: &Origin, root: &Root) -> Bytes {
    let entry = ListingEntry {
        status: encode_status(root.status),
        started_ms: root.started_ms,
        stopped_ms: root.stopped_ms,
        version: origin.revision.started_version,
        alias: origin.revision.started_alias.clone(),
    };
    entry.encode_to_vec().into()
}

/// The number by which lists are filtered.
#[must_use]
pub fn status_number(status: Status) -> u8 {
    // The numbers of the enumeration are small.
    u8::try_from(encode_status(status)).unwrap_or_default()
}
