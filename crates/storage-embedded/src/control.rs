//! Control records.

use crate::EmbeddedStore;
use crate::read::{bytes, most};
use crate::writer::Transaction;
use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Result, params};
use stepwell_storage::{
    ControlChange, ControlOutcome, ControlStore, ControlWrite, Expect, StoreError,
};

#[async_trait]
impl ControlStore for EmbeddedStore {
    async fn control_get(
        &self,
        group: &[u8],
        key: &[u8],
    ) -> Result<Option<(u64, Bytes)>, StoreError> {
        let (group, key) = (group.to_vec(), key.to_vec());
        let get = move |connection: &mut Connection| {
            connection
                .prepare_cached("SELECT version, value FROM control WHERE grp = ?1 AND key = ?2")?
                .query_row([group, key], |row| Ok((row.get(0)?, bytes(row, 1)?)))
                .optional()
        };
        self.readers.read(get).await
    }

    async fn control_write(
        &self,
        group: &[u8],
        writes: Vec<ControlWrite>,
    ) -> Result<ControlOutcome, StoreError> {
        ControlWrite::check(&writes)?;
        let group = group.to_vec();
        self.writer.write(move |transaction| write(transaction, &group, &writes)).await
    }

    async fn control_list(
        &self,
        group: &[u8],
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Bytes, u64, Bytes)>, StoreError> {
        let (group, range) = (group.to_vec(), Range::new(prefix));
        let after = after.map(<[u8]>::to_vec);
        let list = move |connection: &mut Connection| {
            connection
                .prepare_cached(
                    "SELECT key, version, value FROM control WHERE grp = ?1 AND key >= ?2
                     AND (?3 IS NULL OR key < ?3) AND (?4 IS NULL OR key > ?4)
                     ORDER BY key LIMIT ?5",
                )?
                .query_map(params![group, range.from, range.to, after, most(limit)], |row| {
                    Ok((bytes(row, 0)?, row.get(1)?, bytes(row, 2)?))
                })?
                .collect()
        };
        self.readers.read(list).await
    }

    async fn control_count(&self, group: &[u8], prefix: &[u8]) -> Result<u64, StoreError> {
        let (group, range) = (group.to_vec(), Range::new(prefix));
        let count = move |connection: &mut Connection| {
            connection
                .prepare_cached(
                    "SELECT count(*) FROM control WHERE grp = ?1 AND key >= ?2
                     AND (?3 IS NULL OR key < ?3)",
                )?
                .query_row(params![group, range.from, range.to], |row| row.get(0))
        };
        self.readers.read(count).await
    }
}

/// The keys of a prefix: from it to the next that doesn't start with it, where there is one.
struct Range {
    from: Vec<u8>,
    to: Option<Vec<u8>>,
}

impl Range {
    fn new(prefix: &[u8]) -> Self {
        let last = prefix.iter().rposition(|byte| *byte != 0xff);
        let to = last.and_then(|last| {
            let mut to = prefix.get(..=last)?.to_vec();
            *to.last_mut()? += 1;
            Some(to)
        });
        Self { from: prefix.to_vec(), to }
    }
}

fn write(
    transaction: &Transaction<'_>,
    group: &[u8],
    writes: &[ControlWrite],
) -> Result<ControlOutcome> {
    let connection = transaction.connection;
    for (change, write) in writes.iter().enumerate() {
        let Some(expect) = write.expect else { continue };
        let version: Option<u64> = connection
            .prepare_cached("SELECT version FROM control WHERE grp = ?1 AND key = ?2")?
            .query_row(params![group, write.key.as_ref()], |row| row.get(0))
            .optional()?;
        let expected = match expect {
            Expect::Absent => None,
            Expect::Version(version) => Some(version),
        };
        if version != expected {
            return Ok(ControlOutcome::Conflict { change, version });
        }
    }
    let version: u64 = connection
        .prepare_cached(
            "INSERT INTO control_group VALUES (?1, 1)
             ON CONFLICT DO UPDATE SET version = version + 1 RETURNING version",
        )?
        .query_row([group], |row| row.get(0))?;
    for ControlWrite { key, change, .. } in writes {
        match change {
            ControlChange::Keep => 0,
            ControlChange::Put(value) => connection
                .prepare_cached(
                    "INSERT INTO control VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET version = ?3, value = ?4",
                )?
                .execute(params![group, key.as_ref(), version, value.as_ref()])?,
            ControlChange::Delete => connection
                .prepare_cached("DELETE FROM control WHERE grp = ?1 AND key = ?2")?
                .execute(params![group, key.as_ref()])?,
        };
    }
    Ok(ControlOutcome::Written { version })
}
