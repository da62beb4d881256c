//! A record's row, its history, and the counts that its listing goes into.

use crate::keys::{Keys, Place, Query, query};
use crate::schema::TIMER_PLACES;
use crate::writer::Transaction;
use rusqlite::{Connection, Error, Result, params};
use sha2::{Digest as _, Sha256};
use std::ops::Range;
use stepwell_storage::{Commit, Listing, Timer};

/// Batches that a record can have.
const MAX_BATCHES: u64 = 1 << 24;

/// What a record is found by; few of them or none share it.
pub(crate) fn digest(key: &[u8]) -> i64 {
    let mut digest = [0; 8];
    digest.iter_mut().zip(Sha256::digest(key)).for_each(|(to, from)| *to = from);
    i64::from_be_bytes(digest)
}

/// The number of a batch's row. Those of a record follow each other.
fn row_of_batch(record: i64, number: u64) -> Result<i64> {
    let place = i64::try_from(number).ok().filter(|_| number < MAX_BATCHES);
    place.and_then(|place| record.checked_shl(24)?.checked_add(place)).ok_or_else(|| {
        Error::ToSqlConversionFailure(format!("a history of {number} batches is full").into())
    })
}

/// The rows of a record's batches from number `from`.
pub(crate) fn rows_of_batches(record: i64, from: u64) -> Result<Range<i64>> {
    let first = row_of_batch(record, from.min(MAX_BATCHES - 1))?;
    Ok(first..row_of_batch(record + 1, 0)?)
}

/// What a commit needs to know of the row that is there.
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) version: u64,
    batches: u64,
    /// Index and group, where it counts as open.
    open: Option<[Vec<u8>; 2]>,
}

/// What [`Row::load`] reads.
const ROW: Query =
    query!("version, batches, open, CASE WHEN open THEN idx END, CASE WHEN open THEN grp END, id");

impl Row {
    pub(crate) fn load(
        connection: &Connection,
        keys: &Keys,
        place: &Place<'_>,
    ) -> Result<Option<Self>> {
        ROW.row(connection, &keys.waiting(place.digest), place, |row| {
            let open = if row.get(2)? { Some([row.get(3)?, row.get(4)?]) } else { None };
            let (version, batches) = (row.get(0)?, row.get(1)?);
            Ok(Self { id: row.get(5)?, version, batches, open })
        })
    }

    /// Writes the row and the batch of history, and gives the row's number.
    pub(crate) fn write(
        transaction: &Transaction<'_>,
        place: &Place<'_>,
        commit: &Commit,
        row: Option<Self>,
    ) -> Result<i64> {
        let Transaction { connection, keys, .. } = transaction;
        let before = row.as_ref().map_or(0, |row| row.batches);
        let batches = before + u64::from(commit.batch.is_some());
        let id = match &row {
            None => {
                let id = insert(connection, place, commit, batches)?;
                keys.note(place.digest, id);
                id
            }
            Some(row) => update(connection, commit, row, batches)?,
        };
        if let Some(batch) = &commit.batch {
            connection
                .prepare_cached("INSERT INTO history VALUES (?1, ?2)")?
                .execute(params![row_of_batch(id, before)?, batch.as_ref()])?;
        }
        if let Some(listing) = &commit.listing {
            let new = listing.open.then_some([&listing.index[..], &listing.group]);
            let old = row.as_ref().and_then(|row| row.open.as_ref());
            count_open(connection, place.partition, old.map(|[idx, grp]| [&idx[..], grp]), new)?;
        }
        Ok(id)
    }

    /// Removes the row and everything under its key.
    pub(crate) fn remove(self, transaction: &Transaction<'_>, place: &Place<'_>) -> Result<()> {
        let Transaction { connection, keys, .. } = transaction;
        keys.forget(connection, place.digest, self.id)?;
        for sql in ["DELETE FROM record WHERE id = ?1", "DELETE FROM part WHERE record = ?1"] {
            connection.prepare_cached(sql)?.execute([self.id])?;
        }
        let batches = rows_of_batches(self.id, 0)?;
        connection
            .prepare_cached("DELETE FROM history WHERE id >= ?1 AND id < ?2")?
            .execute([batches.start, batches.end])?;
        connection
            .prepare_cached("DELETE FROM outbox WHERE partition = ?1 AND key = ?2")?
            .execute(params![place.partition, place.key])?;
        let old = self.open.as_ref().map(|[idx, grp]| [&idx[..], grp]);
        count_open(connection, place.partition, old, None)
    }
}

/// The part that is in the row, where the commit writes or deletes it.
fn root(commit: &Commit) -> Option<Option<&[u8]>> {
    let root = commit.parts.iter().rev().find(|(number, _)| *number == 0);
    root.map(|(_, body)| body.as_deref())
}

fn insert(
    connection: &Connection,
    place: &Place<'_>,
    commit: &Commit,
    batches: u64,
) -> Result<i64> {
    let due = match commit.timer {
        Timer::Set(due) => Some(due),
        Timer::Keep | Timer::Clear => None,
    };
    let listing = commit.listing.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO record VALUES
             (NULL, ?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .insert(params![
            place.partition,
            place.key,
            commit.id.to_be_bytes(),
            batches,
            due,
            place.partition % TIMER_PLACES,
            listing.map(|listing| listing.index.as_ref()),
            listing.map(|listing| listing.group.as_ref()),
            listing.map(|listing| listing.status),
            listing.map(|listing| listing.sort_ms),
            listing.map(|listing| listing.entry.as_ref()),
            listing.is_some_and(|listing| listing.open),
            root(commit).flatten(),
        ])
}

/// Rewrites the row, with the columns that the commit changes: an index is touched only where one
/// of its columns is named.
fn update(connection: &Connection, commit: &Commit, row: &Row, batches: u64) -> Result<i64> {
    let due = match commit.timer {
        Timer::Keep => None,
        Timer::Set(due) => Some(Some(due)),
        Timer::Clear => Some(None),
    };
    let root = root(commit);
    let mut sql = "UPDATE record SET version = ?2, commit_id = ?3, batches = ?4".to_owned();
    if due.is_some() {
        sql.push_str(", due_ms = ?5");
    }
    if root.is_some() {
        sql.push_str(", root = ?6");
    }
    if commit.listing.is_some() {
        sql.push_str(", idx = ?7, grp = ?8, status = ?9, sort_ms = ?10, entry = ?11, open = ?12");
    }
    sql.push_str(" WHERE id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.raw_bind_parameter(1, row.id)?;
    statement.raw_bind_parameter(2, row.version + 1)?;
    statement.raw_bind_parameter(3, commit.id.to_be_bytes())?;
    statement.raw_bind_parameter(4, batches)?;
    if let Some(due) = due {
        statement.raw_bind_parameter(5, due)?;
    }
    if let Some(root) = root {
        statement.raw_bind_parameter(6, root)?;
    }
    if let Some(Listing { index, group, status, sort_ms, entry, open }) = &commit.listing {
        statement.raw_bind_parameter(7, index.as_ref())?;
        statement.raw_bind_parameter(8, group.as_ref())?;
        statement.raw_bind_parameter(9, status)?;
        statement.raw_bind_parameter(10, sort_ms)?;
        statement.raw_bind_parameter(11, entry.as_ref())?;
        statement.raw_bind_parameter(12, open)?;
    }
    statement.raw_execute()?;
    Ok(row.id)
}

/// Counts an open record under its new index and group instead of its old ones.
fn count_open(
    connection: &Connection,
    partition: u32,
    old: Option<[&[u8]; 2]>,
    new: Option<[&[u8]; 2]>,
) -> Result<()> {
    if old == new {
        return Ok(());
    }
    for counter in old.into_iter().flatten() {
        connection
            .prepare_cached(
                "UPDATE open_records SET count = count - 1 WHERE counter = ?1 AND partition = ?2",
            )?
            .execute(params![counter, partition])?;
        connection
            .prepare_cached(
                "DELETE FROM open_records WHERE counter = ?1 AND partition = ?2 AND count = 0",
            )?
            .execute(params![counter, partition])?;
    }
    for counter in new.into_iter().flatten() {
        connection
            .prepare_cached(
                "INSERT INTO open_records VALUES (?1, ?2, 1)
                 ON CONFLICT DO UPDATE SET count = count + 1",
            )?
            .execute(params![counter, partition])?;
    }
    Ok(())
}
