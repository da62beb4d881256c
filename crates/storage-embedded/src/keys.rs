//! Where records are found by their keys: an index whose newest entries wait in memory.
//!
//! Keys lie anywhere in the index, so that every new record would write a page of its own there.
//! Instead its entry waits, and each transaction writes as many of those that wait as have come:
//! neighbours, in a sweep over the whole index again and again. What waits is lost with the process
//! and found again when the store is opened, from the records themselves, the lowest of which is
//! written with every transaction (`store.keys_from`).
//!
//! Invariant: in every snapshot of the database, a record that is there has its entry in the table
//! or was waiting before the snapshot was taken. What waits may name a record that is not there, or
//! has another key: who follows it looks at the key.

use crate::record::digest;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use std::collections::BTreeSet;
use std::mem::take;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Entries that wait when the store is in use. A transaction writes neighbours among them: the more
/// wait, the fewer pages it writes, and the longer it takes to open the store.
pub(crate) const WAITING: usize = 32_768;

/// The digest of a key, and the number of the record's row.
type Entry = (i64, i64);

/// See the module. Read by all, changed by the writing thread.
pub(crate) struct Keys {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: BTreeSet<Entry>,
    sweep: Sweep,
    open: Open,
}

/// How far the sweep has come.
#[derive(Clone, Copy)]
struct Sweep {
    /// The entry that was written last.
    at: Entry,
    /// The lowest record that came during the sweep before this one, and during this one. What came
    /// earlier was swept.
    before: i64,
    since: i64,
}

impl Default for Sweep {
    fn default() -> Self {
        Self { at: (i64::MIN, i64::MIN), before: i64::MAX, since: i64::MAX }
    }
}

/// What the open transaction has done. It takes effect with the commit, except that new entries wait
/// from the start, so that whoever sees the commit finds them.
#[derive(Default)]
struct Open {
    sweep: Sweep,
    swept: Vec<Entry>,
    changes: Vec<(Change, Entry)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    New,
    /// It waits already.
    Again,
    Gone,
}

/// Where a record is found.
pub(crate) struct Place<'a> {
    pub(crate) partition: u32,
    pub(crate) key: &'a [u8],
    pub(crate) digest: i64,
}

impl<'a> Place<'a> {
    pub(crate) fn of(partition: u32, key: &'a [u8]) -> Self {
        Self { partition, key, digest: digest(key) }
    }
}

/// A query for columns of a record by its number (?1), of which partition (?2) and key (?3) are to
/// be as well.
pub(crate) struct Query(pub(crate) &'static str);

/// The [`Query`] for these columns.
macro_rules! query {
    ($columns:literal) => {
        $crate::keys::Query(concat!(
            "SELECT ",
            $columns,
            " FROM record WHERE id = ?1 AND partition = ?2 AND key = ?3"
        ))
    };
}
pub(crate) use query;

/// Records of a digest. Not joined with them: SQLite plans such a join anew for each digest.
const ENTRIES: &str = "SELECT id FROM record_key WHERE digest = ?1";

impl Query {
    /// Reads the record at `place`, where there is one. `waiting` are the records that waited under
    /// its digest before the connection's snapshot was taken.
    pub(crate) fn row<T>(
        &self,
        connection: &Connection,
        waiting: &[i64],
        place: &Place<'_>,
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        for record in waiting {
            if let Some(found) = self.numbered(connection, *record, place, &read)? {
                return Ok(Some(found));
            }
        }
        let mut statement = connection.prepare_cached(ENTRIES)?;
        let mut entries = statement.query([place.digest])?;
        while let Some(entry) = entries.next()? {
            if let Some(found) = self.numbered(connection, entry.get(0)?, place, &read)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The record with this number, where it is the one at `place`.
    fn numbered<T>(
        &self,
        connection: &Connection,
        record: i64,
        place: &Place<'_>,
        read: impl Fn(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = connection.prepare_cached(self.0)?;
        statement.query_row(params![record, place.partition, place.key], read).optional()
    }
}

impl Keys {
    /// At most about `most` entries wait.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is whole between any two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The records that wait under a digest; few or none.
    pub(crate) fn waiting(&self, digest: i64) -> Vec<i64> {
        let state = self.state();
        let range = state.waiting.range((digest, i64::MIN)..=(digest, i64::MAX));
        range.map(|(_, record)| *record).collect()
    }

    /// Begins a transaction, of which nothing is left of an earlier one that failed, with the part
    /// of the sweep that is its own.
    pub(crate) fn begin(&self, connection: &Connection) -> Result<()> {
        let mut state = self.state();
        state.undo();
        let count = state.waiting.len().saturating_sub(self.most);
        state.sweep_on(count);
        let swept = state.open.swept.clone();
        drop(state);
        write(connection, &swept)
    }

    /// A record was written.
    pub(crate) fn note(&self, digest: i64, record: i64) {
        let mut state = self.state();
        let new = state.waiting.insert((digest, record));
        let change = if new { Change::New } else { Change::Again };
        let open = &mut state.open;
        open.changes.push((change, (digest, record)));
        open.sweep.since = open.sweep.since.min(record);
    }

    /// A record was removed.
    pub(crate) fn forget(&self, connection: &Connection, digest: i64, record: i64) -> Result<()> {
        self.state().open.changes.push((Change::Gone, (digest, record)));
        connection
            .prepare_cached("DELETE FROM record_key WHERE digest = ?1 AND id = ?2")?
            .execute([digest, record])
            .map(drop)
    }

    /// How much the transaction has done.
    pub(crate) fn mark(&self) -> usize {
        self.state().open.changes.len()
    }

    /// What the transaction has done since `mark` was taken back.
    pub(crate) fn take_back(&self, mark: usize) {
        self.state().take_back(mark);
    }

    /// The lowest record that may be without its entry once the transaction is committed.
    pub(crate) fn lowest(&self) -> i64 {
        let sweep = self.state().open.sweep;
        sweep.before.min(sweep.since)
    }

    /// The transaction took effect.
    pub(crate) fn committed(&self) {
        let mut state = self.state();
        let State { waiting, sweep, open } = &mut *state;
        let Open { sweep: swept_to, swept, changes } = take(open);
        *sweep = swept_to;
        for entry in &swept {
            waiting.remove(entry);
        }
        // What is only new waits already.
        if changes.iter().any(|(change, _)| *change != Change::New) {
            for (change, entry) in changes {
                if change == Change::Gone {
                    waiting.remove(&entry);
                } else {
                    waiting.insert(entry);
                }
            }
        }
    }

    /// The transaction took no effect.
    pub(crate) fn undone(&self) {
        self.state().undo();
    }

    /// Nobody knows whether the transaction took effect: all that may wait does.
    pub(crate) fn unknown(&self) {
        let mut state = self.state();
        let open = take(&mut state.open);
        let lowest = open.sweep.before.min(open.sweep.since);
        state.sweep.since = state.sweep.since.min(lowest);
    }
}

impl State {
    /// Chooses the next `count` entries, which the transaction is to write.
    fn sweep_on(&mut self, count: usize) {
        let Self { waiting, sweep, open } = self;
        open.sweep = *sweep;
        let ahead = waiting.range((Excluded(sweep.at), Unbounded)).take(count);
        open.swept.extend(ahead);
        let left = count - open.swept.len();
        if left > 0 {
            open.swept.extend(waiting.iter().take(left));
            open.sweep.before = sweep.since;
            open.sweep.since = i64::MAX;
        }
        if let Some(last) = open.swept.last() {
            open.sweep.at = *last;
        }
    }

    fn take_back(&mut self, mark: usize) {
        for (change, entry) in self.open.changes.drain(mark..) {
            if change == Change::New {
                self.waiting.remove(&entry);
            }
        }
    }

    fn undo(&mut self) {
        self.take_back(0);
        self.open = Open::default();
    }
}

fn write(connection: &Connection, entries: &[Entry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO record_key VALUES (?1, ?2)")?;
    entries.iter().try_for_each(|(digest, record)| insert.execute([digest, record]).map(drop))
}

/// Writes the entries that waited when the last process ended.
pub(crate) fn recover(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction()?;
    let sql = "SELECT id, key FROM record WHERE id >= (SELECT keys_from FROM store)";
    let mut waited = transaction.prepare(sql)?;
    let entries = waited.query_map([], |row| {
        let key = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        Ok((digest(key), row.get(0)?))
    })?;
    // In the order of the index, as a sweep writes them.
    let entries = entries.collect::<Result<BTreeSet<Entry>>>()?;
    drop(waited);
    write(&transaction, &entries.into_iter().collect::<Vec<_>>())?;
    transaction.execute("UPDATE store SET keys_from = ?1", [i64::MAX])?;
    transaction.commit()
}

#[cfg(test)]
mod tests;
