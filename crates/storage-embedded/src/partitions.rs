//! The port of executions: which thread runs what.

use crate::writer::Transaction;
use crate::{EmbeddedStore, apply, lease, read};
use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::params;
use std::ops::Range;
use std::sync::Arc;
use stepwell_storage::{
    Commit, Fence, Gate, Lease, ListPage, Listed, OutboxEntry, Outcome, PartitionStore, Record,
    StoreError,
};

impl EmbeddedStore {
    fn check(&self, partition: u32) -> Result<(), StoreError> {
        StoreError::check_partition(partition, self.partitions)
    }

    async fn set_gates_of(
        &self,
        partitions: Range<u32>,
        index: &[u8],
        gate: Gate,
    ) -> Result<(), StoreError> {
        let index = index.to_vec();
        let sql = match gate {
            Gate::Open => "DELETE FROM closed_gate WHERE partition = ?1 AND idx = ?2",
            Gate::Closed => "INSERT OR IGNORE INTO closed_gate VALUES (?1, ?2)",
        };
        let set = move |transaction: &Transaction<'_>| {
            let mut statement = transaction.connection.prepare_cached(sql)?;
            partitions
                .clone()
                .try_for_each(|partition| statement.execute(params![partition, index]).map(drop))
        };
        self.writer.write(set).await
    }

    async fn list_of(
        &self,
        partition: Option<u32>,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError> {
        let (index, page) = (index.to_vec(), page.clone());
        self.readers.read(move |connection| read::list(connection, partition, &index, &page)).await
    }
}

#[async_trait]
impl PartitionStore for EmbeddedStore {
    fn partitions(&self) -> u32 {
        self.partitions
    }

    async fn now_ms(&self) -> Result<i64, StoreError> {
        Ok(self.clock.now_ms())
    }

    async fn acquire(
        &self,
        partition: u32,
        node: &str,
        fence: Fence,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        self.check(partition)?;
        let (node, leases) = (node.to_owned(), Arc::clone(&self.leases));
        let acquire = move |transaction: &Transaction<'_>| {
            lease::acquire(transaction, &leases, partition, &node, fence, ttl_ms)
        };
        self.writer.write(acquire).await
    }

    async fn renew(&self, leases: &[Lease], ttl_ms: i64) -> Result<Vec<bool>, StoreError> {
        leases.iter().try_for_each(|lease| self.check(lease.partition))?;
        Ok(self.leases.renew(leases, self.clock.now_ms().saturating_add(ttl_ms)))
    }

    async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.check(lease.partition)?;
        let leases = Arc::clone(&self.leases);
        self.writer.write(move |transaction| lease::release(transaction, &leases, lease)).await
    }

    async fn owner(&self, partition: u32) -> Result<Option<String>, StoreError> {
        self.check(partition)?;
        Ok(self.leases.owner(partition, self.clock.now_ms()))
    }

    async fn owners(&self) -> Result<Vec<Option<String>>, StoreError> {
        Ok(self.leases.owners(self.clock.now_ms()))
    }

    async fn commit(&self, lease: Lease, commits: Vec<Commit>) -> Result<Vec<Outcome>, StoreError> {
        self.check(lease.partition)?;
        self.writer.write(move |transaction| apply::apply(transaction, lease, &commits)).await
    }

    async fn load(&self, partition: u32, key: &[u8]) -> Result<Option<Record>, StoreError> {
        self.check(partition)?;
        let (key, keys) = (key.to_vec(), Arc::clone(&self.keys));
        self.readers.read(move |connection| read::load(connection, &keys, partition, &key)).await
    }

    async fn history(
        &self,
        partition: u32,
        key: &[u8],
        from: u64,
        limit: usize,
    ) -> Result<Vec<Bytes>, StoreError> {
        self.check(partition)?;
        let (key, keys) = (key.to_vec(), Arc::clone(&self.keys));
        self.readers
            .read(move |connection| read::history(connection, &keys, partition, &key, from, limit))
            .await
    }

    async fn timers(&self, partition: u32, limit: usize) -> Result<Vec<(i64, Bytes)>, StoreError> {
        self.check(partition)?;
        self.readers.read(move |connection| read::timers(connection, partition, limit)).await
    }

    async fn outbox(
        &self,
        partition: u32,
        after: Option<(Bytes, u64)>,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.check(partition)?;
        self.readers.read(move |connection| read::outbox(connection, partition, after, limit)).await
    }

    async fn append_trigger(
        &self,
        partition: u32,
        id: u128,
        body: Bytes,
    ) -> Result<(), StoreError> {
        self.check(partition)?;
        let append = move |transaction: &Transaction<'_>| {
            transaction
                .connection
                .prepare_cached(
                    "INSERT INTO trigger_stream (partition, id, body) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO NOTHING",
                )?
                .execute(params![partition, id.to_be_bytes(), body.as_ref()])
        };
        self.writer.write(append).await.map(drop)
    }

    async fn triggers(
        &self,
        partition: u32,
        limit: usize,
    ) -> Result<Vec<(u128, Bytes)>, StoreError> {
        self.check(partition)?;
        self.readers.read(move |connection| read::triggers(connection, partition, limit)).await
    }

    async fn has_triggers(&self, partitions: &[u32]) -> Result<Vec<bool>, StoreError> {
        partitions.iter().try_for_each(|partition| self.check(*partition))?;
        let partitions = partitions.to_vec();
        self.readers.read(move |connection| read::has_triggers(connection, &partitions)).await
    }

    async fn set_gate(&self, partition: u32, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        self.check(partition)?;
        self.set_gates_of(partition..partition + 1, index, gate).await
    }

    async fn set_gates(&self, index: &[u8], gate: Gate) -> Result<(), StoreError> {
        self.set_gates_of(0..self.partitions, index, gate).await
    }

    async fn open_count(&self, partition: u32, counter: &[u8]) -> Result<u64, StoreError> {
        self.check(partition)?;
        let counter = counter.to_vec();
        self.readers.read(move |connection| read::open_count(connection, partition, &counter)).await
    }

    async fn open_total(&self, counter: &[u8]) -> Result<u64, StoreError> {
        let counter = counter.to_vec();
        self.readers.read(move |connection| read::open_total(connection, &counter)).await
    }

    async fn list(
        &self,
        partition: u32,
        index: &[u8],
        page: &ListPage,
    ) -> Result<Vec<Listed>, StoreError> {
        self.check(partition)?;
        self.list_of(Some(partition), index, page).await
    }

    async fn list_all(&self, index: &[u8], page: &ListPage) -> Result<Vec<Listed>, StoreError> {
        self.list_of(None, index, page).await
    }
}
