//! Opening a store in a folder.

use crate::claims::{self, Claims, Noted};
use crate::clock::Clock;
use crate::keys::{self, Keys, WAITING};
use crate::lease::Leases;
use crate::readers::{READERS, Readers};
use crate::schema::{FORMAT, SCHEMA};
use crate::writer::{State, Writer};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use stepwell_storage::{MemoryNodes, MemoryQueues, OneProcess};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a file in it can't be used.
    #[error("the data directory can't be used")]
    Directory(#[from] std::io::Error),
    /// Another process has the store open.
    #[error("the data directory is in use by another process")]
    InUse,
    /// The database can't be used.
    #[error("the database can't be used")]
    Database(#[from] rusqlite::Error),
    /// The data is of another version of the program.
    #[error("the store has format {found}, this program reads format {FORMAT}")]
    Format {
        /// What the store has.
        found: i64,
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

/// The writer's page cache; SQLite takes kibibytes as a negative number. Every commit touches a
/// page in each of several trees, so that the default of 2 MiB holds too few of them.
const WRITER_CACHE_KIB: i64 = -65_536;

/// Pages of the log before it is copied back: a page that many commits touch is copied once.
const CHECKPOINT_PAGES: i64 = 8_192;

/// A store in a folder of its own, for one process at a time.
pub struct EmbeddedStore {
    pub(crate) partitions: u32,
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
    pub(crate) clock: Arc<Clock>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) leases: Arc<Leases>,
    nodes: MemoryNodes,
    queues: MemoryQueues,
}

impl EmbeddedStore {
    /// Opens the store in `directory`, made where it is missing. Leases of an earlier process are
    /// over, and what its nodes had claimed waits again: the folder's lock shows that it is gone.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(directory: &Path, partitions: u32) -> Result<Self, OpenError> {
        Self::open_with(directory, partitions, Keys::new(WAITING))
    }

    /// As [`open`](Self::open), with keys that wait in `keys`.
    pub(crate) fn open_with(
        directory: &Path,
        partitions: u32,
        keys: Keys,
    ) -> Result<Self, OpenError> {
        std::fs::create_dir_all(directory)?;
        let lock = std::fs::File::create(directory.join("lock"))?;
        lock.try_lock().map_err(|error| match error {
            std::fs::TryLockError::WouldBlock => OpenError::InUse,
            std::fs::TryLockError::Error(error) => OpenError::Directory(error),
        })?;
        let file = directory.join("stepwell.db");
        let mut connection = connect(&file)?;
        connection.pragma_update(None, "cache_size", WRITER_CACHE_KIB)?;
        connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        let written_ms = prepare(&connection, partitions)?;
        keys::recover(&mut connection)?;
        let reader = |_| {
            let reader = connect(&file)?;
            reader.pragma_update(None, "query_only", true)?;
            Ok(reader)
        };
        let readers = (0..READERS).map(reader).collect::<rusqlite::Result<_>>()?;
        let clock = Arc::new(Clock::new(written_ms));
        let left = claims::left(&connection)?;
        let noted = Arc::new(Noted::default());
        let keys = Arc::new(keys);
        let state =
            State { clock: Arc::clone(&clock), noted: Arc::clone(&noted), keys: Arc::clone(&keys) };
        let writer = Writer::start(connection, state, lock)?;
        let claims = Claims { noted, writer: writer.wakeup() };
        Ok(Self {
            partitions,
            writer,
            readers: Readers::new(readers),
            clock,
            keys,
            leases: Arc::new(Leases::new(partitions)),
            nodes: MemoryNodes::default(),
            queues: MemoryQueues::new(Arc::new(claims), left),
        })
    }
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes the tables where they are missing, and gives the time of the last write.
fn prepare(connection: &Connection, partitions: u32) -> Result<i64, OpenError> {
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found != 0 && found != FORMAT {
        return Err(OpenError::Format { found });
    }
    connection.execute_batch(SCHEMA)?;
    connection.pragma_update(None, "user_version", FORMAT)?;
    connection.execute("INSERT OR IGNORE INTO store VALUES (1, ?1, 0, 0)", [partitions])?;
    let sql = "SELECT partitions, clock_ms FROM store";
    let (found, written_ms) =
        connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if found != partitions {
        return Err(OpenError::Partitions { found, wanted: partitions });
    }
    connection.execute("UPDATE lease SET fence = NULL", [])?;
    Ok(written_ms)
}

impl OneProcess for EmbeddedStore {
    fn nodes(&self) -> &MemoryNodes {
        &self.nodes
    }

    fn queues(&self) -> &MemoryQueues {
        &self.queues
    }

    fn process_now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}
