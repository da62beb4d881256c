//! The suite under measurement: one process on its own store, or its roles over a Redis.

use crate::client::Client;
use crate::limit::redis::Link;
use crate::process::{self, Measured, Process, free_port};
use anyhow::{Context as _, Result, bail, ensure};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// Where executions are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Store {
    /// `stepwell dev` on the embedded store.
    Embedded,
    /// Roles over Redis that syncs its log every second.
    Everysec,
    /// Roles over Redis that syncs its log before it answers.
    Always,
}

impl Store {
    pub(crate) const ALL: [Self; 3] = [Self::Embedded, Self::Everysec, Self::Always];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Everysec => "everysec",
            Self::Always => "always",
        }
    }
}

/// A running suite; it ends when it is dropped.
pub(crate) struct Suite {
    pub(crate) store: Store,
    pub(crate) address: SocketAddr,
    /// Of the Redis, where there is one.
    pub(crate) redis: Option<SocketAddr>,
    /// Where each process but Redis says that it is ready.
    health: Vec<SocketAddr>,
    processes: Vec<Process>,
    data: TempDir,
}

impl Suite {
    /// Starts a suite with so many execution nodes, which the embedded store takes no notice of.
    pub(crate) async fn start(
        program: &Path,
        store: Store,
        execution_nodes: usize,
    ) -> Result<Self> {
        let data = tempfile::Builder::new().prefix("stepwell-bench").tempdir()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let (processes, health) = (Vec::new(), Vec::new());
        let mut suite = Self { store, address, redis: None, health, processes, data };
        let policy = match store {
            Store::Embedded => {
                let mut dev = role(program, "dev", address)?;
                dev.arg("--data-dir").arg(suite.data.path().join("store"));
                suite.processes.push(Process::start("dev", dev)?);
                suite.health.push(address);
                suite.ready().await?;
                return Ok(suite);
            }
            Store::Everysec => "everysec",
            Store::Always => "always",
        };
        let redis = suite.start_redis(policy)?;
        let mut roles = vec![("gateway", address)];
        roles.extend(std::iter::repeat_n(("execution", address), execution_nodes));
        roles.extend([("control-plane", address), ("activity", address)]);
        for (name, gateway) in roles {
            let listen = match name {
                "gateway" => gateway,
                _ => SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?)),
            };
            let mut command = role(program, name, listen)?;
            command.arg("--redis").arg(format!("redis://{redis}"));
            suite.processes.push(Process::start(name, command)?);
            suite.health.push(listen);
        }
        suite.ready().await?;
        Ok(suite)
    }

    /// Ends all processes but Redis in good order and starts them again; how long it takes from
    /// the start until all say that they are ready.
    pub(crate) async fn start_again(&mut self) -> Result<Duration> {
        let skipped = usize::from(self.redis.is_some());
        for process in self.processes.iter_mut().skip(skipped) {
            process.end().await?;
        }
        let began = Instant::now();
        self.processes.iter_mut().skip(skipped).try_for_each(Process::start_again)?;
        self.ready().await?;
        Ok(began.elapsed())
    }

    fn start_redis(&mut self, policy: &str) -> Result<SocketAddr> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--port", &address.port().to_string()])
            .args(["--appendonly", "yes", "--appendfsync", policy, "--save", ""])
            .args(["--maxmemory-policy", "noeviction", "--dir"])
            .arg(self.data.path())
            .stdout(Stdio::null());
        self.processes.push(Process::start("redis", command)?);
        let deadline = Instant::now() + PATIENCE;
        while Link::open(address).is_err() {
            ensure!(Instant::now() < deadline, "redis-server is not ready");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.redis = Some(address);
        Ok(address)
    }

    async fn ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        for address in &self.health {
            while !healthy(*address).await {
                self.processes.iter_mut().try_for_each(Process::lives)?;
                ensure!(Instant::now() < deadline, "{address} is not ready");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// The process ids of all servers, the store's included.
    pub(crate) fn ids(&self) -> Vec<Measured> {
        self.processes.iter().map(Process::measured).collect()
    }

    /// Memory of all servers but Redis, in bytes.
    pub(crate) fn resident_bytes(&self) -> Result<u64> {
        let skipped = usize::from(self.redis.is_some());
        process::resident_bytes(self.ids().get(skipped..).unwrap_or_default())
    }

    /// The database of the embedded store.
    pub(crate) fn database(&self) -> PathBuf {
        self.data.path().join("store/stepwell.db")
    }

    /// Bytes that the store holds.
    pub(crate) fn stored_bytes(&self) -> Result<u64> {
        match self.redis {
            Some(redis) => Link::open(redis)?.used_memory(),
            None => pages(&self.database()),
        }
    }
}

/// Bytes of the pages that are in use, those in the log included.
fn pages(database: &Path) -> Result<u64> {
    let connection = rusqlite::Connection::open(database)?;
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    Ok((number("page_count")? - number("freelist_count")?) * number("page_size")?)
}

async fn healthy(address: SocketAddr) -> bool {
    let Ok(mut connection) = crate::client::Connection::open(address).await else { return false };
    let answer = connection.exchange(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    answer.is_ok_and(|answer| answer.status == 200)
}

fn role(program: &Path, name: &str, listen: SocketAddr) -> Result<Command> {
    let mut command = Command::new(program);
    command.arg(name).args(["--listen", &listen.to_string()]);
    command.args(["--grpc-listen", &format!("127.0.0.1:{}", free_port()?)]);
    command.env("RUST_LOG", "warn");
    Ok(command)
}

/// Builds the server beside this program, with the same profile.
pub(crate) fn build() -> Result<PathBuf> {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut build = Command::new(cargo);
    let status = build.args(["build", "-p", "stepwell", "--profile", profile]).status();
    let status = status.context("cargo can't be started")?;
    if !status.success() {
        bail!("cargo build -p stepwell failed: {status}");
    }
    Ok(std::env::current_exe()?.with_file_name("stepwell"))
}
