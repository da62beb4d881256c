//! Flags to settings, each fault told in one line.

use crate::cli::{Dev, Profile, Shared};
use anyhow::{Context as _, Result, anyhow};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use stepwell_api::DEFAULT_REGION;
use stepwell_ids::Namespace;
use stepwell_service_kit::Limits;
use stepwell_storage::{MemoryStore, Store};
use stepwell_storage_embedded::EmbeddedStore;
use stepwell_storage_redis::{Durability, OpenError, RedisStore};
use tokio::net::TcpListener;

/// How long a process waits for Redis when it starts.
const REDIS_PATIENCE: Duration = Duration::from_secs(30);
const REDIS_PAUSE: Duration = Duration::from_millis(500);
/// How often it says that it still waits.
const REDIS_REMINDER: Duration = Duration::from_secs(5);

impl Shared {
    /// The quotas of this process.
    pub(crate) fn limits(&self) -> Result<Arc<Limits>> {
        let profile = match self.limits_profile {
            Profile::Today => Limits::default(),
            Profile::Of2017 => Limits::of_2017(),
        };
        Ok(Arc::new(match &self.limits {
            Some(path) => profile.with_file(path)?,
            None => profile,
        }))
    }

    /// The namespace of callers that name none.
    pub(crate) fn namespace(&self) -> Namespace {
        Namespace { account: self.account_id.clone(), region: DEFAULT_REGION.to_owned() }
    }
}

impl Dev {
    /// Opens the store that the flags choose.
    pub(crate) async fn store(&self) -> Result<Arc<dyn Store>> {
        let partitions = self.shared.partitions;
        if let Some(url) = &self.redis {
            return redis(url, partitions).await;
        }
        if self.in_memory {
            return Ok(Arc::new(MemoryStore::new(partitions, Arc::new(wall_clock_ms))));
        }
        let directory = match &self.data_dir {
            Some(directory) => directory.clone(),
            None => data_directory()?,
        };
        let store = EmbeddedStore::open(&directory, partitions)
            .with_context(|| format!("the store in {}", directory.display()))?;
        tracing::info!(directory = %directory.display(), "embedded store");
        Ok(Arc::new(store))
    }
}

/// Connects to a Redis that all roles share, waiting a while for one that is just starting.
pub(crate) async fn redis(url: &str, partitions: u32) -> Result<Arc<dyn Store>> {
    let deadline = Instant::now() + REDIS_PATIENCE;
    let mut remind = Instant::now();
    loop {
        match RedisStore::open(url, partitions).await {
            Ok(store) => {
                let durability = store.durability();
                match durability {
                    Durability::Snapshots | Durability::OperatingSystem => {
                        tracing::warn!(%durability, "Redis store");
                    }
                    _ => tracing::info!(%durability, "Redis store"),
                }
                return Ok(Arc::new(store));
            }
            Err(error @ OpenError::Connect(_)) if Instant::now() < deadline => {
                if Instant::now() >= remind {
                    tracing::warn!(%error, "Redis is not there yet");
                    remind = Instant::now() + REDIS_REMINDER;
                }
                tokio::time::sleep(REDIS_PAUSE).await;
            }
            Err(error) => return Err(error).context("the Redis store"),
        }
    }
}

/// Takes an address, or tells which flag asked for it.
pub(crate) async fn bind(flag: &str, address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("{flag} {address}"))
}

/// `stepwell` under the user's data directory (XDG Base Directory Specification).
fn data_directory() -> Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let base = variable("XDG_DATA_HOME").map(PathBuf::from);
    let home = || variable("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let base = base.or_else(home).ok_or_else(|| {
        anyhow!("there is no user's data directory (XDG_DATA_HOME, HOME): give --data-dir")
    })?;
    Ok(base.join("stepwell"))
}

fn wall_clock_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
