//! A commit inside the writer's transaction: checks everything, then writes.

use crate::keys::Place;
use crate::record::Row;
use crate::writer::Transaction;
use rusqlite::{Connection, Result, params};
use stepwell_storage::{Commit, Expect, Lease, Outcome};

/// Applies the commits of one lease in order, each by itself.
pub(crate) fn apply(
    transaction: &Transaction<'_>,
    lease: Lease,
    commits: &[Commit],
) -> Result<Vec<Outcome>> {
    // Nothing else writes before the transaction ends, so one look is enough for all.
    if !holds(transaction.connection, lease)? {
        return Ok(vec![Outcome::Fenced; commits.len()]);
    }
    commits.iter().map(|commit| one(transaction, lease.partition, commit)).collect()
}

/// Whether the lease is the newest of its partition and not released.
fn holds(connection: &Connection, lease: Lease) -> Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM lease WHERE partition = ?1 AND epoch = ?2 AND fence = ?3")?
        .exists(params![lease.partition, lease.epoch, lease.fence.to_be_bytes()])
}

fn one(transaction: &Transaction<'_>, partition: u32, commit: &Commit) -> Result<Outcome> {
    let Transaction { connection, now_ms, keys } = *transaction;
    let place = Place::of(partition, &commit.key);
    let row = Row::load(connection, keys, &place)?;
    if let Some(refusal) = refusal(connection, partition, commit, row.as_ref(), now_ms)? {
        return Ok(refusal);
    }
    if let Some(id) = commit.trigger {
        connection
            .prepare_cached("DELETE FROM trigger_stream WHERE partition = ?1 AND id = ?2")?
            .execute(params![partition, id.to_be_bytes()])?;
    }
    match row {
        Some(row) if commit.remove => row.remove(transaction, &place)?,
        None if commit.remove => {}
        row => {
            let record = Row::write(transaction, &place, commit, row)?;
            write_parts(connection, record, commit)?;
            write_outbox(connection, partition, commit)?;
        }
    }
    Ok(Outcome::Committed { now_ms })
}

fn refusal(
    connection: &Connection,
    partition: u32,
    commit: &Commit,
    row: Option<&Row>,
    now_ms: i64,
) -> Result<Option<Outcome>> {
    let version = row.map(|row| row.version);
    let expected = match commit.expect {
        Expect::Absent => None,
        Expect::Version(version) => Some(version),
    };
    if version != expected {
        return Ok(Some(Outcome::Conflict { version }));
    }
    if commit.not_before_ms.is_some_and(|due| now_ms < due) {
        return Ok(Some(Outcome::TooEarly { now_ms }));
    }
    if let Some(index) = &commit.gate
        && connection
            .prepare_cached("SELECT 1 FROM closed_gate WHERE partition = ?1 AND idx = ?2")?
            .exists(params![partition, index.as_ref()])?
    {
        return Ok(Some(Outcome::Gated));
    }
    if let Some(id) = commit.trigger
        && !connection
            .prepare_cached("SELECT 1 FROM trigger_stream WHERE partition = ?1 AND id = ?2")?
            .exists(params![partition, id.to_be_bytes()])?
    {
        return Ok(Some(Outcome::TriggerGone));
    }
    Ok(None)
}

/// Part 0 is in the record's row.
fn write_parts(connection: &Connection, record: i64, commit: &Commit) -> Result<()> {
    for (number, part) in commit.parts.iter().filter(|(number, _)| *number != 0) {
        match part {
            Some(body) => connection
                .prepare_cached("INSERT OR REPLACE INTO part VALUES (?1, ?2, ?3)")?
                .execute(params![record, number, body.as_ref()])?,
            None => connection
                .prepare_cached("DELETE FROM part WHERE record = ?1 AND number = ?2")?
                .execute(params![record, number])?,
        };
    }
    Ok(())
}

fn write_outbox(connection: &Connection, partition: u32, commit: &Commit) -> Result<()> {
    let key = commit.key.as_ref();
    for id in &commit.outbox_retire {
        connection
            .prepare_cached("DELETE FROM outbox WHERE partition = ?1 AND key = ?2 AND id = ?3")?
            .execute(params![partition, key, id])?;
    }
    for (id, body) in &commit.outbox_put {
        connection
            .prepare_cached("INSERT OR REPLACE INTO outbox VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![partition, key, id, body.as_ref()])?;
    }
    Ok(())
}
