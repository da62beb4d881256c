//! Opening a store on a server.

use crate::keys::{PartitionKeys, STORE};
use crate::library::{FORMAT, Library};
use crate::link::{Link, RESPONSE_TIMEOUT, connect};
use crate::server::{Durability, Info};
use crate::wake::Wakes;
use std::sync::Arc;
use stepwell_storage::StoreError;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The server can't be reached or doesn't answer as one.
    #[error("Redis can't be used: {0}")]
    Connect(String),
    /// The URL is none, or the server does not let this user or password in: waiting won't help.
    #[error("Redis can't be used with this URL: {0}")]
    Denied(String),
    /// Functions came with Redis 7.
    #[error("Redis has version {0:?}, at least version 7 is needed")]
    Version(String),
    /// A server that evicts keys would lose executions.
    #[error("Redis has maxmemory-policy {0:?}, set it to noeviction")]
    Eviction(String),
    /// The data is of another version of the program.
    #[error("the store has format {found}, this program reads format {FORMAT}")]
    Format {
        /// What the store has.
        found: u32,
    },
    /// The number of partitions is fixed when a store is created.
    #[error("the store was created with {found} partitions, {wanted} were asked for")]
    Partitions {
        /// What the store has.
        found: u32,
        /// What was asked for.
        wanted: u32,
    },
}

/// A store on a Redis server that many processes share.
pub struct RedisStore {
    pub(crate) library: Arc<Library>,
    /// Takes everything that writes.
    pub(crate) writes: Link,
    /// So that commits don't queue behind the answers of long reads.
    pub(crate) reads: Link,
    pub(crate) partitions: Vec<PartitionKeys>,
    pub(crate) wakes: Wakes,
    durability: Durability,
}

impl RedisStore {
    /// Opens the store at `url` (`redis://` or, with TLS, `rediss://`), made where it is missing.
    /// TLS wants the process to have a default crypto provider.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(url: &str, partitions: u32) -> Result<Self, OpenError> {
        let client = redis::Client::open(url)?;
        let mut connection = connect(&client, RESPONSE_TIMEOUT).await?;
        let info = Info::new(redis::cmd("INFO").query_async(&mut connection).await?);
        info.check()?;
        // A hosted server may keep its configuration to itself.
        let fsync: Result<Vec<String>, _> =
            redis::cmd("CONFIG").arg(&["GET", "appendfsync"]).query_async(&mut connection).await;
        let fsync = fsync.ok().and_then(|pair| pair.into_iter().nth(1));
        let durability = info.durability(fsync.as_deref());
        create(&mut connection, partitions).await?;
        let library = Arc::new(Library::new());
        let link = || Link::new(client.clone(), Arc::clone(&library));
        Ok(Self {
            writes: link(),
            reads: link(),
            wakes: Wakes::new(),
            partitions: (0..partitions).map(PartitionKeys::new).collect(),
            durability,
            library,
        })
    }

    /// What the server promised when the store was opened, for whoever runs it to know.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.durability
    }

    /// The keys of a partition.
    pub(crate) fn keys(&self, partition: u32) -> Result<&PartitionKeys, StoreError> {
        let keys = self.partitions.get(partition as usize);
        keys.ok_or_else(|| StoreError::no_partition(partition, self.count()))
    }

    pub(crate) fn count(&self) -> u32 {
        // It was made from a number of this type.
        u32::try_from(self.partitions.len()).unwrap_or(u32::MAX)
    }
}

/// Writes what the store is made of where nothing stands yet, and refuses another one.
async fn create(
    connection: &mut redis::aio::MultiplexedConnection,
    partitions: u32,
) -> Result<(), OpenError> {
    let mut pipeline = redis::pipe();
    // One transaction, so that of two creators one decides both fields.
    pipeline.atomic();
    for (field, value) in [("format", FORMAT), ("partitions", partitions)] {
        pipeline.cmd("HSETNX").arg(STORE).arg(field).arg(value).ignore();
    }
    pipeline.cmd("HMGET").arg(STORE).arg(&["format", "partitions"]);
    let ((format, found),): ((u32, u32),) = pipeline.query_async(connection).await?;
    if format != FORMAT {
        return Err(OpenError::Format { found: format });
    }
    if found != partitions {
        return Err(OpenError::Partitions { found, wanted: partitions });
    }
    Ok(())
}
