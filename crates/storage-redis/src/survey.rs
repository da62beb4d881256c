//! What the servers of a store are and promise.

use crate::link::RESPONSE_TIMEOUT;
use crate::node::Node;
use crate::refusal::Effect;
use crate::server::Info;
use crate::{Durability, OpenError};
use redis::cluster_routing::Slot;
use std::fmt::{self, Display};
use std::sync::Arc;

/// How the servers belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One server, wherever it is.
    Server,
    /// A master that Sentinel replaces when it fails.
    Sentinel,
    /// A cluster.
    Cluster,
}

/// What was found when a store was opened. Of several masters, the weakest counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// How the servers belong together.
    pub shape: Shape,
    /// How many of them take writes.
    pub masters: usize,
    /// The versions of Redis, each once.
    pub versions: Vec<String>,
    /// What a crash can lose.
    pub durability: Durability,
    /// Replicas that are connected to a master.
    pub replicas: u64,
    /// How many replicas a master wants before it takes a write; none where it does not tell.
    pub min_replicas_to_write: Option<u64>,
}

impl Survey {
    /// Asks all servers that take writes.
    ///
    /// # Errors
    /// See [`OpenError`]; one that does not fit is refused.
    pub(crate) async fn of(nodes: &[Arc<Node>], shape: Shape) -> Result<Self, OpenError> {
        let mut survey = Self {
            shape,
            masters: nodes.len(),
            versions: Vec::new(),
            durability: Durability::EveryWrite,
            replicas: u64::MAX,
            min_replicas_to_write: Some(u64::MAX),
        };
        for node in nodes {
            survey.ask(node).await?;
        }
        Ok(survey)
    }

    async fn ask(&mut self, node: &Node) -> Result<(), OpenError> {
        // All links of a node lead to the same server.
        let link = node.link(Slot::for_key(""), Effect::Reads);
        let failed = |error: stepwell_storage::StoreError| OpenError::Connect(error.to_string());
        let mut connection = link.own(RESPONSE_TIMEOUT).await.map_err(failed)?;
        let info = Info::new(redis::cmd("INFO").query_async(&mut connection).await?);
        info.check()?;
        // A hosted server may keep its configuration to itself.
        let mut setting = async |name: &str| {
            let pair: Result<Vec<String>, _> =
                redis::cmd("CONFIG").arg("GET").arg(name).query_async(&mut connection).await;
            pair.ok().and_then(|pair| pair.into_iter().nth(1))
        };
        let durability = info.durability(setting("appendfsync").await.as_deref());
        let wanted = setting("min-replicas-to-write").await.and_then(|text| text.parse().ok());
        self.durability = self.durability.max(durability);
        self.replicas = self.replicas.min(info.replicas());
        self.min_replicas_to_write =
            self.min_replicas_to_write.zip(wanted).map(|(least, wanted)| least.min(wanted));
        if !self.versions.iter().any(|version| version == info.version()) {
            self.versions.push(info.version().to_owned());
        }
        Ok(())
    }
}

impl Display for Survey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shape {
            Shape::Server => f.write_str("one server")?,
            Shape::Sentinel => f.write_str("a master known to Sentinel")?,
            Shape::Cluster => write!(f, "a cluster of {} masters", self.masters)?,
        }
        let replicas = self.replicas;
        write!(f, ", Redis {}, {replicas} replicas of each master", self.versions.join(" and "))
    }
}
