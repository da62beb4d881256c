//! Takes tasks from queues and has their owners record that they are started.

use crate::claim::{Claim, Delivery};
use crate::deliverers::Deliverers;
use crate::delivery_id::{DeliveryId, NodeTag};
use crate::entry::Entry;
use crate::lost::LostClaims;
use crate::owner::Owners;
use crate::settler::{Settlement, Settlers};
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use stepwell_api::ApiError;
use stepwell_api::internal::partition_service_client::PartitionServiceClient;
use stepwell_api::internal::{StartTaskRequest, TakeTasksRequest};
use stepwell_service_kit::{Directory, Peer, Role};
use stepwell_storage::{Store, StoreError};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// How often claims whose answers were lost are put back.
const PUT_BACK: Duration = Duration::from_secs(5);

/// How long an owner may take to give a task: somewhat longer than it waits for one.
const ASK: Duration = Duration::from_secs(12);

/// What came of starting a claimed task.
pub(crate) enum Start {
    /// It is to be given to the worker.
    Started(Delivery),
    /// There is nothing to do any more.
    Gone,
    /// The owner can't be asked at present; the task is back in its queue.
    Unavailable(ApiError),
}

/// What becomes of a task that a dead node had started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OfTheDead {
    /// It is delivered again, under the same attempt.
    DeliverAgain,
    /// It is left to its owner: the work may have been begun, and must not be begun twice.
    Leave,
}

/// Claims and starts tasks for this node.
pub(crate) struct Taker {
    store: Arc<dyn Store>,
    directory: Arc<dyn Directory>,
    owners: Owners,
    settlers: Settlers,
    node: String,
    tag: NodeTag,
    deliverers: Deliverers,
    deliveries: AtomicU64,
    lost: Arc<LostClaims>,
}

impl Taker {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        directory: Arc<dyn Directory>,
        owners: Owners,
        settlers: Settlers,
        node: String,
        lost: Arc<LostClaims>,
        draining: CancellationToken,
    ) -> Self {
        let tag = NodeTag::of(&node);
        let deliverers = Deliverers::new(Arc::clone(&directory), tag, draining);
        let deliveries = AtomicU64::new(0);
        Self { store, directory, owners, settlers, node, tag, deliverers, deliveries, lost }
    }

    pub(crate) fn owners(&self) -> &Owners {
        &self.owners
    }

    /// Takes at most `limit` tasks that wait in the queue; and whether more may wait there.
    pub(crate) async fn claim(
        &self,
        queue: &Bytes,
        limit: usize,
    ) -> Result<(Vec<Claim>, bool), StoreError> {
        // The caller may go away in the middle: whom the claims are for is then nobody.
        let unanswered = self.lost.unanswered(queue);
        let claimed = self.store.queue_claim(queue, &self.node, limit).await;
        if !matches!(claimed, Err(StoreError::Unknown(_))) {
            unanswered.answered();
        }
        let claimed = claimed?;
        let more = claimed.len() >= limit;
        let mut claims = Vec::with_capacity(claimed.len());
        for queued in claimed {
            let settler = self.settlers.settler();
            match Entry::read(&queued) {
                Some(entry) => claims.push(Claim::new(queue.clone(), entry, settler)),
                None => {
                    tracing::error!(?queued, "a queue holds what is no task, it is dropped");
                    settler.settle(queue, None, Settlement::Finish(queued.id));
                }
            }
        }
        Ok((claims, more))
    }

    /// Asks an execution node for at most `limit` tasks that it has pending for the queue; waits
    /// until it has some, or for a while.
    pub(crate) async fn ask(
        &self,
        owner: &Arc<Peer>,
        queue: &Bytes,
        limit: usize,
    ) -> Result<Vec<Claim>, Status> {
        let request = TakeTasksRequest {
            queue: queue.clone(),
            node_id: self.node.clone(),
            max_tasks: limit.try_into().unwrap_or(u32::MAX),
        };
        let mut client = PartitionServiceClient::new(owner.transport.clone());
        let asked = timeout(ASK, client.take_tasks(request)).await;
        let asked = asked.map_err(|_| Status::deadline_exceeded("no answer of the owner"))??;
        let claim = |task| {
            let settler = self.settlers.settler();
            Claim::given(queue.clone(), task, Arc::clone(owner), settler)
        };
        Ok(asked.into_inner().tasks.into_iter().map(claim).collect())
    }

    /// The execution nodes, as of about a second ago.
    pub(crate) async fn execution_nodes(&self) -> Vec<Peer> {
        self.directory.peers(Role::Execution).await.unwrap_or_default()
    }

    /// Has the owner record that the worker takes the task.
    pub(crate) async fn start(
        &self,
        mut claim: Claim,
        worker_name: Option<&str>,
        of_the_dead: OfTheDead,
    ) -> Start {
        let delivery = DeliveryId::new(self.tag, self.deliveries.fetch_add(1, Ordering::Relaxed));
        claim.delivered_by(delivery);
        let newest = claim.entry.failed.last().copied();
        let mut request = StartTaskRequest {
            task: Some(claim.entry.task.clone()),
            delivery_id: delivery.bytes(),
            failed_delivery_id: newest.map(DeliveryId::bytes).unwrap_or_default(),
            worker_name: worker_name.map(str::to_owned),
            given: claim.giver().is_some(),
        };
        loop {
            let giver = claim.giver().map(|giver| giver.transport.clone());
            let answer = match self.owners.start(&request, giver).await {
                Ok(answer) => answer,
                Err(error) => return Start::Unavailable(error),
            };
            if let Some(task) = answer.started {
                return Start::Started(Delivery::new(task, claim));
            }
            match self.has_failed(&claim, &answer.taken_by, of_the_dead).await {
                Ok(true) if request.failed_delivery_id != answer.taken_by => {
                    request.failed_delivery_id = answer.taken_by;
                }
                Ok(_) => {
                    self.leave(claim, &answer.taken_by, of_the_dead);
                    return Start::Gone;
                }
                Err(error) => return Start::Unavailable(error),
            }
        }
    }

    /// Whether the delivery that has a task is known to have failed.
    async fn has_failed(
        &self,
        claim: &Claim,
        taken_by: &[u8],
        of_the_dead: OfTheDead,
    ) -> Result<bool, ApiError> {
        let Some(taken_by) = DeliveryId::read(taken_by) else { return Ok(false) };
        if claim.entry.failed.contains(&taken_by) {
            return Ok(true);
        }
        match of_the_dead {
            OfTheDead::Leave => Ok(false),
            OfTheDead::DeliverAgain => self.deliverers.is_of_the_dead(taken_by).await,
        }
    }

    /// Leaves a task to the delivery that has it.
    fn leave(&self, claim: Claim, taken_by: &[u8], of_the_dead: OfTheDead) {
        match DeliveryId::read(taken_by) {
            Some(delivery) if of_the_dead == OfTheDead::DeliverAgain => {
                tokio::spawn(self.deliverers.clone().keep(claim, delivery));
            }
            // It has ended, or is its owner's to end.
            _ => claim.finish(),
        }
    }

    /// Puts back claims whose answers were lost, whether or not somebody still waits for tasks of
    /// their queues, until the node drains.
    pub(crate) async fn put_back_lost(self: Arc<Self>, draining: CancellationToken) {
        loop {
            if timeout(PUT_BACK, draining.cancelled()).await.is_ok() {
                return;
            }
            for queue in self.lost.all() {
                if let Err(error) = self.reclaim(&queue).await {
                    tracing::warn!(%error, "lost claims can't be put back at present");
                }
            }
        }
    }

    /// Puts back what dead nodes have claimed.
    pub(crate) async fn reclaim(&self, queue: &Bytes) -> Result<u64, ApiError> {
        let peers = self.directory.live_peers(Role::Activity).await?;
        let mut live: Vec<_> = peers.into_iter().map(|peer| peer.id).collect();
        // After a lost answer this node's own claims are put back as well: the owner refuses to
        // start twice what this node has in hand.
        let (lost, began) = (self.lost.contains(queue), Instant::now());
        if lost {
            live.retain(|id| *id != self.node);
        } else {
            live.push(self.node.clone());
        }
        let reclaimed = self.store.queue_reclaim(queue, &live).await;
        let reclaimed = reclaimed.map_err(ApiError::unavailable)?;
        if lost {
            self.lost.put_back(queue, began);
        }
        Ok(reclaimed)
    }
}
