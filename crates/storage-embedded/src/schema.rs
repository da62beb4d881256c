//! Tables. What a commit writes lies where the commits before it wrote: rows are numbered as they
//! come, and only two of a new record's places, by its key and by its timer, are anywhere else in
//! the file. Pages that a transaction touches are what it costs.
//!
//! - A record is found by the first 8 bytes of a digest of its key. Its part 0, which most commits
//!   write, is in its row.
//! - A batch of history is numbered by its record's number and its own (`row_of_batch`).
//! - Timers are set in the order of their times, mostly, as the retention of each closed record is:
//!   the partitions share few places in the index ([`TIMER_PLACES`]), and who reads the timers of
//!   one partition passes over those of the others there.
//! - Lists run over all partitions, since one process owns them all.

/// The stored format; another one is refused.
pub(crate) const FORMAT: i64 = 4;

/// Places of the timer index, by the remainder of the partition: a transaction writes a page of
/// each, and a reader passes over `partitions / TIMER_PLACES` entries for each that it wants. A part
/// of the format.
pub(crate) const TIMER_PLACES: u32 = 8;

pub(crate) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS store (
    one INTEGER PRIMARY KEY CHECK (one = 1), partitions INTEGER NOT NULL, clock_ms INTEGER NOT NULL,
    keys_from INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS lease (
    partition INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, fence BLOB);
CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY, partition INTEGER NOT NULL, key BLOB NOT NULL,
    version INTEGER NOT NULL, commit_id BLOB NOT NULL, batches INTEGER NOT NULL, due_ms INTEGER,
    timer_place INTEGER NOT NULL,
    idx BLOB, grp BLOB, status INTEGER, sort_ms INTEGER, entry BLOB, open INTEGER NOT NULL,
    root BLOB);
CREATE TABLE IF NOT EXISTS record_key (
    digest INTEGER, id INTEGER, PRIMARY KEY (digest, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS timer ON record (timer_place, due_ms, partition)
    WHERE due_ms IS NOT NULL;
CREATE INDEX IF NOT EXISTS listing ON record (idx, sort_ms DESC) WHERE idx IS NOT NULL;
CREATE INDEX IF NOT EXISTS listing_by_status ON record (idx, status, sort_ms DESC)
    WHERE idx IS NOT NULL;
CREATE TABLE IF NOT EXISTS open_records (
    counter BLOB, partition INTEGER, count INTEGER NOT NULL,
    PRIMARY KEY (counter, partition)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS part (
    record INTEGER, number INTEGER, body BLOB NOT NULL, PRIMARY KEY (record, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (
    partition INTEGER, key BLOB, id INTEGER, body BLOB NOT NULL,
    PRIMARY KEY (partition, key, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trigger_stream (
    place INTEGER PRIMARY KEY AUTOINCREMENT, partition INTEGER NOT NULL, id BLOB NOT NULL,
    body BLOB NOT NULL, UNIQUE (partition, id));
CREATE TABLE IF NOT EXISTS claim (
    queue BLOB, id BLOB, body BLOB NOT NULL, PRIMARY KEY (queue, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS closed_gate (
    partition INTEGER, idx BLOB, PRIMARY KEY (partition, idx)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS control_group (grp BLOB PRIMARY KEY, version INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS control (
    grp BLOB NOT NULL, key BLOB NOT NULL, version INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (grp, key));
";
