//! Reads, each a short snapshot, so that checkpoints of the log make progress.

use crate::keys::{Keys, Place, Query, query};
use crate::record::rows_of_batches;
use crate::schema::TIMER_PLACES;
use bytes::Bytes;
use rusqlite::{Connection, Result, Row, params};
use stepwell_storage::{ListPage, Listed, OutboxEntry, Record};

pub(crate) fn bytes(row: &Row<'_>, column: usize) -> Result<Bytes> {
    row.get::<_, Vec<u8>>(column).map(Bytes::from)
}

fn number(row: &Row<'_>, column: usize) -> Result<u128> {
    row.get(column).map(u128::from_be_bytes)
}

pub(crate) fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

const RECORD: Query = query!("id, version, commit_id, batches, root");
const NUMBER: Query = query!("id");

pub(crate) fn load(
    connection: &mut Connection,
    keys: &Keys,
    partition: u32,
    key: &[u8],
) -> Result<Option<Record>> {
    let place = Place::of(partition, key);
    let waiting = keys.waiting(place.digest);
    let snapshot = connection.transaction()?;
    let found = RECORD.row(&snapshot, &waiting, &place, |row| {
        let root = row.get::<_, Option<Vec<u8>>>(4)?.map(|root| (0, Bytes::from(root)));
        let parts = root.into_iter().collect();
        let (version, commit, batches) = (row.get(1)?, number(row, 2)?, row.get(3)?);
        Ok((row.get::<_, i64>(0)?, Record { version, commit, parts, batches }))
    })?;
    let Some((id, mut record)) = found else { return Ok(None) };
    let mut parts = snapshot
        .prepare_cached("SELECT number, body FROM part WHERE record = ?1 ORDER BY number")?;
    for part in parts.query_map([id], |row| Ok((row.get(0)?, bytes(row, 1)?)))? {
        record.parts.push(part?);
    }
    Ok(Some(record))
}

pub(crate) fn history(
    connection: &mut Connection,
    keys: &Keys,
    partition: u32,
    key: &[u8],
    from: u64,
    limit: usize,
) -> Result<Vec<Bytes>> {
    let place = Place::of(partition, key);
    let waiting = keys.waiting(place.digest);
    let snapshot = connection.transaction()?;
    let id = NUMBER.row(&snapshot, &waiting, &place, |row| row.get(0))?;
    let Some(id) = id else { return Ok(Vec::new()) };
    let rows = rows_of_batches(id, from)?;
    snapshot
        .prepare_cached("SELECT body FROM history WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3")?
        .query_map(params![rows.start, rows.end, most(limit)], |row| bytes(row, 0))?
        .collect()
}

const TIMERS: &str = "SELECT due_ms, key FROM record WHERE timer_place = ?2 AND partition = ?1
     AND due_ms IS NOT NULL ORDER BY due_ms, key LIMIT ?3";

pub(crate) fn timers(
    connection: &Connection,
    partition: u32,
    limit: usize,
) -> Result<Vec<(i64, Bytes)>> {
    connection
        .prepare_cached(TIMERS)?
        .query_map(params![partition, partition % TIMER_PLACES, most(limit)], |row| {
            Ok((row.get(0)?, bytes(row, 1)?))
        })?
        .collect()
}

pub(crate) fn outbox(
    connection: &Connection,
    partition: u32,
    after: Option<(Bytes, u64)>,
    limit: usize,
) -> Result<Vec<OutboxEntry>> {
    // Ids count from 0, so nothing lies before the empty key with id -1.
    let (key, id) =
        after.map_or((Bytes::new(), -1), |(key, id)| (key, i64::try_from(id).unwrap_or(i64::MAX)));
    connection
        .prepare_cached("SELECT key, id, body FROM outbox WHERE partition = ?1 AND (key, id) > (?2, ?3) ORDER BY key, id LIMIT ?4")?
        .query_map(params![partition, key.as_ref(), id, most(limit)], |row| {
            Ok(OutboxEntry { key: bytes(row, 0)?, id: row.get(1)?, body: bytes(row, 2)? })
        })?
        .collect()
}

pub(crate) fn triggers(
    connection: &Connection,
    partition: u32,
    limit: usize,
) -> Result<Vec<(u128, Bytes)>> {
    connection
        .prepare_cached(
            "SELECT id, body FROM trigger_stream WHERE partition = ?1 ORDER BY place LIMIT ?2",
        )?
        .query_map(params![partition, most(limit)], |row| Ok((number(row, 0)?, bytes(row, 1)?)))?
        .collect()
}

pub(crate) fn has_triggers(connection: &Connection, partitions: &[u32]) -> Result<Vec<bool>> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM trigger_stream WHERE partition = ?1 LIMIT 1")?;
    partitions.iter().map(|partition| statement.exists([partition])).collect()
}

pub(crate) fn open_count(connection: &Connection, partition: u32, counter: &[u8]) -> Result<u64> {
    connection
        .prepare_cached(
            "SELECT coalesce(sum(count), 0) FROM open_records WHERE counter = ?2 AND partition = ?1",
        )?
        .query_row(params![partition, counter], |row| row.get(0))
}

pub(crate) fn open_total(connection: &Connection, counter: &[u8]) -> Result<u64> {
    connection
        .prepare_cached("SELECT coalesce(sum(count), 0) FROM open_records WHERE counter = ?1")?
        .query_row([counter], |row| row.get(0))
}

/// Of one partition, or of all.
pub(crate) fn list(
    connection: &Connection,
    partition: Option<u32>,
    index: &[u8],
    page: &ListPage,
) -> Result<Vec<Listed>> {
    let (sort_ms, key) = page.after.clone().unwrap_or((i64::MAX, Bytes::new()));
    // Each statement runs along one index: with a status in it, or without.
    let sql = match page.status {
        None => {
            "SELECT sort_ms, key, entry FROM record WHERE idx = ?1 AND sort_ms <= ?2
             AND (sort_ms < ?2 OR key > ?3) AND (?4 IS NULL OR partition = ?4) AND ?5 IS NULL
             ORDER BY sort_ms DESC, key LIMIT ?6"
        }
        Some(_) => {
            "SELECT sort_ms, key, entry FROM record WHERE idx = ?1 AND sort_ms <= ?2
             AND (sort_ms < ?2 OR key > ?3) AND (?4 IS NULL OR partition = ?4) AND status = ?5
             ORDER BY sort_ms DESC, key LIMIT ?6"
        }
    };
    connection
        .prepare_cached(sql)?
        .query_map(
            params![index, sort_ms, key.as_ref(), partition, page.status, most(page.limit)],
            |row| Ok((row.get(0)?, bytes(row, 1)?, bytes(row, 2)?)),
        )?
        .collect()
}

#[cfg(test)]
mod tests {
    use super::TIMERS;
    use crate::schema::SCHEMA;
    use rusqlite::{Connection, params};

    #[test]
    fn timers_are_found_along_their_index() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {TIMERS}")).unwrap();
        let steps = plan.query_map(params![9, 1, 10], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<_> = steps.map(Result::unwrap).collect();
        assert!(steps[0].starts_with("SEARCH record USING INDEX timer ("), "{steps:?}");
        // Only those of one time are sorted, so that the limit ends the search.
        assert!(steps.iter().all(|step| step != "USE TEMP B-TREE FOR ORDER BY"), "{steps:?}");
    }
}
