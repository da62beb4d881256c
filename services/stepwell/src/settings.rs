//! Flags to settings, each fault told in one line.

use crate::cli::{Dev, Level, Profile, Shared};
use anyhow::{Context as _, Result, anyhow, bail};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use stepwell_api::DEFAULT_REGION;
use stepwell_ids::Namespace;
use stepwell_service_kit::Limits;
use stepwell_storage::{MemoryStore, Store};
use stepwell_storage_embedded::EmbeddedStore;
use stepwell_storage_redis::{Acknowledged, Durability, OpenError, RedisStore, Survey};
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
            return redis(url, &self.shared).await;
        }
        if self.shared.durability == Level::Replicated {
            bail!("--durability replicated is of Redis: give --redis");
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
pub(crate) async fn redis(url: &str, shared: &Shared) -> Result<Arc<dyn Store>> {
    let acknowledged = match shared.durability {
        Level::Server => Acknowledged::ByServer,
        Level::Replicated => Acknowledged::ByReplica,
    };
    let deadline = Instant::now() + REDIS_PATIENCE;
    let mut remind = Instant::now();
    loop {
        match RedisStore::open(url, shared.partitions, acknowledged).await {
            Ok(store) => {
                tell(store.survey(), acknowledged);
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

/// Says what the servers promise, and warns of what an operator may not want.
fn tell(survey: &Survey, acknowledged: Acknowledged) {
    let durability = survey.durability;
    match durability {
        Durability::Snapshots | Durability::OperatingSystem => {
            tracing::warn!(redis = %survey, %durability, "Redis store");
        }
        _ => tracing::info!(redis = %survey, %durability, "Redis store"),
    }
    match acknowledged {
        Acknowledged::ByServer if survey.replicas > 0 => tracing::warn!(
            "a failover can lose what no replica had yet; --durability replicated acknowledges \
             only what one has"
        ),
        Acknowledged::ByReplica if survey.replicas == 0 => tracing::warn!(
            "a master of Redis has no replica: with --durability replicated its writes are \
             answered as unknown until it has one"
        ),
        _ => {}
    }
    if acknowledged == Acknowledged::ByReplica && survey.min_replicas_to_write == Some(0) {
        tracing::warn!(
            "min-replicas-to-write is 0: set it to 1, so that Redis refuses what no replica \
             would get"
        );
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
