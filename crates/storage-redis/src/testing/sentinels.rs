//! A master with two replicas, and three Sentinels that watch it.

use super::{RedisServer, START, answers, free_port, until};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const NAME: &str = "main";

/// Three servers, the first the master to begin with, and three Sentinels.
pub struct RedisSentinels {
    servers: Vec<RedisServer>,
    sentinels: Vec<Child>,
    ports: Vec<u16>,
    _folder: tempfile::TempDir,
}

impl RedisSentinels {
    /// Starts all of them; the Sentinels know each other and the replicas when this returns.
    ///
    /// # Panics
    /// Where they can't be started.
    #[must_use]
    pub fn start() -> Self {
        let quick = ["--repl-diskless-sync-delay", "0", "--repl-timeout", "5"];
        let master = RedisServer::start_with(&quick);
        let port = master.port().to_string();
        let of = ["--replicaof", &format!("127.0.0.1 {port}")];
        let replica = || RedisServer::start_with(&[&quick[..], &of].concat());
        let servers = vec![master, replica(), replica()];
        until("the replicas are in step", || {
            servers[1..].iter().all(|server| server.says("master_link_status:up"))
        });
        let folder = tempfile::tempdir()
            .unwrap_or_else(|error| panic!("no folder for the Sentinels: {error}"));
        let (mut sentinels, mut ports) = (Vec::new(), Vec::new());
        for number in 0..3 {
            let own = free_port();
            let file = folder.path().join(format!("sentinel-{number}.conf"));
            let text = format!(
                "port {own}\nbind 127.0.0.1\ndir {}\nloglevel warning\n\
                 sentinel monitor {NAME} 127.0.0.1 {port} 2\n\
                 sentinel down-after-milliseconds {NAME} 1000\n\
                 sentinel failover-timeout {NAME} 4000\n",
                folder.path().display()
            );
            std::fs::write(&file, text)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let begun = Instant::now();
            let started = Command::new("redis-server")
                .arg(&file)
                .arg("--sentinel")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn();
            let mut child =
                started.unwrap_or_else(|error| panic!("redis-server can't be started: {error}"));
            assert!(answers(&mut child, own) && begun.elapsed() < START, "no Sentinel");
            sentinels.push(child);
            ports.push(own);
        }
        let all = Self { servers, sentinels, ports, _folder: folder };
        until("the Sentinels know each other", || all.ports.iter().all(|port| knows_all(*port)));
        all
    }

    /// The Sentinels and the name of the master, as a URL of the store.
    #[must_use]
    pub fn url(&self) -> String {
        let hosts = self.ports.iter().map(|port| format!("127.0.0.1:{port}"));
        format!("redis+sentinel://{}/{NAME}", hosts.collect::<Vec<_>>().join(","))
    }

    /// The servers in the order in which they were started.
    #[must_use]
    pub fn servers(&mut self) -> &mut [RedisServer] {
        &mut self.servers
    }

    /// Where the master is among the servers, as the Sentinels say.
    ///
    /// # Panics
    /// Where they don't agree for a minute.
    #[must_use]
    pub fn master(&self) -> usize {
        let named = |port: &u16| {
            let ask = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME];
            let (_, port): (String, u16) = ask_at(*port, &ask)?;
            self.servers.iter().position(|server| server.port() == port)
        };
        let agreed = || {
            let mut places = self.ports.iter().map(named);
            let first = places.next().flatten()?;
            places.all(|place| place == Some(first)).then_some(first)
        };
        until("the Sentinels agree", || agreed().is_some());
        agreed().unwrap_or_default()
    }
}

impl Drop for RedisSentinels {
    fn drop(&mut self) {
        for sentinel in &mut self.sentinels {
            let _ = sentinel.kill();
            let _ = sentinel.wait();
        }
    }
}

fn ask_at<T: redis::FromRedisValue>(port: u16, words: &[&str]) -> Option<T> {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).ok()?;
    let timeout = std::time::Duration::from_secs(1);
    let mut connection = client.get_connection_with_timeout(timeout).ok()?;
    let (name, arguments) = words.split_first()?;
    redis::cmd(name).arg(arguments).query(&mut connection).ok()
}

/// Whether a Sentinel knows the two others and both replicas.
fn knows_all(port: u16) -> bool {
    let info: Option<String> = ask_at(port, &["INFO", "sentinel"]);
    info.is_some_and(|info| info.contains("slaves=2,sentinels=3"))
}
