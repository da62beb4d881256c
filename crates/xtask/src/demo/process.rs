//! A process of the demo: its log in a file, its end by SIGTERM, and never left running.

use anyhow::{Context as _, Result, bail, ensure};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long the server may take to start, and each process to end.
const PATIENCE: Duration = Duration::from_secs(45);
const PAUSE: Duration = Duration::from_millis(50);

/// A process that runs until it is stopped or dropped.
pub(super) struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program whose output goes to a log in `folder`. Settings of Stepwell in the
    /// environment don't reach it.
    ///
    /// # Errors
    /// Says that it could not be started.
    pub(super) fn start(name: &'static str, command: &mut Command, folder: &Path) -> Result<Self> {
        let log = folder.join(format!("{}.log", name.replace(' ', "-")));
        let file = File::create(&log).with_context(|| log.display().to_string())?;
        let settings = std::env::vars_os().map(|(setting, _)| setting);
        for setting in settings.filter(|name| name.to_string_lossy().starts_with("STEPWELL_")) {
            command.env_remove(setting);
        }
        let child = command
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("could not start {name}"))?;
        Ok(Self { name, child, log })
    }

    /// Ends the process by SIGTERM and waits for it.
    ///
    /// # Errors
    /// Says that it did not end, or that it ended with an error.
    pub(super) fn stop(mut self) -> Result<()> {
        if self.child.try_wait()?.is_none() {
            // The standard library sends SIGKILL only; a shell is on every machine.
            let kill = format!("kill -TERM {}", self.child.id());
            Command::new("sh").args(["-c", &kill]).status().context("could not start sh")?;
        }
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            if begun.elapsed() > PATIENCE {
                self.print_log();
                bail!("{} did not end within {} seconds", self.name, PATIENCE.as_secs());
            }
            std::thread::sleep(PAUSE);
        };
        if !status.success() {
            self.print_log();
        }
        ensure!(status.success(), "{} ended with {status}", self.name);
        Ok(())
    }

    /// Prints the end of the log.
    pub(super) fn print_log(&self) {
        eprintln!("--- the end of the log of {}", self.name);
        eprintln!("{}", self.last_lines(20));
    }

    fn last_lines(&self, count: usize) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.trim_end().lines().collect();
        lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("could not wait for {}", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, and nothing can be done where it can't be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address of this machine that nobody listened on a moment ago.
///
/// # Errors
/// Says that there is none.
pub(super) fn free_address() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free on 127.0.0.1")?;
    Ok(listener.local_addr()?.to_string())
}

/// Waits until the server at `address` says that it is ready.
///
/// # Errors
/// Has the last line of its log where it ended or does not get ready.
pub(super) fn wait_until_healthy(address: &str, server: &mut Process) -> Result<()> {
    let begun = Instant::now();
    while !healthy(address) {
        let said = server.last_lines(1);
        if let Some(status) = server.ended()? {
            bail!("{} ended ({status}): {said}", server.name);
        }
        if begun.elapsed() > PATIENCE {
            let seconds = PATIENCE.as_secs();
            bail!("{} was not ready within {seconds} seconds: {said}", server.name);
        }
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// Whether GET /healthz answers 200; any trouble on the way means that it does not yet.
fn healthy(address: &str) -> bool {
    let ask = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200"))
}

#[cfg(test)]
mod tests {
    use super::{Process, free_address, wait_until_healthy};
    use std::process::Command;

    fn shell(script: &str, folder: &std::path::Path) -> Process {
        Process::start("a shell", Command::new("sh").args(["-c", script]), folder).unwrap()
    }

    #[test]
    fn a_process_is_asked_to_end_and_its_failure_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let polite = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done";
        let process = shell(polite, folder.path());
        while process.last_lines(1) != "ready" {
            std::thread::yield_now();
        }
        process.stop().unwrap();
        let mut failed = shell("exit 3", folder.path());
        while failed.ended().unwrap().is_none() {
            std::thread::yield_now();
        }
        let told = failed.stop().unwrap_err().to_string();
        assert!(told.contains("a shell ended with") && told.contains('3'), "{told}");
    }

    #[test]
    fn a_server_that_ends_is_told_with_its_last_word() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = shell("echo first; echo the port is in use; exit 1", folder.path());
        let address = free_address().unwrap();
        let told = wait_until_healthy(&address, &mut process).unwrap_err().to_string();
        assert!(told.contains("the port is in use") && !told.contains("first"), "{told}");
    }
}
