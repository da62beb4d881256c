//! A commit on the writer's connection.

use rusqlite::{Connection, OptionalExtension, Result, named_params, params};
use stepwell_storage::{Commit, Expect, Lease, Outcome, Timer};

/// Whether the lease is the newest of its partition and not released.
pub(crate) fn holds(connection: &Connection, lease: Lease) -> Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM lease WHERE partition = ?1 AND epoch = ?2 AND fence = ?3")?
        .exists(params![lease.partition, lease.epoch, lease.fence.to_be_bytes()])
}

/// Checks everything, then writes.
pub(crate) fn apply(
    connection: &Connection,
    lease: Lease,
    commit: Commit,
    now: i64,
) -> Result<Outcome> {
    if let Some(refusal) = refusal(connection, lease, &commit, now)? {
        return Ok(refusal);
    }
    let (partition, key) = (lease.partition, commit.key.as_ref());
    write_record(connection, partition, &commit)?;
    for (number, part) in &commit.parts {
        match part {
            Some(body) => put(
                connection,
                "INSERT OR REPLACE INTO part VALUES (?1, ?2, ?3, ?4)",
                partition,
                key,
                *number,
                body,
            )?,
            None => {
                connection
                    .prepare_cached(
                        "DELETE FROM part WHERE partition = ?1 AND key = ?2 AND number = ?3",
                    )?
                    .execute(params![partition, key, number])?;
            }
        }
    }
    for id in &commit.outbox_retire {
        connection
            .prepare_cached("DELETE FROM outbox WHERE partition = ?1 AND key = ?2 AND id = ?3")?
            .execute(params![partition, key, id])?;
    }
    for (id, body) in &commit.outbox_put {
        put(
            connection,
            "INSERT OR REPLACE INTO outbox VALUES (?1, ?2, ?3, ?4)",
            partition,
            key,
            *id,
            body,
        )?;
    }
    if let Some(id) = commit.trigger {
        connection
            .prepare_cached("DELETE FROM trigger_stream WHERE partition = ?1 AND id = ?2")?
            .execute(params![partition, id.to_be_bytes()])?;
    }
    Ok(Outcome::Committed { now_ms: now })
}

fn put(
    connection: &Connection,
    sql: &str,
    partition: u32,
    key: &[u8],
    number: u64,
    body: &[u8],
) -> Result<()> {
    connection.prepare_cached(sql)?.execute(params![partition, key, number, body])?;
    Ok(())
}

fn write_record(connection: &Connection, partition: u32, commit: &Commit) -> Result<()> {
    let key = commit.key.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO record (partition, key, version, commit_id, batches, open)
             VALUES (:partition, :key, 1, :commit, 0, 0)
             ON CONFLICT DO UPDATE SET version = version + 1, commit_id = :commit",
        )?
        .execute(named_params! {":partition": partition, ":key": key, ":commit": commit.id.to_be_bytes()})?;
    if let Some(batch) = &commit.batch {
        connection
            .prepare_cached(
                "INSERT INTO history SELECT partition, key, batches, ?3 FROM record
                 WHERE partition = ?1 AND key = ?2",
            )?
            .execute(params![partition, key, batch.as_ref()])?;
        connection
            .prepare_cached(
                "UPDATE record SET batches = batches + 1 WHERE partition = ?1 AND key = ?2",
            )?
            .execute(params![partition, key])?;
    }
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
    if let Some(listing) = &commit.listing {
        connection
            .prepare_cached(
                "UPDATE record SET idx = ?3, status = ?4, sort_ms = ?5, entry = ?6, open = ?7
                 WHERE partition = ?1 AND key = ?2",
            )?
            .execute(params![
                partition,
                key,
                listing.index.as_ref(),
                listing.status,
                listing.sort_ms,
                listing.entry.as_ref(),
                listing.open
            ])?;
    }
    Ok(())
}

fn refusal(
    connection: &Connection,
    lease: Lease,
    commit: &Commit,
    now: i64,
) -> Result<Option<Outcome>> {
    if !holds(connection, lease)? {
        return Ok(Some(Outcome::Fenced));
    }
    let partition = lease.partition;
    let version: Option<u64> = connection
        .prepare_cached("SELECT version FROM record WHERE partition = ?1 AND key = ?2")?
        .query_row(params![partition, commit.key.as_ref()], |row| row.get(0))
        .optional()?;
    let expected = match commit.expect {
        Expect::Absent => None,
        Expect::Version(version) => Some(version),
    };
    if version != expected {
        return Ok(Some(Outcome::Conflict { version }));
    }
    if commit.not_before_ms.is_some_and(|due| now < due) {
        return Ok(Some(Outcome::TooEarly { now_ms: now }));
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
