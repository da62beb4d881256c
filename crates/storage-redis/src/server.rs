//! What a server must be, and what it promises.

use crate::OpenError;
use std::fmt::{self, Display};

/// How much of what was acknowledged a crash of the server can lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: the append-only file is synced before every answer.
    EveryWrite,
    /// About the last second.
    EverySecond,
    /// What the operating system had not written yet, about half a minute.
    OperatingSystem,
    /// Everything since the last snapshot, if there are any: there is no append-only file.
    Snapshots,
    /// The append-only file is on, but the server does not tell how it is synced.
    NotTold,
}

impl Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EveryWrite => "appendfsync always: a crash of Redis loses nothing acknowledged",
            Self::EverySecond => {
                "appendfsync everysec: a crash of Redis can lose what was acknowledged in the \
                 last second; set appendfsync always to keep it"
            }
            Self::OperatingSystem => {
                "appendfsync no: a crash of the machine can lose half a minute of what was \
                 acknowledged; set appendfsync always to keep it"
            }
            Self::Snapshots => {
                "appendonly no: a crash of Redis loses everything since its last snapshot; set \
                 appendonly yes and appendfsync always to keep it"
            }
            Self::NotTold => {
                "appendonly yes, but Redis does not tell appendfsync: with anything but always, \
                 a crash can lose what was acknowledged"
            }
        })
    }
}

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

    /// Changes whenever another server process answers: what it doesn't have on disk may be gone.
    pub(crate) fn process(&self) -> u128 {
        let id = self.field("run_id").and_then(|id| id.get(..32));
        id.and_then(|id| u128::from_str_radix(id, 16).ok()).unwrap_or_default()
    }

    pub(crate) fn is_replica(&self) -> bool {
        self.field("role").is_some_and(|role| role != "master")
    }

    /// Refuses servers that the store can't be on.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let version = self.field("redis_version").unwrap_or_default();
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
        assert_eq!(info.process(), u128::from_be_bytes([0x0a; 16]));
        assert!(!info.is_replica());
        assert_eq!(info.durability(Some("always")), Durability::EveryWrite);
        assert_eq!(info.durability(None), Durability::NotTold);
        assert_eq!(Info::new(String::new()).durability(Some("always")), Durability::Snapshots);
    }
}
