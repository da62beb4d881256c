//! The adapter: which thread runs what.

use crate::writer::Writer;
use crate::{apply, read, schema::SCHEMA};
use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use stepwell_storage::{
    Commit, Fence, Gate, Lease, ListPage, OutboxEntry, Outcome, PartitionStore, Record, StoreError,
};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a file in it can't be used.
    #[error("the data directory can't be used: {0}")]
    Directory(#[from] std::io::Error),
    /// Another process has the store open.
    #[error("the data directory is in use by another process")]
    InUse,
    /// The database can't be used.
    #[error("the database can't be used: {0}")]
    Database(#[from] rusqlite::Error),
    /// The number of partitions is fixed when a store is created.
    #[error("the store was created with {found} partitions, {wanted} were asked for")]
    Partitions {
        /// What the store has.
        found: u32,
        /// What was asked for.
        wanted: u32,
    },
}

/// A store in a folder of its own, for one process at a time.
pub struct EmbeddedStore {
    partitions: u32,
    writer: Writer,
    reader: Arc<Mutex<Connection>>,
    /// Held for as long as the store is open.
    _lock: std::fs::File,
}

impl EmbeddedStore {
    /// Opens the store in `directory`, made where it is missing.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(directory: &Path, partitions: u32) -> Result<Self, OpenError> {
        std::fs::create_dir_all(directory)?;
        let lock = std::fs::File::create(directory.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => OpenError::InUse,
            std::fs::TryLockError::Error(error) => OpenError::Directory(error),
        })?;
        let connect = || {
            let connection = Connection::open(directory.join("stepwell.db"))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.set_prepared_statement_cache_capacity(64);
            Ok::<_, rusqlite::Error>(connection)
        };
        let connection = connect()?;
        connection.execute_batch(SCHEMA)?;
        connection.execute("INSERT OR IGNORE INTO store VALUES (1, ?1, 0)", [partitions])?;
        let found = connection.query_row("SELECT partitions FROM store", [], |row| row.get(0))?;
        if found != partitions {
            return Err(OpenError::Partitions { found, wanted: partitions });
        }
        let reader = Arc::new(Mutex::new(connect()?));
        Ok(Self { partitions, writer: Writer::start(connection)?, reader, _lock: lock })
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reader = Arc::clone(&self.reader);
        let run = move || read(&mut reader.lock().unwrap_or_else(PoisonError::into_inner));
        let unavailable =
            |error: &dyn std::fmt::Display| StoreError::Unavailable(error.to_string());
        let joined = tokio::task::spawn_blocking(run).await.map_err(|error| unavailable(&error))?;
        joined.map_err(|error| unavailable(&error))
    }
}

/// The system's clock, kept from stepping behind what was written under it.
fn clock(connection: &Connection) -> rusqlite::Result<i64> {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
    connection
        .prepare_cached("UPDATE store SET clock_ms = max(clock_ms, ?1) RETURNING clock_ms")?
        .query_row([now], |row| row.get(0))
}

#[async_trait]
impl PartitionStore for EmbeddedStore {
    fn partitions(&self) -> u32 {
        self.partitions
    }

    async fn now_ms(&self) -> Result<i64, StoreError> {
        self.writer.write(clock).await
    }

    async fn acquire(
        &self,
        partition: u32,
        node: &str,
        fence: Fence,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        let node = node.to_owned();
        let epoch = self.writer.write(move |connection| {
            let now = clock(connection)?;
            connection
                .prepare_cached(
                    "INSERT INTO lease VALUES (?1, 1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET
                     epoch = epoch + 1, fence = ?2, node = ?3, until_ms = ?4
                     WHERE fence IS NULL OR until_ms <= ?5 RETURNING epoch",
                )?
                .query_row(
                    params![partition, fence.to_be_bytes(), node, now.saturating_add(ttl_ms), now],
                    |row| row.get(0),
                )
                .optional()
        });
        Ok(epoch.await?.map(|epoch| Lease { partition, epoch, fence }))
    }

    async fn renew(&self, leases: &[Lease], ttl_ms: i64) -> Result<Vec<bool>, StoreError> {
        let leases = leases.to_vec();
        let renew = move |connection: &Connection| {
            let until_ms = clock(connection)?.saturating_add(ttl_ms);
            let mut statement = connection.prepare_cached(
                "UPDATE lease SET until_ms = ?4 WHERE partition = ?1 AND epoch = ?2 AND fence = ?3",
            )?;
            let mut renew = |lease: &Lease| {
                let fence = lease.fence.to_be_bytes();
                let changed =
                    statement.execute(params![lease.partition, lease.epoch, fence, until_ms]);
                changed.map(|rows| rows == 1)
            };
            leases.iter().map(&mut renew).collect()
        };
        self.writer.write(renew).await
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        let release = move |connection: &Connection| {
            connection.execute(
                "UPDATE lease SET fence = NULL WHERE partition = ?1 AND epoch = ?2 AND fence = ?3",
                params![lease.partition, lease.epoch, lease.fence.to_be_bytes()],
            )
        };
        self.writer.write(release).await.map(drop)
    }

    async fn owner(&self, partition: u32) -> Result<Option<String>, StoreError> {
        let now = self.now_ms().await?;
        let owner = move |connection: &mut Connection| {
            let sql = "SELECT node FROM lease
                       WHERE partition = ?1 AND fence IS NOT NULL AND until_ms > ?2";
            connection.query_row(sql, params![partition, now], |row| row.get(0)).optional()
        };
        self.read(owner).await
    }

    async fn commit(&self, lease: Lease, commits: Vec<Commit>) -> Result<Vec<Outcome>, StoreError> {
        let apply = move |connection: &Connection| {
            let now = clock(connection)?;
            commits.into_iter().map(|commit| apply::apply(connection, lease, commit, now)).collect()
        };
        self.writer.write(apply).await
    }

    async fn load(&self, partition: u32, key: &[u8]) -> Result<Option<Record>, StoreError> {
        let key = key.to_vec();
        self.read(move |connection| read::load(connection, partition, &key)).await
    }

    async fn history(
        &self,
        partition: u32,
        key: &[u8],
        from: u64,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError> {
        let key = key.to_vec();
        self.read(move |connection| read::history(connection, partition, &key, from, limit)).await
    }

    async fn timers(&self, partition: u32, limit: usize) -> Result<Vec<(i64, Bytes)>, StoreError> {
        self.read(move |connection| read::timers(connection, partition, limit)).await
    }

    async fn outbox(
        &self,
        partition: u32,
        after: Option<(Bytes, u64)>,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.read(move |connection| read::outbox(connection, partition, after, limit)).await
    }

    async fn append_trigger(
        &self,
        partition: u32,
        id: u128,
        body: Bytes,
    ) -> Result<(), StoreError> {
        let append = move |connection: &Connection| {
            connection.execute(
                "INSERT OR IGNORE INTO trigger_stream (partition, id, body) VALUES (?1, ?2, ?3)",
                params![partition, id.to_be_bytes(), body.as_ref()],
            )
        };
        self.writer.write(append).await.map(drop)
    }

    async fn triggers(
        &self,
        partition: u32,
        limit: usize,
    ) -> Result<Vec<(u128, Bytes)>, StoreError> {
        self.read(move |connection| read::triggers(connection, partition, limit)).await
    }

    async fn set_gate(&self, partition: u32, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        let index = index.to_vec();
        let sql = match gate {
            Gate::Open => "DELETE FROM closed_gate WHERE partition = ?1 AND idx = ?2",
            Gate::Closed => "INSERT OR IGNORE INTO closed_gate VALUES (?1, ?2)",
        };
        let set = move |connection: &Connection| connection.execute(sql, params![partition, index]);
        self.writer.write(set).await.map(drop)
    }

    async fn open_count(&self, partition: u32, index: &[u8]) -> Result<u64, StoreError> {
        let index = index.to_vec();
        self.read(move |connection| read::open_count(connection, partition, &index)).await
    }

    async fn list(
        &self,
        partition: u32,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<(i64, Bytes, Bytes)>, StoreError> {
        let (index, page) = (index.to_vec(), page.clone());
        self.read(move |connection| read::list(connection, partition, &index, &page)).await
    }
}
