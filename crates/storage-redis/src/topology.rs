//! The servers that take writes, and which of them has a slot.

use crate::address::{at, host};
use crate::library::Library;
use crate::link::{Target, connect};
use crate::node::{Lanes, Node};
use crate::slots::{Place, Range, ranges};
use redis::cluster_routing::Slot;
use redis::{Client, ConnectionInfo, RedisError, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};
use stepwell_storage::StoreError;
use tokio::time::timeout;

/// How long one server may take to say where the slots are. Others are asked when it does not.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often they are asked at most.
const PAUSE: Duration = Duration::from_millis(100);

/// See the module.
pub(crate) enum Topology {
    /// One server has everything.
    One(Arc<Node>),
    Cluster(Box<Cluster>),
}

pub(crate) struct Cluster {
    seeds: Vec<ConnectionInfo>,
    /// Whose user, password and TLS all servers have.
    like: ConnectionInfo,
    lanes: Lanes,
    library: Arc<Library>,
    map: RwLock<Map>,
    /// When the map was last asked for; held while asking, so that one caller does.
    asked: tokio::sync::Mutex<Option<Instant>>,
    /// Masters by place, kept as long as they have slots.
    nodes: Mutex<HashMap<Place, Arc<Node>>>,
}

/// Which node has which slot.
#[derive(Default)]
struct Map {
    slots: HashMap<Slot, Arc<Node>>,
    /// All servers that were named, replicas too.
    places: Vec<Place>,
}

impl Topology {
    /// The node that has the slot, as far as is known.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where none has it.
    pub(crate) fn node(&self, slot: Slot) -> Result<Arc<Node>, StoreError> {
        match self {
            Self::One(node) => Ok(Arc::clone(node)),
            Self::Cluster(cluster) => cluster.map().slots.get(&slot).cloned().ok_or_else(|| {
                StoreError::Unavailable("no server of the Redis cluster has the slot".to_owned())
            }),
        }
    }

    /// All nodes that have slots.
    pub(crate) fn nodes(&self) -> Vec<Arc<Node>> {
        match self {
            Self::One(node) => vec![Arc::clone(node)],
            Self::Cluster(cluster) => cluster.locked().values().cloned().collect(),
        }
    }

    /// Asks where the slots are, since one was not where it should be. `doubted` is asked last.
    pub(crate) async fn refresh(&self, doubted: Option<&Place>) {
        if let Self::Cluster(cluster) = self
            && let Err(error) = cluster.refresh(doubted).await
        {
            tracing::warn!(%error, "the Redis cluster does not tell where its slots are");
        }
    }

    /// A server said that another has the slot.
    pub(crate) fn moved(&self, slot: Slot, place: &Place) {
        if let Self::Cluster(cluster) = self {
            let node = cluster.node_at(place);
            let mut map = cluster.map.write().unwrap_or_else(PoisonError::into_inner);
            map.slots.insert(slot, node);
        }
    }

    /// The server at a place; none outside of a cluster.
    pub(crate) fn node_at(&self, place: &Place) -> Option<Arc<Node>> {
        match self {
            Self::One(_) => None,
            Self::Cluster(cluster) => Some(cluster.node_at(place)),
        }
    }
}

impl Cluster {
    /// The cluster of these servers, once one has said where the slots are.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where none does.
    pub(crate) async fn find(
        seeds: Vec<ConnectionInfo>,
        lanes: Lanes,
        library: Arc<Library>,
    ) -> Result<Self, StoreError> {
        let like = seeds.first().cloned();
        let like = like.ok_or_else(|| StoreError::Invalid("a cluster without servers".into()))?;
        let cluster = Self {
            seeds,
            like,
            lanes,
            library,
            map: RwLock::default(),
            asked: tokio::sync::Mutex::default(),
            nodes: Mutex::default(),
        };
        cluster.refresh(None).await?;
        Ok(cluster)
    }

    fn map(&self) -> RwLockReadGuard<'_, Map> {
        self.map.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<Place, Arc<Node>>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn node_at(&self, place: &Place) -> Arc<Node> {
        let make = || {
            let target = Target::Server(Arc::new(at(&self.like, &place.0, place.1)));
            Node::new(&target, self.lanes, &self.library)
        };
        Arc::clone(self.locked().entry(place.clone()).or_insert_with(make))
    }

    async fn refresh(&self, doubted: Option<&Place>) -> Result<(), StoreError> {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|asked| asked.elapsed() < PAUSE) {
            return Ok(());
        }
        let found = self.ask_all(doubted).await;
        *asked = Some(Instant::now());
        let ranges = found?;
        let (mut map, mut masters) = (Map::default(), HashMap::new());
        for range in ranges {
            let node = self.node_at(&range.master);
            masters.insert(range.master.clone(), Arc::clone(&node));
            let slots = (range.first..=range.last).filter_map(Slot::new);
            map.slots.extend(slots.map(|slot| (slot, Arc::clone(&node))));
            map.places.push(range.master);
            map.places.extend(range.replicas);
        }
        *self.locked() = masters;
        *self.map.write().unwrap_or_else(PoisonError::into_inner) = map;
        Ok(())
    }

    /// What the first server says that takes the cluster for whole; else what the first one says.
    async fn ask_all(&self, doubted: Option<&Place>) -> Result<Vec<Range>, StoreError> {
        let mut servers: Vec<ConnectionInfo> =
            self.map().places.iter().map(|(host, port)| at(&self.like, host, *port)).collect();
        servers.extend(self.seeds.iter().cloned());
        let is_doubted = |info: &ConnectionInfo| {
            doubted.is_some_and(|(h, p)| host(info) == Some((h.as_str(), *p)))
        };
        servers.sort_by_key(is_doubted);
        let (mut broken, mut faults) = (None, Vec::new());
        for server in servers {
            match timeout(PATIENCE, ask(&server)).await {
                Ok(Ok((true, ranges))) => return Ok(ranges),
                Ok(Ok((false, ranges))) => broken = broken.or(Some(ranges)),
                Ok(Err(error)) => faults.push(format!("{}: {error}", server.addr())),
                Err(_) => faults.push(format!("{}: no answer", server.addr())),
            }
        }
        broken.ok_or_else(|| {
            let faults = faults.join("; ");
            StoreError::Unavailable(format!("no server of the Redis cluster answers: {faults}"))
        })
    }
}

/// Whether the server takes the cluster for whole, and where it sees the slots.
async fn ask(server: &ConnectionInfo) -> Result<(bool, Vec<Range>), StoreError> {
    let failed = |error: RedisError| StoreError::Unavailable(error.to_string());
    let client = Client::open(server.clone()).map_err(failed)?;
    let mut connection = connect(&client, PATIENCE).await.map_err(failed)?;
    let mut pipeline = redis::pipe();
    pipeline.cmd("CLUSTER").arg("INFO").cmd("CLUSTER").arg("SLOTS");
    let answers: (String, Value) = pipeline.query_async(&mut connection).await.map_err(failed)?;
    let whole = answers.0.lines().any(|line| line == "cluster_state:ok");
    let asked = host(server).map_or("", |(host, _)| host);
    Ok((whole, ranges(answers.1, asked)?))
}
