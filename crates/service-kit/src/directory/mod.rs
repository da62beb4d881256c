//! Finding peers: which transport leads to a role or to one execution node.
//!
//! [`LocalDirectory`] serves `dev`, where every role is in this process; [`StoreDirectory`]
//! follows the node records in the store. A directory never waits for a peer to appear: a
//! missing one is [`NoPeer`], and the caller decides whether to try again.

mod local;
mod owners;
mod store;

pub use local::LocalDirectory;
pub use store::StoreDirectory;

use async_trait::async_trait;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use stepwell_ids::ExecutionArn;

use crate::transport::Transport;

/// How long what the store says of nodes is used before it is read again.
const FRESH: Duration = Duration::from_secs(1);

/// Of an execution that is made out only where there is a choice between nodes.
pub type Place<'a> = dyn Fn() -> Option<ExecutionArn> + Send + Sync + 'a;

/// What a node does in the suite; node records carry the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// AWS JSON edge.
    Gateway,
    /// State machines and activities.
    ControlPlane,
    /// Partitions and interpreter.
    Execution,
    /// Activity queues and pollers.
    Activity,
    /// Built-in worker for Lambda and other integrations.
    Integration,
}

impl Role {
    /// The role's name in node records and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::ControlPlane => "control-plane",
            Self::Execution => "execution",
            Self::Activity => "activity",
            Self::Integration => "integration",
        }
    }
}

/// One live node and the way to it.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The node's id, as in its node record and its leases.
    pub id: String,
    /// The way to its gRPC server.
    pub transport: Transport,
}

/// No live node can be found for a role or id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPeer {
    /// No node of this role is registered.
    #[error("no live {} node", .0.name())]
    OfRole(Role),
    /// The node is not registered.
    #[error("node {0} is not live")]
    Node(String),
    /// The node records can't be read.
    #[error("node records can't be read: {0}")]
    Unreadable(String),
}

impl From<NoPeer> for stepwell_api::ApiError {
    fn from(missing: NoPeer) -> Self {
        Self::unavailable(missing)
    }
}

/// Where the roles of this installation are reached.
#[async_trait]
pub trait Directory: std::fmt::Debug + Send + Sync + 'static {
    /// Every live node of `role` as of about a second ago, in no particular order.
    async fn peers(&self, role: Role) -> Result<Vec<Peer>, NoPeer>;

    /// Every live node of `role` as of now: for who must reach all of them.
    async fn live_peers(&self, role: Role) -> Result<Vec<Peer>, NoPeer> {
        self.peers(role).await
    }

    /// The execution node with this id.
    async fn execution_node(&self, id: &str) -> Result<Transport, NoPeer>;

    /// Any live node of `role`.
    async fn any(&self, role: Role) -> Result<Transport, NoPeer>;

    /// Any control-plane node.
    async fn control_plane(&self) -> Result<Transport, NoPeer> {
        self.any(Role::ControlPlane).await
    }

    /// Any execution node; it passes a call on to the owner of the execution's partition.
    async fn execution(&self) -> Result<Transport, NoPeer> {
        self.any(Role::Execution).await
    }

    /// The execution node that owned the execution's partition about a second ago, where there is
    /// a choice and the owner is known. Whoever it is serves the call or passes it on, so that a
    /// wrong answer costs a hop and nothing else.
    async fn owner(&self, execution: &Place<'_>) -> Option<Transport> {
        let _ = execution;
        None
    }

    /// Every execution node that is live now.
    async fn execution_nodes(&self) -> Result<Vec<Peer>, NoPeer> {
        self.live_peers(Role::Execution).await
    }

    /// Any activity node.
    async fn activity(&self) -> Result<Transport, NoPeer> {
        self.any(Role::Activity).await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What the locks of a directory guard is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
