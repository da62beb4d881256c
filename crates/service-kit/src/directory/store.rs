//! The directory between processes: node records in the store, read again every second or so.

use super::owners::Owners;
use super::{Directory, FRESH, NoPeer, Peer, Place, Role, lock};
use crate::transport::Transport;
use async_trait::async_trait;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use stepwell_storage::Store;

/// Follows the node records; keeps one connection a peer.
pub struct StoreDirectory {
    store: Arc<dyn Store>,
    lists: Mutex<HashMap<Role, (Instant, Vec<Peer>)>>,
    connections: Mutex<HashMap<String, Transport>>,
    turn: AtomicUsize,
    owners: Owners,
}

impl StoreDirectory {
    /// A directory over the store's node records.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            lists: Mutex::default(),
            connections: Mutex::default(),
            turn: AtomicUsize::new(0),
            owners: Owners::default(),
        }
    }

    /// What `look` makes of the list of nodes, where it is fresh.
    fn fresh<T>(&self, role: Role, look: impl FnOnce(&[Peer]) -> T) -> Option<T> {
        let lists = lock(&self.lists);
        let (read, peers) = lists.get(&role)?;
        (read.elapsed() < FRESH).then(|| look(peers))
    }

    async fn read(&self, role: Role) -> Result<Vec<Peer>, NoPeer> {
        let unreadable = |error: &dyn fmt::Display| NoPeer::Unreadable(error.to_string());
        let nodes = self.store.nodes_live(role.name()).await.map_err(|error| unreadable(&error))?;
        let mut peers = Vec::with_capacity(nodes.len());
        for node in nodes {
            let transport = self.connection(&node.address).map_err(|error| unreadable(&error))?;
            peers.push(Peer { id: node.id, transport });
        }
        lock(&self.lists).insert(role, (Instant::now(), peers.clone()));
        Ok(peers)
    }

    /// Connections are kept by address and made anew by themselves when they break.
    fn connection(&self, address: &str) -> Result<Transport, tonic::transport::Error> {
        let mut connections = lock(&self.connections);
        if let Some(transport) = connections.get(address) {
            return Ok(transport.clone());
        }
        let transport = Transport::connect(address)?;
        connections.insert(address.to_owned(), transport.clone());
        Ok(transport)
    }
}

#[async_trait]
impl Directory for StoreDirectory {
    async fn peers(&self, role: Role) -> Result<Vec<Peer>, NoPeer> {
        match self.fresh(role, <[Peer]>::to_vec) {
            Some(peers) if !peers.is_empty() => Ok(peers),
            _ => self.read(role).await,
        }
    }

    async fn live_peers(&self, role: Role) -> Result<Vec<Peer>, NoPeer> {
        self.read(role).await
    }

    async fn execution_node(&self, id: &str) -> Result<Transport, NoPeer> {
        let find = |peers: &[Peer]| {
            let peer = peers.iter().find(|peer| peer.id == id);
            peer.map(|peer| peer.transport.clone())
        };
        if let Some(transport) = self.fresh(Role::Execution, find).flatten() {
            return Ok(transport);
        }
        find(&self.read(Role::Execution).await?).ok_or_else(|| NoPeer::Node(id.to_owned()))
    }

    async fn any(&self, role: Role) -> Result<Transport, NoPeer> {
        // Turn and turn about, so that calls spread over the nodes.
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let choose = |peers: &[Peer]| {
            let peer = peers.get(turn.checked_rem(peers.len())?);
            peer.map(|peer| peer.transport.clone())
        };
        if let Some(transport) = self.fresh(role, choose).flatten() {
            return Ok(transport);
        }
        choose(&self.read(role).await?).ok_or(NoPeer::OfRole(role))
    }

    async fn owner(&self, execution: &Place<'_>) -> Option<Transport> {
        let several = |nodes: &[Peer]| nodes.len() > 1;
        let choice = match self.fresh(Role::Execution, several) {
            Some(choice) => choice,
            None => several(&self.read(Role::Execution).await.ok()?),
        };
        if !choice {
            return None;
        }
        if self.owners.are_due() {
            let nodes = self.peers(Role::Execution).await.ok()?;
            self.owners.read(&*self.store, &nodes).await;
        }
        self.owners.of(&execution()?, self.store.partitions())
    }
}

impl fmt::Debug for StoreDirectory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("StoreDirectory")
    }
}
