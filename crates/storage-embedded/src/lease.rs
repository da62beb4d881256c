//! Leases on the writer's connection.

use crate::writer::Transaction;
use rusqlite::{OptionalExtension, Result, params};
use stepwell_storage::{Fence, Lease};

pub(crate) fn acquire(
    transaction: &Transaction<'_>,
    partition: u32,
    node: &str,
    fence: Fence,
    ttl_ms: i64,
) -> Result<Option<Lease>> {
    let now = transaction.now_ms;
    let epoch = transaction
        .connection
        .prepare_cached(
            "INSERT INTO lease VALUES (?1, 1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET
             epoch = epoch + 1, fence = ?2, node = ?3, until_ms = ?4
             WHERE fence IS NULL OR until_ms <= ?5 RETURNING epoch",
        )?
        .query_row(
            params![partition, fence.to_be_bytes(), node, now.saturating_add(ttl_ms), now],
            |row| row.get(0),
        )
        .optional()?;
    Ok(epoch.map(|epoch| Lease { partition, epoch, fence }))
}

pub(crate) fn renew(
    transaction: &Transaction<'_>,
    leases: &[Lease],
    ttl_ms: i64,
) -> Result<Vec<bool>> {
    let until_ms = transaction.now_ms.saturating_add(ttl_ms);
    let mut statement = transaction.connection.prepare_cached(
        "UPDATE lease SET until_ms = ?4 WHERE partition = ?1 AND epoch = ?2 AND fence = ?3",
    )?;
    let mut renew = |lease: &Lease| {
        let fence = lease.fence.to_be_bytes();
        let changed = statement.execute(params![lease.partition, lease.epoch, fence, until_ms]);
        changed.map(|rows| rows == 1)
    };
    leases.iter().map(&mut renew).collect()
}

pub(crate) fn release(transaction: &Transaction<'_>, lease: Lease) -> Result<()> {
    transaction
        .connection
        .prepare_cached(
            "UPDATE lease SET fence = NULL WHERE partition = ?1 AND epoch = ?2 AND fence = ?3",
        )?
        .execute(params![lease.partition, lease.epoch, lease.fence.to_be_bytes()])
        .map(drop)
}
