//! The directory of `dev`: one node of each role, all in this process.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;

use super::{Directory, NoPeer, Peer, Role};
use crate::transport::Transport;

/// One in-process node a role; filled while the roles start.
///
/// The services need the directory before all of them exist, so that it is created empty and
/// shared; a role that isn't there yet is [`NoPeer`].
#[derive(Clone, Debug, Default)]
pub struct LocalDirectory(Arc<RwLock<HashMap<Role, Peer>>>);

impl LocalDirectory {
    /// An empty directory.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes `transport` the way to `role`, whose node id is `id`.
    pub fn insert(&self, role: Role, id: impl Into<String>, transport: Transport) {
        let mut peers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        peers.insert(role, Peer { id: id.into(), transport });
    }

    fn get(&self, role: Role) -> Option<Peer> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&role).cloned()
    }
}

#[async_trait]
impl Directory for LocalDirectory {
    async fn peers(&self, role: Role) -> Result<Vec<Peer>, NoPeer> {
        Ok(self.get(role).into_iter().collect())
    }

    async fn execution_node(&self, id: &str) -> Result<Transport, NoPeer> {
        match self.get(Role::Execution) {
            Some(peer) if peer.id == id => Ok(peer.transport),
            _ => Err(NoPeer::Node(id.to_owned())),
        }
    }

    async fn any(&self, role: Role) -> Result<Transport, NoPeer> {
        let peers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let peer = peers.get(&role).ok_or(NoPeer::OfRole(role))?;
        Ok(peer.transport.clone())
    }
}
