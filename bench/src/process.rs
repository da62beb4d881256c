//! Processes that are measured.

use anyhow::{Context as _, Result, ensure};
use std::net::TcpListener;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Ticks of a second in /proc (`getconf CLK_TCK`, 100 on every Linux that Rust runs on).
const TICK_MICROS: u64 = 10_000;

/// How long a server may take to end in good order.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server process, killed when it is dropped.
pub(crate) struct Process {
    /// What it is called in the report.
    name: &'static str,
    command: Command,
    child: Child,
}

/// A process that is measured: its name, and its id.
pub(crate) type Measured = (&'static str, u32);

impl Process {
    pub(crate) fn start(name: &'static str, mut command: Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("{name} can't be started"))?;
        Ok(Self { name, command, child })
    }

    /// Has the process end in good order.
    pub(crate) async fn end(&mut self) -> Result<()> {
        let kill = Command::new("kill").arg(self.child.id().to_string()).status()?;
        ensure!(kill.success(), "{} can't be told to end", self.name);
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait()?.is_none() {
            ensure!(Instant::now() < deadline, "{} does not end", self.name);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Starts it anew, by the same command.
    pub(crate) fn start_again(&mut self) -> Result<()> {
        let child = self.command.spawn();
        self.child = child.with_context(|| format!("{} can't be started", self.name))?;
        Ok(())
    }

    pub(crate) fn measured(&self) -> Measured {
        (self.name, self.child.id())
    }

    /// Its standard output, where it was piped.
    pub(crate) fn output(&mut self) -> Result<std::process::ChildStdout> {
        self.child.stdout.take().context("a process without output")
    }

    /// Fails once the process has ended.
    pub(crate) fn lives(&mut self) -> Result<()> {
        let ended = self.child.try_wait()?;
        ensure!(ended.is_none(), "a server ended: {ended:?}");
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A process that has ended by itself can't be killed, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time that each of these processes has used, user and system, in microseconds.
pub(crate) fn cpu_micros(processes: &[Measured]) -> Result<Vec<u64>> {
    processes.iter().map(|(_, id)| cpu_of(&id.to_string())).collect()
}

/// CPU time of this process.
pub(crate) fn own_cpu_micros() -> Result<u64> {
    cpu_of("self")
}

fn cpu_of(id: &str) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The fields after the name, which is in parentheses and may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("/proc/<pid>/stat has no name")?;
    let ticks: Vec<u64> =
        fields.split_whitespace().skip(11).take(2).filter_map(|f| f.parse().ok()).collect();
    ensure!(ticks.len() == 2, "/proc/<pid>/stat is too short");
    Ok(ticks.iter().sum::<u64>() * TICK_MICROS)
}

/// Memory that these processes have in use, in bytes.
pub(crate) fn resident_bytes(processes: &[Measured]) -> Result<u64> {
    processes
        .iter()
        .map(|(_, id)| {
            let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            let kib = line.and_then(|line| line.split_whitespace().next()).context("VmRSS")?;
            Ok(kib.parse::<u64>()? * 1_024)
        })
        .sum()
}

pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
