//! What a node of partitions is told.

use crate::RandomBits;
use std::time::Duration;
use stepwell_engine::Limits;

/// The settings of a node.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// The node's id: unique over all processes, as in its node record.
    pub id: String,
    /// The role under which nodes that share the partitions are registered.
    pub role: String,
    /// Quotas and constants of executions.
    pub limits: Limits,
    /// How long a closed execution stays.
    pub retention: Duration,
    /// How long a lease outlives its last renewal.
    pub lease: Duration,
    /// How often leases are renewed and partitions shared out again; well below `lease`.
    pub renew_every: Duration,
    /// How often the trigger streams and the queues are looked at.
    pub watch_every: Duration,
    /// Bytes of executions that are kept in memory, over all partitions.
    pub cache_bytes: usize,
    /// Requests that may wait for one partition.
    pub waiting: usize,
    /// Where fences, commit ids, run ids and the seeds of decisions come from.
    pub random: RandomBits,
}

impl NodeConfig {
    /// The defaults, for the node `id`.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            role: "execution".to_owned(),
            limits: Limits::default(),
            retention: Duration::from_secs(90 * 24 * 60 * 60),
            lease: Duration::from_secs(5),
            renew_every: Duration::from_millis(1_500),
            watch_every: Duration::from_secs(1),
            cache_bytes: 256 << 20,
            waiting: 1_024,
            random: RandomBits::default(),
        }
    }

    pub(crate) fn lease_ms(&self) -> i64 {
        millis(self.lease)
    }

    pub(crate) fn retention_ms(&self) -> i64 {
        millis(self.retention)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
