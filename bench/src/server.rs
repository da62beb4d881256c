//! The processes that are measured.

use anyhow::{Context as _, Result, bail, ensure};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Ticks of a second in /proc (`getconf CLK_TCK`, 100 on every Linux that Rust runs on).
const TICK_MICROS: u64 = 10_000;
const PATIENCE: Duration = Duration::from_secs(30);

/// A server process, killed when it is dropped.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    process: Child,
    _data: Option<TempDir>,
}

impl Server {
    /// This program as the server with the fixed answer.
    pub(crate) async fn fixed() -> Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("fixed")
            .stdout(Stdio::piped())
            .spawn()
            .context("the server with the fixed answer")?;
        let output = process.stdout.take().context("its output")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        let endpoint = format!("http://{}", address.trim());
        Ok(Self { endpoint, process, _data: None })
    }

    /// `stepwell dev` on the embedded store, built with the profile of this program.
    pub(crate) async fn stepwell() -> Result<Self> {
        let program = built()?;
        let data = tempfile::tempdir()?;
        let (http, grpc) = (free_port()?, free_port()?);
        let listen = format!("127.0.0.1:{http}");
        let process = Command::new(program)
            .args(["dev", "--listen", &listen, "--grpc-listen", &format!("127.0.0.1:{grpc}")])
            .arg("--data-dir")
            .arg(data.path())
            .env("RUST_LOG", "warn")
            .spawn()
            .context("stepwell dev")?;
        let server = Self { endpoint: format!("http://{listen}"), process, _data: Some(data) };
        let deadline = Instant::now() + PATIENCE;
        let health = format!("{}/healthz", server.endpoint);
        loop {
            if reqwest::get(&health).await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(server);
            }
            ensure!(Instant::now() < deadline, "stepwell dev is not ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// CPU time that the process has used, user and system, in microseconds.
    pub(crate) fn cpu_micros(&self) -> Result<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The fields after the name, which is in parentheses and may hold anything.
        let (_, fields) = stat.rsplit_once(')').context("/proc/<pid>/stat has no name")?;
        let ticks: Vec<u64> =
            fields.split_whitespace().skip(11).take(2).filter_map(|f| f.parse().ok()).collect();
        ensure!(ticks.len() == 2, "/proc/<pid>/stat is too short");
        Ok(ticks.iter().sum::<u64>() * TICK_MICROS)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A process that has ended by itself can't be killed, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Builds the server beside this program.
fn built() -> Result<PathBuf> {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status =
        Command::new(cargo).args(["build", "-p", "stepwell", "--profile", profile]).status()?;
    if !status.success() {
        bail!("cargo build -p stepwell failed: {status}");
    }
    Ok(std::env::current_exe()?.with_file_name("stepwell"))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
