//! Redis servers of one's own for tests: `redis-server` from the `PATH`, on free ports of the
//! loopback, each with an append-only file that is synced with every write.

mod cluster;
mod sentinels;

pub use cluster::RedisCluster;
pub use sentinels::RedisSentinels;

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the server may take to answer after its start.
const START: Duration = Duration::from_secs(20);

/// A running server with data in a folder of its own; it is killed when this is dropped.
pub struct RedisServer {
    process: Child,
    port: u16,
    arguments: Vec<String>,
    folder: tempfile::TempDir,
}

impl RedisServer {
    /// Starts a server.
    ///
    /// # Panics
    /// Where no `redis-server` can be started.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more arguments, such as `--maxmemory` and a size.
    ///
    /// # Panics
    /// Where no `redis-server` can be started.
    #[must_use]
    pub fn start_with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir()
            .unwrap_or_else(|error| panic!("no folder for the data of redis-server: {error}"));
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        // Between the look for a free port and the start another process can take the port.
        for _ in 0..10 {
            let port = free_port();
            let mut process = spawn(folder.path(), port, &arguments);
            if answers(&mut process, port) {
                return Self { process, port, arguments, folder };
            }
        }
        panic!("redis-server did not start on any of ten ports")
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it answers to a command.
    ///
    /// # Errors
    /// It can't be reached, or refuses.
    pub fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> redis::RedisResult<T> {
        let client = redis::Client::open(self.url())?;
        let mut connection = client.get_connection_with_timeout(Duration::from_secs(1))?;
        connection.set_read_timeout(Some(Duration::from_secs(10)))?;
        let (name, arguments) = words.split_first().unwrap_or((&"PING", &[]));
        redis::cmd(name).arg(arguments).query(&mut connection)
    }

    /// Whether its answer to `INFO` has this line.
    #[must_use]
    pub fn says(&self, line: &str) -> bool {
        let info = self.ask::<String>(&["INFO"]);
        info.is_ok_and(|info| info.lines().any(|found| found == line))
    }

    /// Stops it where it is, as a machine that hangs would.
    ///
    /// # Panics
    /// Where it can't be stopped.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// Where it can't go on.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(self.process.id().to_string()).status();
        assert!(sent.is_ok_and(|status| status.success()), "{signal} did not reach redis-server");
    }

    /// Where it listens, as `redis://` URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills the server with SIGKILL, as a crash would.
    ///
    /// # Panics
    /// Where the process can't be killed.
    pub fn kill(&mut self) {
        let killed = self.process.kill().and_then(|()| self.process.wait());
        killed.unwrap_or_else(|error| panic!("redis-server can't be killed: {error}"));
    }

    /// Starts the server again on its port and data.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.process = spawn(self.folder.path(), self.port, &self.arguments);
        assert!(answers(&mut self.process, self.port), "redis-server did not start again");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
    listener.unwrap_or_else(|error| panic!("no free port on the loopback: {error}")).port()
}

fn spawn(folder: &Path, port: u16, arguments: &[String]) -> Child {
    let started = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "always", "--loglevel", "warning"])
        .args(arguments)
        .arg("--dir")
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    started.unwrap_or_else(|error| {
        panic!("redis-server can't be started ({error}): install it, as with apt-get install redis-server")
    })
}

/// Waits until something is so.
///
/// # Panics
/// Where it takes longer than a minute.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} takes too long");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until the server takes commands; false where its process has ended.
fn answers(process: &mut Child, port: u16) -> bool {
    let start = Instant::now();
    while start.elapsed() < START {
        if process.try_wait().is_ok_and(|ended| ended.is_some()) {
            return false;
        }
        if ping(port).is_ok_and(|answer| answer.starts_with(b"+PONG")) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

fn ping(port: u16) -> std::io::Result<Vec<u8>> {
    use std::io::{Read, Write};
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"PING\r\n")?;
    let mut answer = vec![0; 64];
    let length = stream.read(&mut answer)?;
    answer.truncate(length);
    Ok(answer)
}
