//! Opening a store on a server.

use crate::address::Address;
use crate::keys::{PartitionKeys, STORE, home};
use crate::leases::Leases;
use crate::library::{FORMAT, Library};
use crate::link::{RESPONSE_TIMEOUT, Target, connect};
use crate::node::{Lanes, Node};
use crate::refusal::Effect;
use crate::router::Router;
use crate::server::Info;
use crate::settle::Settle;
use crate::survey::{Shape, Survey};
use crate::topology::{Cluster, Topology};
use crate::wake::Wakes;
use redis::Client;
use std::sync::Arc;
use stepwell_storage::StoreError;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The server can't be reached or doesn't answer as one.
    #[error("Redis can't be used: {0}")]
    Connect(String),
    /// The URL is none, or the server does not let this user or password in: waiting won't help.
    #[error("Redis can't be used with this URL: {0}")]
    Denied(String),
    /// Functions came with Redis 7.
    #[error("Redis has version {0:?}, at least version 7 is needed")]
    Version(String),
    /// A server that evicts keys would lose executions.
    #[error("Redis has maxmemory-policy {0:?}, set it to noeviction")]
    Eviction(String),
    /// The data is of another version of the program.
    #[error("the store has format {found}, this program reads format {FORMAT}")]
    Format {
        /// What the store has.
        found: u32,
    },
    /// The number of partitions is fixed when a store is created.
    #[error("the store was created with {found} partitions, {wanted} were asked for")]
    Partitions {
        /// What the store has.
        found: u32,
        /// What was asked for.
        wanted: u32,
    },
}

/// When a write is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// When the server has it, as durably as the server is configured: see [`Durability`].
    ByServer,
    /// When a replica has it too. Where none has it in time, its outcome is unknown.
    ByReplica,
}

/// A store on Redis servers that many processes share.
pub struct RedisStore {
    pub(crate) library: Arc<Library>,
    pub(crate) router: Router,
    pub(crate) leases: Leases,
    pub(crate) partitions: Vec<PartitionKeys>,
    pub(crate) wakes: Wakes,
    survey: Survey,
}

impl RedisStore {
    /// Opens the store at `url`, made where it is missing: `redis://` or, with TLS, `rediss://`;
    /// `redis+cluster://` or several of them with commas for a cluster, which is also seen by its
    /// servers themselves; `redis+sentinel://hosts/master-name` for a master that Sentinel knows.
    /// TLS wants the process to have a default crypto provider.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(
        url: &str,
        partitions: u32,
        acknowledged: Acknowledged,
    ) -> Result<Self, OpenError> {
        let library = Arc::new(Library::new());
        let lanes = match acknowledged {
            Acknowledged::ByServer => Lanes::Single,
            Acknowledged::ByReplica => Lanes::Waiting,
        };
        let (topology, shape) = find(Address::parse(url)?, lanes, &library).await?;
        let survey = Survey::of(&topology.nodes(), shape).await?;
        create(&topology, partitions).await?;
        let settle = match acknowledged {
            Acknowledged::ByServer => None,
            Acknowledged::ByReplica => Some(Settle { replicas: 1 }),
        };
        Ok(Self {
            router: Router::new(topology, settle),
            leases: Leases::new(partitions),
            wakes: Wakes::new(),
            partitions: (0..partitions).map(PartitionKeys::new).collect(),
            survey,
            library,
        })
    }

    /// What the servers are and promised when the store was opened, for whoever runs them to know.
    #[must_use]
    pub fn survey(&self) -> &Survey {
        &self.survey
    }

    /// The keys of a partition.
    pub(crate) fn keys(&self, partition: u32) -> Result<&PartitionKeys, StoreError> {
        let keys = self.partitions.get(partition as usize);
        keys.ok_or_else(|| StoreError::no_partition(partition, self.count()))
    }

    pub(crate) fn count(&self) -> u32 {
        // It was made from a number of this type.
        u32::try_from(self.partitions.len()).unwrap_or(u32::MAX)
    }
}

/// Looks what is at the address.
async fn find(
    address: Address,
    lanes: Lanes,
    library: &Arc<Library>,
) -> Result<(Topology, Shape), OpenError> {
    let seeds = match address {
        Address::Cluster(seeds) => seeds,
        Address::Server(server) => {
            let mut connection = connect(&Client::open(server.clone())?, RESPONSE_TIMEOUT).await?;
            let info = Info::new(redis::cmd("INFO").query_async(&mut connection).await?);
            if !info.is_cluster() {
                let node = Node::new(&Target::Server(Arc::new(server)), lanes, library);
                return Ok((Topology::One(node), Shape::Server));
            }
            vec![server]
        }
        Address::Sentinel(sentinel) => {
            let target = Target::Sentinel(Arc::new(sentinel));
            let node = Node::new(&target, lanes, library);
            return Ok((Topology::One(node), Shape::Sentinel));
        }
    };
    // A password that is wrong is told apart from a cluster that is not there yet.
    let mut first = None;
    for seed in &seeds {
        match connect(&Client::open(seed.clone())?, RESPONSE_TIMEOUT).await {
            Ok(_) => break,
            Err(error) => first = first.or(Some(error)),
        }
    }
    match Cluster::find(seeds, lanes, Arc::clone(library)).await {
        Ok(cluster) => Ok((Topology::Cluster(Box::new(cluster)), Shape::Cluster)),
        Err(error) => Err(first.map_or(OpenError::Connect(error.to_string()), OpenError::from)),
    }
}

/// Writes what the store is made of where nothing stands yet, and refuses another one.
async fn create(topology: &Topology, partitions: u32) -> Result<(), OpenError> {
    let failed = |error: StoreError| OpenError::Connect(error.to_string());
    let node = topology.node(home()).map_err(failed)?;
    let mut live = node.link(home(), Effect::Writes).live().await.map_err(failed)?;
    let mut pipeline = redis::pipe();
    // One transaction, so that of two creators one decides both fields.
    pipeline.atomic();
    for (field, value) in [("format", FORMAT), ("partitions", partitions)] {
        pipeline.cmd("HSETNX").arg(STORE).arg(field).arg(value).ignore();
    }
    pipeline.cmd("HMGET").arg(STORE).arg(&["format", "partitions"]);
    let ((format, found),): ((u32, u32),) = pipeline.query_async(&mut live.connection).await?;
    if format != FORMAT {
        return Err(OpenError::Format { found: format });
    }
    if found != partitions {
        return Err(OpenError::Partitions { found, wanted: partitions });
    }
    Ok(())
}
