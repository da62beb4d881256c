//! What a node does every second or so, over all its partitions at once.

use super::Node;
use super::balance::moves;
use crate::actor::Actor;
use crate::cache::Cache;
use crate::slot::{MARGIN, Message, Slot};
use futures::future::join_all;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use stepwell_storage::{Lease, NodeRecord, StoreError};
use tokio::sync::mpsc;
use tokio::time::Instant;

impl Node {
    /// Keeps the leases and the node's share until the node is stopped.
    pub(super) async fn keep_leases(node: Arc<Self>) {
        let mut settled = true;
        loop {
            // While partitions are moving, those without an owner should not have to wait long.
            let pause = node.config.renew_every / if settled { 1 } else { 8 };
            tokio::select! {
                biased;
                () = node.stop.cancelled() => return,
                () = node.tick.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
            settled = match Self::tick(&node).await {
                Ok(settled) => settled,
                Err(error) => {
                    tracing::warn!(%error, "leases could not be kept");
                    true
                }
            };
        }
    }

    /// Renews the leases and moves towards the node's share; answers whether it has it.
    pub(super) async fn tick(node: &Arc<Self>) -> Result<bool, StoreError> {
        node.renew().await?;
        let live = node.live_nodes().await?;
        let owners = node.store.owners().await?;
        let mine: Vec<u32> = node.mine().iter().map(|slot| slot.lease.partition).collect();
        let ids: Vec<&str> = live.iter().map(String::as_str).collect();
        let moves = moves(&node.config.id, &ids, &owners, &mine);
        *node.owners.write().unwrap_or_else(PoisonError::into_inner) = owners;
        for partition in &moves.release {
            if let Some(slot) = node.take_slot(*partition) {
                slot.stop.cancel();
            }
        }
        join_all(moves.acquire.iter().map(|partition| Self::acquire(node, *partition))).await;
        let (acquired, released) = (moves.acquire.len(), moves.release.len());
        if acquired + released > 0 {
            tracing::info!(acquired, released, nodes = live.len(), "partitions move");
        }
        Ok(moves.missing + released == 0)
    }

    async fn renew(&self) -> Result<(), StoreError> {
        let slots = self.mine();
        if slots.is_empty() {
            self.shared.clock.observe(self.store.now_ms().await?);
            return Ok(());
        }
        let leases: Vec<Lease> = slots.iter().map(|slot| slot.lease).collect();
        let asked = Instant::now();
        let renewed = self.store.renew(&leases, self.config.lease_ms()).await?;
        for (slot, renewed) in slots.iter().zip(renewed) {
            if renewed {
                slot.extend(asked + self.config.lease);
            } else {
                tracing::warn!(partition = slot.lease.partition, "the lease was lost");
                self.drop_slot(slot);
            }
        }
        self.shared.clock.observe(self.store.now_ms().await?);
        Ok(())
    }

    /// The ids of all live nodes of the role, this one among them.
    async fn live_nodes(&self) -> Result<Vec<String>, StoreError> {
        let asked = Instant::now();
        let nodes = self.store.nodes_live(&self.config.role).await?;
        let own = nodes.iter().find(|node| node.id == self.config.id).cloned();
        self.keep_in_touch(own, asked).await?;
        let mut ids: Vec<String> = nodes.into_iter().map(|node| node.id).collect();
        if !ids.contains(&self.config.id) {
            ids.push(self.config.id.clone());
            ids.sort_unstable();
        }
        Ok(ids)
    }

    /// The node counts as alive for others as long as its record does, so that is renewed here
    /// with the same call that the contact rests on. A node that was never registered is alone.
    async fn keep_in_touch(
        &self,
        own: Option<NodeRecord>,
        asked: Instant,
    ) -> Result<(), StoreError> {
        match own {
            Some(record) => {
                self.registered.store(true, Ordering::Relaxed);
                self.store.node_renew(&record, self.config.lease_ms() + 1_000).await?;
            }
            None if self.registered.load(Ordering::Relaxed) => return Ok(()),
            None => {}
        }
        self.contact.extend(asked, asked + self.config.lease.saturating_sub(MARGIN));
        Ok(())
    }

    async fn acquire(node: &Arc<Self>, partition: u32) {
        let asked = Instant::now();
        let fence = node.config.random.draw();
        let (id, ttl_ms) = (&node.config.id, node.config.lease_ms());
        match node.store.acquire(partition, id, fence, ttl_ms).await {
            Ok(Some(lease)) => Self::serve(node, lease, asked + node.config.lease),
            Ok(None) => {}
            Err(error) => tracing::warn!(partition, %error, "a partition could not be acquired"),
        }
    }

    fn serve(node: &Arc<Self>, lease: Lease, valid_until: Instant) {
        let (tell, told) = mpsc::channel(node.config.waiting.max(4));
        let cache = Cache::new(node.config.cache_bytes / node.partitions.get() as usize);
        let slot = Arc::new(Slot::new(lease, valid_until, cache, tell));
        {
            let mut slots = node.slots.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = slots.get_mut(lease.partition as usize) {
                *place = Some(Arc::clone(&slot));
            }
        }
        let actor = Actor::new(Arc::clone(&node.shared), Arc::clone(&slot), told);
        node.shared.metrics.partitions.add(1, &[]);
        let node = Arc::clone(node);
        // The actor has a task of its own, so that its death would be seen here.
        let running = tokio::spawn(actor.run());
        node.actors.clone().spawn(async move {
            let holds = running.await;
            node.drop_slot(&slot);
            node.shared.metrics.partitions.add(-1, &[]);
            match holds {
                Ok(true) => {}
                Ok(false) => tracing::warn!(partition = lease.partition, "the lease is void"),
                Err(error) => {
                    tracing::error!(partition = lease.partition, %error, "a partition broke off");
                    node.shared.relay.forget_partition(lease.partition);
                }
            }
            // Only now: memory has answered for the partition until here. Where another node has
            // it already, nothing is given back.
            node.release(lease).await;
            node.tick.notify_one();
        });
    }

    async fn release(&self, lease: Lease) {
        if let Err(error) = self.store.release(lease).await {
            let partition = lease.partition;
            tracing::warn!(partition, %error, "a lease was not given back, it will expire");
        }
    }

    /// Stops a partition's actor and takes no more requests for it.
    fn drop_slot(&self, slot: &Arc<Slot>) {
        slot.stop.cancel();
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = slots.get_mut(slot.lease.partition as usize)
            && place.as_ref().is_some_and(|current| Arc::ptr_eq(current, slot))
        {
            *place = None;
        }
    }

    /// Looks at the trigger streams and the queues until the node is stopped.
    pub(super) async fn watch_store(node: Arc<Self>) {
        loop {
            tokio::select! {
                biased;
                () = node.stop.cancelled() => return,
                () = tokio::time::sleep(node.config.watch_every) => {}
            }
            if let Err(error) = node.look_at_triggers().await {
                tracing::warn!(%error, "the trigger streams can't be read");
            }
            if let Err(error) = node.look_for_calls().await {
                tracing::warn!(%error, "the outboxes can't be looked through");
            }
            if let Err(error) = node.shared.relay.watch().await {
                tracing::warn!(%error, "the queues can't be looked at");
            }
        }
    }

    async fn look_at_triggers(&self) -> Result<(), StoreError> {
        let slots = self.mine();
        let partitions: Vec<u32> = slots.iter().map(|slot| slot.lease.partition).collect();
        if partitions.is_empty() {
            return Ok(());
        }
        let waits = self.store.has_triggers(&partitions).await?;
        for (slot, _) in slots.iter().zip(waits).filter(|(_, waits)| *waits) {
            // Where it is full the next look tells it.
            drop(slot.tell.try_send(Message::ReadTriggers));
        }
        Ok(())
    }
}
