//! A record's row, its history, and the counts that its listing goes into.

use rusqlite::{Connection, OptionalExtension, Result, params};
use stepwell_storage::{Commit, Listing, Timer};

/// What a commit needs to know of the row that is there.
pub(crate) struct Row {
    pub(crate) version: u64,
    batches: u64,
    /// Index and group, where it counts as open.
    open: Option<[Vec<u8>; 2]>,
}

impl Row {
    pub(crate) fn load(
        connection: &Connection,
        partition: u32,
        key: &[u8],
    ) -> Result<Option<Self>> {
        connection
            .prepare_cached(
                "SELECT version, batches, open, CASE WHEN open THEN idx END,
                 CASE WHEN open THEN grp END FROM record WHERE partition = ?1 AND key = ?2",
            )?
            .query_row(params![partition, key], |row| {
                let open = if row.get(2)? { Some([row.get(3)?, row.get(4)?]) } else { None };
                Ok(Self { version: row.get(0)?, batches: row.get(1)?, open })
            })
            .optional()
    }

    /// Writes the row and the batch of history.
    pub(crate) fn write(
        connection: &Connection,
        partition: u32,
        commit: &Commit,
        row: Option<Self>,
    ) -> Result<()> {
        let key = commit.key.as_ref();
        let batches = row.as_ref().map_or(0, |row| row.batches);
        if let Some(batch) = &commit.batch {
            connection
                .prepare_cached("INSERT INTO history VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![partition, key, batches, batch.as_ref()])?;
        }
        let batches = batches + u64::from(commit.batch.is_some());
        match &row {
            None => insert(connection, partition, commit, batches)?,
            Some(row) => update(connection, partition, commit, row.version + 1, batches)?,
        }
        if let Some(listing) = &commit.listing {
            let new = listing.open.then_some([&listing.index[..], &listing.group]);
            let old = row.as_ref().and_then(|row| row.open.as_ref());
            count_open(connection, partition, old.map(|[idx, grp]| [&idx[..], grp]), new)?;
        }
        Ok(())
    }

    /// Removes the row and everything under its key.
    pub(crate) fn remove(self, connection: &Connection, partition: u32, key: &[u8]) -> Result<()> {
        for sql in [
            "DELETE FROM record WHERE partition = ?1 AND key = ?2",
            "DELETE FROM part WHERE partition = ?1 AND key = ?2",
            "DELETE FROM history WHERE partition = ?1 AND key = ?2",
            "DELETE FROM outbox WHERE partition = ?1 AND key = ?2",
        ] {
            connection.prepare_cached(sql)?.execute(params![partition, key])?;
        }
        let old = self.open.as_ref().map(|[idx, grp]| [&idx[..], grp]);
        count_open(connection, partition, old, None)
    }
}

fn insert(connection: &Connection, partition: u32, commit: &Commit, batches: u64) -> Result<()> {
    let due = match commit.timer {
        Timer::Set(due) => Some(due),
        Timer::Keep | Timer::Clear => None,
    };
    let listing = commit.listing.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO record VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            partition,
            commit.key.as_ref(),
            commit.id.to_be_bytes(),
            batches,
            due,
            listing.map(|listing| listing.index.as_ref()),
            listing.map(|listing| listing.group.as_ref()),
            listing.map(|listing| listing.status),
            listing.map(|listing| listing.sort_ms),
            listing.map(|listing| listing.entry.as_ref()),
            listing.is_some_and(|listing| listing.open),
        ])?;
    Ok(())
}

fn update(
    connection: &Connection,
    partition: u32,
    commit: &Commit,
    version: u64,
    batches: u64,
) -> Result<()> {
    let key = commit.key.as_ref();
    connection
        .prepare_cached(
            "UPDATE record SET version = ?3, commit_id = ?4, batches = ?5
             WHERE partition = ?1 AND key = ?2",
        )?
        .execute(params![partition, key, version, commit.id.to_be_bytes(), batches])?;
    let due = match commit.timer {
        Timer::Keep => None,
        Timer::Set(due) => Some(Some(due)),
        Timer::Clear => Some(None),
    };
    if let Some(due) = due {
        connection
            .prepare_cached("UPDATE record SET due_ms = ?3 WHERE partition = ?1 AND key = ?2")?
            .execute(params![partition, key, due])?;
    }
    if let Some(Listing { index, group, status, sort_ms, entry, open }) = &commit.listing {
        connection
            .prepare_cached(
                "UPDATE record SET idx = ?3, grp = ?4, status = ?5, sort_ms = ?6, entry = ?7,
                 open = ?8 WHERE partition = ?1 AND key = ?2",
            )?
            .execute(params![
                partition,
                key,
                index.as_ref(),
                group.as_ref(),
                status,
                sort_ms,
                entry.as_ref(),
                open
            ])?;
    }
    Ok(())
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
