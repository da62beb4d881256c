//! The way from process to process, and how they find each other.

use crate::faults::Faults;
use crate::link::{Condition, Link};
use crate::store::Way;
use async_trait::async_trait;
use http::{Request, Response};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use stepwell_service_kit::{Directory, NoPeer, Peer, Role, Transport};
use stepwell_storage::NodeStore as _;
use tokio::time::{Instant, sleep};
use tonic::body::Body;
use tonic::codegen::StdError;
use tower::{ServiceExt as _, service_fn};

/// How long a list of nodes is used before it is read again.
const FRESH: Duration = Duration::from_secs(1);

/// Every process that ever took calls, by id: the dead as well, since callers may not know yet.
#[derive(Default)]
pub(crate) struct Peers(Mutex<BTreeMap<String, (Arc<Link>, Transport)>>);

impl Peers {
    pub(crate) fn insert(&self, link: Arc<Link>, transport: Transport) {
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        peers.insert(link.id.clone(), (link, transport));
    }

    /// The way of `from` to the process `to`.
    pub(crate) fn way(
        &self,
        from: &Arc<Link>,
        to: &str,
        faults: &Arc<Faults>,
    ) -> Option<Transport> {
        let peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (link, transport) = peers.get(to)?;
        Some(faulty(Arc::clone(from), Arc::clone(link), transport.clone(), Arc::clone(faults)))
    }
}

fn faulty(from: Arc<Link>, to: Arc<Link>, server: Transport, faults: Arc<Faults>) -> Transport {
    Transport::local(service_fn(move |request: Request<Body>| {
        let (from, to, faults) = (Arc::clone(&from), Arc::clone(&to), Arc::clone(&faults));
        let server = server.clone();
        async move { cross(&from, &to, server, &faults, request).await }
    }))
}

async fn cross(
    from: &Link,
    to: &Arc<Link>,
    server: Transport,
    faults: &Faults,
    request: Request<Body>,
) -> Result<Response<Body>, StdError> {
    from.runs().await;
    faults.travel().await;
    let reached = |link: &Link| !matches!(link.condition(), Condition::Dead | Condition::Cut);
    if !reached(from) || !reached(to) {
        return Err(Box::new(tonic::ConnectError("nobody listens".into())));
    }
    let called = Arc::clone(to);
    let call = async move {
        called.runs().await;
        server.oneshot(request).await
    };
    // Whether the server goes on when its caller goes away is the transport's business.
    let answer = if faults.coin() {
        let call = tokio::spawn(call);
        tokio::select! {
            biased;
            () = to.dies() => return Err(broken()),
            answer = call => answer.map_err(|error| Box::new(error) as StdError)?,
        }
    } else {
        tokio::select! {
            biased;
            () = to.dies() => return Err(broken()),
            answer = call => answer,
        }
    };
    to.runs().await;
    faults.travel().await;
    if faults.breaks() || !reached(from) || !reached(to) {
        return Err(broken());
    }
    from.runs().await;
    answer
}

fn broken() -> StdError {
    "the connection broke".into()
}

/// A process's view of the others, from the node records.
pub(crate) struct Map {
    pub(crate) link: Arc<Link>,
    pub(crate) way: Arc<Way>,
    pub(crate) peers: Arc<Peers>,
    pub(crate) faults: Arc<Faults>,
    lists: Mutex<BTreeMap<&'static str, (Instant, Vec<String>)>>,
    turn: AtomicUsize,
}

impl Map {
    pub(crate) fn new(
        link: Arc<Link>,
        way: Arc<Way>,
        peers: Arc<Peers>,
        faults: Arc<Faults>,
    ) -> Self {
        Self { link, way, peers, faults, lists: Mutex::default(), turn: AtomicUsize::new(0) }
    }

    fn transports(&self, ids: Vec<String>) -> Vec<Peer> {
        let peer = |id: String| {
            let transport = self.peers.way(&self.link, &id, &self.faults)?;
            Some(Peer { id, transport })
        };
        ids.into_iter().filter_map(peer).collect()
    }

    async fn ids(&self, role: Role) -> Result<Vec<String>, NoPeer> {
        let nodes = self.way.nodes_live(role.name()).await;
        let nodes = nodes.map_err(|error| NoPeer::Unreadable(error.to_string()))?;
        let ids: Vec<_> = nodes.into_iter().map(|node| node.id).collect();
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.insert(role.name(), (Instant::now(), ids.clone()));
        Ok(ids)
    }

    fn known(&self, role: Role) -> Option<Vec<String>> {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, ids) = lists.get(role.name())?;
        (read.elapsed() < FRESH && !ids.is_empty()).then(|| ids.clone())
    }
}

#[async_trait]
impl Directory for Map {
    async fn peers(&self, role: Role) -> Result<Vec<Peer>, NoPeer> {
        match self.known(role) {
            Some(ids) => Ok(self.transports(ids)),
            None => self.live_peers(role).await,
        }
    }

    async fn live_peers(&self, role: Role) -> Result<Vec<Peer>, NoPeer> {
        Ok(self.transports(self.ids(role).await?))
    }

    async fn execution_node(&self, id: &str) -> Result<Transport, NoPeer> {
        let known = self.known(Role::Execution).unwrap_or_default();
        let known = known.iter().any(|known| known == id);
        if known || self.ids(Role::Execution).await?.iter().any(|live| live == id) {
            let way = self.peers.way(&self.link, id, &self.faults);
            return way.ok_or_else(|| NoPeer::Node(id.to_owned()));
        }
        Err(NoPeer::Node(id.to_owned()))
    }

    async fn any(&self, role: Role) -> Result<Transport, NoPeer> {
        let mut peers = self.peers(role).await?;
        if peers.is_empty() {
            // Nobody asks again and again at one moment of virtual time.
            sleep(Duration::from_millis(1)).await;
            return Err(NoPeer::OfRole(role));
        }
        let at = self.turn.fetch_add(1, Ordering::Relaxed) % peers.len();
        Ok(peers.swap_remove(at).transport)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Map")
    }
}
