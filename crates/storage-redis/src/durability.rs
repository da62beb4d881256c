//! What a server promises of what it acknowledged.

use std::fmt::{self, Display};

/// How much of what was acknowledged a crash of the server can lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
