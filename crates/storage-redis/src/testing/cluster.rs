//! A cluster of three masters with a replica each.

use super::{RedisServer, free_port, until};
use redis::cluster_routing::Slot;
use redis::{FromRedisValue, RedisResult, Value};
use std::collections::HashMap;
use std::time::{Duration, Instant};

const MASTERS: usize = 3;
const SLOTS: usize = 16_384;
/// How long a server is silent before the others take it for dead.
const NODE_TIMEOUT_MS: &str = "1500";

/// Six servers; the first three are the masters to begin with, the others their replicas in the
/// same order.
pub struct RedisCluster {
    servers: Vec<RedisServer>,
    ids: Vec<String>,
}

impl RedisCluster {
    /// Starts a cluster, which is whole when this returns.
    ///
    /// # Panics
    /// Where it can't be started.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a cluster whose servers have more arguments.
    ///
    /// # Panics
    /// Where it can't be started.
    #[must_use]
    pub fn start_with(arguments: &[&str]) -> Self {
        let (mut servers, mut buses) = (Vec::new(), Vec::new());
        for _ in 0..2 * MASTERS {
            let bus = free_port().to_string();
            let own = ["--cluster-enabled", "yes", "--cluster-port", &bus];
            let timeouts = ["--cluster-node-timeout", NODE_TIMEOUT_MS];
            let replicas = ["--repl-diskless-sync-delay", "0", "--repl-timeout", "5"];
            servers.push(RedisServer::start_with(
                &[&own[..], &timeouts, &replicas, arguments].concat(),
            ));
            buses.push(bus);
        }
        let ids = servers.iter().map(|server| ask(server, &["CLUSTER", "MYID"])).collect();
        let cluster = Self { servers, ids };
        cluster.join(&buses);
        cluster.wait_whole();
        cluster
    }

    fn join(&self, buses: &[String]) {
        for (at, server) in self.servers.iter().take(MASTERS).enumerate() {
            let epoch = (at + 1).to_string();
            ask::<()>(server, &["CLUSTER", "SET-CONFIG-EPOCH", &epoch]);
            let first = (SLOTS * at / MASTERS).to_string();
            let last = (SLOTS * (at + 1) / MASTERS - 1).to_string();
            ask::<()>(server, &["CLUSTER", "ADDSLOTSRANGE", &first, &last]);
        }
        let first = &self.servers[0];
        for (server, bus) in self.servers.iter().zip(buses).skip(1) {
            let port = server.port().to_string();
            ask::<()>(first, &["CLUSTER", "MEET", "127.0.0.1", &port, bus]);
        }
        let known = format!("cluster_known_nodes:{}", self.servers.len());
        until("every server knows the others", || {
            self.servers.iter().all(|server| {
                let info: RedisResult<String> = server.ask(&["CLUSTER", "INFO"]);
                info.is_ok_and(|info| info.lines().any(|line| line == known))
            })
        });
        for (at, server) in self.servers.iter().enumerate().skip(MASTERS) {
            let master = &self.ids[at - MASTERS];
            // It may not have heard yet that its master is one.
            until("a replica has its master", || {
                server.ask::<()>(&["CLUSTER", "REPLICATE", master]).is_ok()
            });
        }
    }

    /// Waits until all slots are served, and every server that runs is a master with a replica or
    /// a replica in step with its master.
    ///
    /// # Panics
    /// Where that takes longer than a minute.
    pub fn wait_whole(&self) {
        until("the cluster is whole", || {
            self.servers.iter().all(|server| {
                let info: RedisResult<String> = server.ask(&["CLUSTER", "INFO"]);
                let whole = info.is_ok_and(|info| info.contains("cluster_state:ok"));
                let replica = server.says("master_link_status:up");
                let master = server.says("role:master")
                    && (server.says("connected_slaves:1") || server.says("connected_slaves:2"));
                whole && (replica || master)
            })
        });
    }

    /// All of them, as a URL of the store.
    #[must_use]
    pub fn url(&self) -> String {
        let hosts = self.servers.iter().map(|server| format!("127.0.0.1:{}", server.port()));
        format!("redis+cluster://{}", hosts.collect::<Vec<_>>().join(","))
    }

    /// The servers in the order in which they were started.
    #[must_use]
    pub fn servers(&mut self) -> &mut [RedisServer] {
        &mut self.servers
    }

    /// The server at a place.
    #[must_use]
    pub fn server(&self, at: usize) -> &RedisServer {
        &self.servers[at]
    }

    /// Where the master of a key is among the servers, as those that run agree.
    ///
    /// # Panics
    /// Where they don't for a minute.
    #[must_use]
    pub fn master_of(&self, key: &str) -> usize {
        let found = std::cell::Cell::new(0);
        until("a master is known", || {
            let mut ports = self.servers.iter().filter_map(|server| master_port(server, key));
            let Some(port) = ports.next() else { return false };
            let at = self.servers.iter().position(|server| server.port() == port);
            found.set(at.unwrap_or_default());
            let master = &self.servers[found.get()];
            ports.all(|other| other == port) && master.says("role:master")
        });
        found.get()
    }

    /// A replica of the server at `master`.
    ///
    /// # Panics
    /// Where it gets none within a minute.
    #[must_use]
    pub fn replica_of(&self, master: usize) -> usize {
        let line = format!("master_port:{}", self.servers[master].port());
        let replica = || self.servers.iter().position(|server| server.says(&line));
        until("a master has a replica", || replica().is_some());
        replica().unwrap_or_default()
    }

    /// Has the replica at this place become the master, in order.
    ///
    /// # Panics
    /// Where it does not.
    pub fn promote(&self, replica: usize) {
        let server = &self.servers[replica];
        // The server gives up where it gets no votes in five seconds.
        let asked = std::cell::Cell::new(None::<Instant>);
        until("the replica is the master", || {
            if asked.get().is_none_or(|asked| asked.elapsed() > Duration::from_secs(6)) {
                let _ = server.ask::<()>(&["CLUSTER", "FAILOVER"]);
                asked.set(Some(Instant::now()));
            }
            server.says("role:master")
        });
    }

    /// Moves the slot of a key, with all that is in it, to the master at `to`. Between two keys
    /// that are moved, `step` is called.
    ///
    /// # Panics
    /// Where it can't be moved.
    pub fn migrate(&self, key: &str, to: usize, mut step: impl FnMut()) {
        let from = self.master_of(key);
        let (from, to, from_id, to_id) =
            (&self.servers[from], &self.servers[to], &self.ids[from], &self.ids[to]);
        let slot = ask::<i64>(from, &["CLUSTER", "KEYSLOT", key]).to_string();
        ask::<()>(to, &["CLUSTER", "SETSLOT", &slot, "IMPORTING", from_id]);
        ask::<()>(from, &["CLUSTER", "SETSLOT", &slot, "MIGRATING", to_id]);
        let port = to.port().to_string();
        loop {
            let keys: Vec<String> = ask(from, &["CLUSTER", "GETKEYSINSLOT", &slot, "4"]);
            if keys.is_empty() {
                break;
            }
            for key in keys {
                ask::<()>(from, &["MIGRATE", "127.0.0.1", &port, &key, "0", "5000"]);
                step();
            }
        }
        for server in [to, from] {
            ask::<()>(server, &["CLUSTER", "SETSLOT", &slot, "NODE", to_id]);
        }
    }
}

fn ask<T: FromRedisValue>(server: &RedisServer, words: &[&str]) -> T {
    server.ask(words).unwrap_or_else(|error| panic!("{words:?}: {error}"))
}

/// Where the server sees the master of the key.
fn master_port(server: &RedisServer, key: &str) -> Option<u16> {
    let slots: HashMap<Slot, u16> = match server.ask(&["CLUSTER", "SLOTS"]).ok()? {
        Value::Array(ranges) => ranges
            .into_iter()
            .filter_map(|range| {
                let range: (u16, u16, Vec<Value>) = redis::from_redis_value(cut(range)).ok()?;
                let port = redis::from_redis_value(range.2.into_iter().nth(1)?).ok()?;
                Some((range.0..=range.1).filter_map(Slot::new).map(move |slot| (slot, port)))
            })
            .flatten()
            .collect(),
        _ => return None,
    };
    slots.get(&Slot::for_key(key)).copied()
}

/// The first three fields: first slot, last slot, master.
fn cut(range: Value) -> Value {
    match range {
        Value::Array(fields) => Value::Array(fields.into_iter().take(3).collect()),
        other => other,
    }
}
