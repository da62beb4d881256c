//! One conditional write, and what comes of it.

use bytes::Bytes;

/// Chosen at random by the writer and stored with the record, so that a writer that never heard
/// the answer can see whether its write took effect.
pub type CommitId = u128;

/// Everything that one trigger changes. All of it takes effect, or none.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Names this write.
    pub id: CommitId,
    /// The record, unique in its partition.
    pub key: Bytes,
    /// What must be there now.
    pub expect: Expect,
    /// Refused as too early before this time of the store's clock, in milliseconds since 1970:
    /// a timer never fires early, whatever the node's clock says.
    pub not_before_ms: Option<i64>,
    /// Parts of the snapshot to put, or to delete where there is no value.
    pub parts: Vec<(u64, Option<Bytes>)>,
    /// A batch to append to the record's history.
    pub batch: Option<Bytes>,
    /// What becomes of the record's timer.
    pub timer: Timer,
    /// The record's place in the listings, replacing the earlier one.
    pub listing: Option<Listing>,
    /// Refused as gated while this index is closed.
    pub gate: Option<Bytes>,
    /// Entries to put into the partition's outbox, by a number that is unique in the record.
    pub outbox_put: Vec<(u64, Bytes)>,
    /// Entries to retire from the outbox.
    pub outbox_retire: Vec<u64>,
    /// The entry of the trigger stream that this commit consumes.
    pub trigger: Option<u128>,
    /// The record leaves whole: row, parts, history, timer, listing and its outbox entries. The
    /// commit's own changes to them count for nothing; the trigger is consumed. Afterwards the
    /// key is absent.
    pub remove: bool,
}

impl Commit {
    /// A commit that changes nothing but the record's version.
    #[must_use]
    pub fn new(id: CommitId, key: Bytes, expect: Expect) -> Self {
        Self {
            id,
            key,
            expect,
            not_before_ms: None,
            parts: Vec::new(),
            batch: None,
            timer: Timer::Keep,
            listing: None,
            gate: None,
            outbox_put: Vec::new(),
            outbox_retire: Vec::new(),
            trigger: None,
            remove: false,
        }
    }
}

/// The precondition of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No record has the key. The commit makes it, at version 1.
    Absent,
    /// The record has this version. The commit raises it by one.
    Version(u64),
}

/// A record has at most one timer: the earliest of whatever it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// As it was.
    Keep,
    /// Due at this time of the store's clock, in milliseconds since 1970.
    Set(i64),
    /// None.
    Clear,
}

/// A record's place in the listings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The list that the record is in. A record's key is unique in its index over all
    /// partitions.
    pub index: Bytes,
    /// What the record is counted under besides its index while it is open: its namespace.
    /// Groups and indexes are counters of one kind, so no group may equal an index.
    pub group: Bytes,
    /// What lists are filtered by.
    pub status: u8,
    /// What lists are sorted by, newest first, in milliseconds since 1970.
    pub sort_ms: i64,
    /// What a list shows.
    pub entry: Bytes,
    /// Whether the record counts as open in its index and its group.
    pub open: bool,
}

/// What came of a commit. All but the first left the store as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Written, at this time of the store's clock.
    Committed {
        /// Milliseconds since 1970.
        now_ms: i64,
    },
    /// The record has another version than expected; none where there is no record.
    Conflict {
        /// The version that is there.
        version: Option<u64>,
    },
    /// The lease is not the partition's newest, or has been released.
    Fenced,
    /// Before `not_before_ms`.
    TooEarly {
        /// Milliseconds since 1970.
        now_ms: i64,
    },
    /// The gate's index is closed.
    Gated,
    /// The trigger was consumed before.
    TriggerGone,
    /// The store is short of room and takes no new record; those that it has go on. Only a commit
    /// that expects no record hears this.
    Full,
}

/// A record as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// From 1, raised by one with every commit.
    pub version: u64,
    /// The commit that wrote this version.
    pub commit: CommitId,
    /// The snapshot's parts by number.
    pub parts: Vec<(u64, Bytes)>,
    /// How many batches the history has.
    pub batches: u64,
}
