//! What a server says of itself, and what it must be.

use crate::{Durability, OpenError};

/// The answer to `INFO`, line by line.
pub(crate) struct Info(String);

impl Info {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    fn field(&self, name: &str) -> Option<&str> {
        let value = |line: &'_ str| -> Option<usize> {
            let rest = line.strip_prefix(name)?.strip_prefix(':')?;
            Some(line.len() - rest.len())
        };
        self.0.lines().find_map(|line| value(line).and_then(|at| line.get(at..)))
    }

    /// Names a life of a server: its process and its replication history. In another life it may
    /// lack what it had: a process has what was on its disk, a replica what had reached it.
    pub(crate) fn incarnation(&self) -> u128 {
        let id = |name| {
            let id = self.field(name).and_then(|id| id.get(..32));
            id.and_then(|id| u128::from_str_radix(id, 16).ok()).unwrap_or_default()
        };
        id("run_id") ^ id("master_replid").rotate_left(1)
    }

    pub(crate) fn is_replica(&self) -> bool {
        self.field("role").is_some_and(|role| role != "master")
    }

    /// Whether it is one of a cluster.
    pub(crate) fn is_cluster(&self) -> bool {
        self.field("cluster_enabled") == Some("1")
    }

    /// How many replicas are connected.
    pub(crate) fn replicas(&self) -> u64 {
        self.field("connected_slaves").and_then(|count| count.parse().ok()).unwrap_or_default()
    }

    pub(crate) fn version(&self) -> &str {
        self.field("redis_version").unwrap_or_default()
    }

    /// Refuses servers that the store can't be on.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let version = self.version();
        let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        if major.is_none_or(|major| major < 7) {
            return Err(OpenError::Version(version.to_owned()));
        }
        let policy = self.field("maxmemory_policy").unwrap_or_default();
        if policy != "noeviction" {
            return Err(OpenError::Eviction(policy.to_owned()));
        }
        Ok(())
    }

    /// `fsync` is the server's appendfsync, where it tells it.
    pub(crate) fn durability(&self, fsync: Option<&str>) -> Durability {
        match (self.field("aof_enabled"), fsync) {
            (Some("1"), Some("always")) => Durability::EveryWrite,
            (Some("1"), Some("everysec")) => Durability::EverySecond,
            (Some("1"), Some("no")) => Durability::OperatingSystem,
            (Some("1"), _) => Durability::NotTold,
            _ => Durability::Snapshots,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Durability, Info};

    fn info(version: &str, policy: &str) -> Info {
        Info::new(format!(
            "# Server\r\nredis_version:{version}\r\nrun_id:{}\r\nmaxmemory:0\r\n\
             maxmemory_policy:{policy}\r\naof_enabled:1\r\nrole:master\r\n",
            "0a".repeat(20)
        ))
    }

    #[test]
    fn servers_are_told_apart() {
        assert!(info("7.0.15", "noeviction").check().is_ok());
        let text = |info: Info| info.check().unwrap_err().to_string();
        assert!(text(info("6.2.7", "noeviction")).contains("6.2.7"));
        assert!(text(info("7.2.4", "allkeys-lru")).contains("allkeys-lru"));
        assert!(text(Info::new(String::new())).contains("version"));
        let info = info("7.0.15", "noeviction");
        assert_eq!(info.incarnation(), u128::from_be_bytes([0x0a; 16]));
        assert!(!info.is_replica());
        assert_eq!(info.durability(Some("always")), Durability::EveryWrite);
        assert_eq!(info.durability(None), Durability::NotTold);
        assert_eq!(Info::new(String::new()).durability(Some("always")), Durability::Snapshots);
    }
}
