//! Records of the control plane, definitions and keys: versioned values in groups.

use crate::{Expect, StoreError};
use async_trait::async_trait;
use bytes::Bytes;

/// Most bytes of a control value: 4 MiB.
pub const MAX_CONTROL_VALUE: usize = 4 << 20;

/// One of the changes that a write makes together.
#[derive(Clone, Debug)]
pub struct ControlWrite {
    /// Unique in its group.
    pub key: Bytes,
    /// What must be there now; none where anything will do.
    pub expect: Option<Expect>,
    /// What becomes of it.
    pub change: ControlChange,
}

/// What becomes of a control record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlChange {
    /// It stays as it is: the write only depends on it.
    Keep,
    /// It gets this value of at most [`MAX_CONTROL_VALUE`] bytes, and the write's version.
    Put(Bytes),
    /// It goes, where it is there.
    Delete,
}

/// What came of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlOutcome {
    /// All of it took effect.
    Written {
        /// The version of every record that the write put.
        version: u64,
    },
    /// None of it took effect: a record is not as expected.
    Conflict {
        /// The place of the first such change in the write, from 0.
        change: usize,
        /// The version that is there; none where there is no record.
        version: Option<u64>,
    },
}

/// Versioned values by group and key, as durable as the store.
///
/// A version is larger than all that its group had before, deleted records included, so that a
/// record that was deleted and made again is never taken for its predecessor.
///
/// Every method may fail with [`StoreError::Unavailable`], `control_write` also with
/// [`StoreError::Unknown`].
#[async_trait]
pub trait ControlStore: Send + Sync {
    /// The record's version and value.
    async fn control_get(
        &self,
        group: &[u8],
        key: &[u8],
    ) -> Result<Option<(u64, Bytes)>, StoreError>;

    /// Makes all changes or none. A key may occur once; a value that is too long or a key that
    /// occurs twice is [`StoreError::Invalid`].
    async fn control_write(
        &self,
        group: &[u8],
        writes: Vec<ControlWrite>,
    ) -> Result<ControlOutcome, StoreError>;

    /// Keys that start with `prefix` and sort after `after`, with their versions and values, in
    /// the order of their bytes; fewer than `limit` only where no more are there.
    async fn control_list(
        &self,
        group: &[u8],
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Bytes, u64, Bytes)>, StoreError>;

    /// How many keys start with `prefix`; cheap, since it reads no values.
    async fn control_count(&self, group: &[u8], prefix: &[u8]) -> Result<u64, StoreError>;
}
