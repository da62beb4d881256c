//! A node of partitions: it acquires its share, keeps the leases, runs an actor for each, and
//! takes requests for what it owns.
//!
//! What keeps two nodes from writing the same partition is the fence in every commit, never the
//! times that are kept here: those only decide who serves and from where reads are answered.

mod balance;
mod contact;
mod give;
mod relay_calls;
mod tick;

use crate::actor::Shared;
use crate::calls::Calls;
use crate::clock::StoreClock;
use crate::costly::CostlyDefinitions;
use crate::decider::Decider;
use crate::load::load;
use crate::metrics::Metrics;
use crate::relay::Relay;
use crate::request::{Action, Reply, SubmitError};
use crate::resources::Resources;
use crate::slot::{Message, Slot};
use crate::work::Work;
use crate::{Execution, NodeConfig, ReadError, key_of};
pub use contact::Contact;
use std::num::NonZeroU32;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};
use stepwell_ids::{ExecutionArn, partition_of};
use stepwell_storage::{Store, StoreError};
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct PartitionNode(Arc<Node>);

struct Node {
    config: NodeConfig,
    store: Arc<dyn Store>,
    shared: Arc<Shared>,
    partitions: NonZeroU32,
    slots: RwLock<Vec<Option<Arc<Slot>>>>,
    /// Who owned each partition when it was last looked at.
    owners: RwLock<Vec<Option<String>>>,
    contact: Arc<Contact>,
    /// Whether the node's record has been seen.
    registered: AtomicBool,
    /// Asks for a tick at once.
    tick: Notify,
    stop: CancellationToken,
    /// The node's loops, and its actors.
    loops: TaskTracker,
    actors: TaskTracker,
}

/// Where the owner of a partition is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This node.
    This,
    /// The node with this id, as of a moment ago.
    Other(String),
    /// No node, as of a moment ago.
    None,
}

impl PartitionNode {
    /// Starts a node, which has tried to acquire its share when this returns; `contact` tells from
    /// then on whether the node still counts.
    ///
    /// # Errors
    /// The store can't be reached, or has no partitions.
    pub async fn start(
        config: NodeConfig,
        store: Arc<dyn Store>,
        resources: Arc<dyn Resources>,
        contact: Arc<Contact>,
    ) -> Result<Self, StoreError> {
        let partitions = NonZeroU32::new(store.partitions())
            .ok_or_else(|| StoreError::Invalid("a store without partitions".to_owned()))?;
        let clock = Arc::new(StoreClock::new(store.now_ms().await?));
        let (relay, relaying) = Relay::new(Arc::clone(&store));
        let decider = Arc::new(Decider {
            resources,
            clock: Arc::clone(&clock),
            limits: config.limits.clone(),
            random: config.random.clone(),
            retention_ms: config.retention_ms(),
            costly: CostlyDefinitions::default(),
        });
        let patience = config.lease * 2;
        let (metrics, shared_store) = (Metrics::new(), Arc::clone(&store));
        let calls = Arc::new(Calls::default());
        let shared =
            Shared { store: shared_store, clock, relay, calls, decider, metrics, patience };
        let count = partitions.get() as usize;
        let node = Arc::new(Node {
            config,
            store,
            shared: Arc::new(shared),
            partitions,
            slots: RwLock::new(vec![None; count]),
            owners: RwLock::new(vec![None; count]),
            contact,
            registered: AtomicBool::new(false),
            tick: Notify::new(),
            stop: CancellationToken::new(),
            loops: TaskTracker::new(),
            actors: TaskTracker::new(),
        });
        Node::tick(&node).await?;
        node.loops.spawn(Node::keep_leases(Arc::clone(&node)));
        node.loops.spawn(Node::watch_store(Arc::clone(&node)));
        node.loops.spawn(Node::look_after_given(Arc::clone(&node)));
        let stop = node.stop.clone();
        node.loops.spawn(async move {
            tokio::select! { biased; () = stop.cancelled() => {}, () = relaying => {} }
        });
        Ok(Self(node))
    }

    /// Finishes what runs, gives all leases back, and ends the node.
    pub async fn shutdown(&self) {
        self.stop_giving();
        self.0.stop.cancel();
        self.0.loops.close();
        self.0.loops.wait().await;
        for partition in 0..self.0.partitions.get() {
            if let Some(slot) = self.0.take_slot(partition) {
                slot.stop.cancel();
            }
        }
        self.0.actors.close();
        self.0.actors.wait().await;
    }

    /// The partition of an execution.
    #[must_use]
    pub fn partition_of(&self, arn: &ExecutionArn) -> u32 {
        partition_of(arn, self.0.partitions)
    }

    /// Has the partition deal with an execution, and answers from a commit.
    ///
    /// # Errors
    /// See [`SubmitError`].
    pub async fn submit(&self, arn: &ExecutionArn, action: Action) -> Reply {
        let partition = self.partition_of(arn);
        let Some(slot) = self.0.slot(partition) else { return Err(SubmitError::NotOwner) };
        // Completions get through where starts are shed.
        let kept_free = self.0.config.waiting / 4;
        if matches!(action, Action::Start(_)) && slot.tell.capacity() < kept_free {
            return Err(SubmitError::Overloaded);
        }
        let (reply, replied) = oneshot::channel();
        let work = Box::new(Work::asked(arn.clone(), action, reply));
        match slot.tell.try_send(Message::Work(work)) {
            Ok(()) => replied.await.unwrap_or(Err(SubmitError::NotOwner)),
            Err(tokio::sync::mpsc::error::TrySendError::Full(_)) => Err(SubmitError::Overloaded),
            Err(tokio::sync::mpsc::error::TrySendError::Closed(_)) => Err(SubmitError::NotOwner),
        }
    }

    /// The execution as it is committed: from memory while that is sure to be the newest, which
    /// it is not while a commit is under way, else from the store. Any node may be asked.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn read(&self, arn: &ExecutionArn) -> Result<Option<Arc<Execution>>, ReadError> {
        let partition = self.partition_of(arn);
        if let Some(slot) = self.0.slot(partition)
            && slot.is_valid()
            && let Some(execution) = slot.cache().settled(&key_of(arn))
        {
            return Ok(Some(execution));
        }
        load(&*self.0.store, partition, arn).await
    }

    /// Where the owner is, as far as this node knows.
    #[must_use]
    pub fn owner(&self, partition: u32) -> Owner {
        if self.0.slot(partition).is_some() {
            return Owner::This;
        }
        let owners = self.0.owners.read().unwrap_or_else(PoisonError::into_inner);
        match owners.get(partition as usize).cloned().flatten() {
            Some(owner) if owner != self.0.config.id => Owner::Other(owner),
            _ => Owner::None,
        }
    }

    /// As [`owner`](Self::owner), asking the store.
    ///
    /// # Errors
    /// The store can't be reached.
    pub async fn find_owner(&self, partition: u32) -> Result<Owner, StoreError> {
        if self.0.slot(partition).is_some() {
            return Ok(Owner::This);
        }
        let owner = self.0.store.owner(partition).await?;
        let mut owners = self.0.owners.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = owners.get_mut(partition as usize) {
            *known = owner;
        }
        drop(owners);
        Ok(self.owner(partition))
    }

    /// The store's clock as this node knows it, in milliseconds since the epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.0.shared.clock.now_ms()
    }

    /// How many partitions this node owns.
    #[must_use]
    pub fn owned(&self) -> usize {
        self.0.mine().len()
    }
}

impl Node {
    fn slot(&self, partition: u32) -> Option<Arc<Slot>> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.get(partition as usize)?.clone()
    }

    fn take_slot(&self, partition: u32) -> Option<Arc<Slot>> {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        slots.get_mut(partition as usize)?.take()
    }

    /// The partitions that this node owns, by number.
    fn mine(&self) -> Vec<Arc<Slot>> {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.iter().flatten().cloned().collect()
    }
}
