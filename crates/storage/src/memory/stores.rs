//! The ports beside partitions, each handed to its part of the reference.

use super::{MemoryNodes, MemoryQueues, MemoryStore};
use crate::{ControlOutcome, ControlStore, ControlWrite, OneProcess, StoreError};
use async_trait::async_trait;
use bytes::Bytes;

#[async_trait]
impl ControlStore for MemoryStore {
    async fn control_get(
        &self,
        group: &[u8],
        key: &[u8],
    ) -> Result<Option<(u64, Bytes)>, StoreError> {
        Ok(self.control().get(group, key))
    }

    async fn control_write(
        &self,
        group: &[u8],
        writes: Vec<ControlWrite>,
    ) -> Result<ControlOutcome, StoreError> {
        ControlWrite::check(&writes)?;
        Ok(self.control().write(group, writes))
    }

    async fn control_list(
        &self,
        group: &[u8],
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Bytes, u64, Bytes)>, StoreError> {
        Ok(self.control().list(group, prefix, after).take(limit).collect())
    }

    async fn control_count(&self, group: &[u8], prefix: &[u8]) -> Result<u64, StoreError> {
        Ok(self.control().list(group, prefix, None).count() as u64)
    }
}

impl OneProcess for MemoryStore {
    fn nodes(&self) -> &MemoryNodes {
        &self.nodes
    }

    fn queues(&self) -> &MemoryQueues {
        &self.queues
    }

    fn process_now_ms(&self) -> i64 {
        (self.clock)()
    }
}
