//! Executions and histories as the store has them.

use crate::codec::{CodecError, Payloads, StoredBatch, decode_events};
use crate::execution::Missing;
use crate::request::SubmitError;
use crate::{Execution, key_of};
use bytes::Bytes;
use futures::future::try_join_all;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use stepwell_engine::Event;
use stepwell_ids::ExecutionArn;
use stepwell_storage::{PartitionStore, StoreError};

/// Why something can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store gave back something else than was written.
    #[error(transparent)]
    Broken(#[from] CodecError),
    /// The execution was removed while it was read, its retention being over.
    #[error("the execution was removed while it was read")]
    Gone,
}

impl From<ReadError> for SubmitError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(_) | ReadError::Gone => Self::Unavailable(error.to_string()),
            ReadError::Broken(error) => Self::Broken(error.to_string()),
        }
    }
}

/// Reads an execution as the store has it, whoever owns its partition.
///
/// # Errors
/// See [`ReadError`].
pub async fn load<S: PartitionStore + ?Sized>(
    store: &S,
    partition: u32,
    arn: &ExecutionArn,
) -> Result<Option<Arc<Execution>>, ReadError> {
    let key = key_of(arn);
    let Some(mut record) = store.load(partition, &key).await? else { return Ok(None) };
    let mut payloads = Payloads::default();
    loop {
        let Missing { batches, last_ms } = match Execution::decode(arn, &record, &mut payloads)? {
            Ok(execution) => return Ok(Some(Arc::new(execution))),
            Err(missing) => missing,
        };
        match add_batches(store, partition, &key, batches, last_ms, &mut payloads).await {
            Err(ReadError::Gone) => {}
            added => {
                added?;
                continue;
            }
        }
        // Its name may have a new owner by now.
        let Some(now) = store.load(partition, &key).await? else { return Ok(None) };
        if now == record {
            return Err(CodecError::new("history", "batches are missing").into());
        }
        (record, payloads) = (now, Payloads::default());
    }
}

/// Reads the history of one execution, with its payloads put back.
pub struct HistoryReader<'a, S: ?Sized> {
    store: &'a S,
    partition: u32,
    key: Bytes,
    /// How many batches the execution has, and the time of its last event: others are of a later
    /// execution of the name.
    count: u64,
    last_ms: i64,
    payloads: Payloads,
}

impl<'a, S: PartitionStore + ?Sized> HistoryReader<'a, S> {
    /// A reader of the history of `execution`, which lives in `partition`.
    pub fn new(store: &'a S, partition: u32, execution: &Execution) -> Self {
        let (key, count) = (execution.key.clone(), execution.batches);
        let last_ms = execution.snapshot.root().last_time_ms;
        Self { store, partition, key, count, last_ms, payloads: Payloads::default() }
    }

    /// The events of at most `limit` batches from number `from`, batch by batch, and the bytes
    /// that those batches take.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn batches(
        &mut self,
        from: u64,
        limit: usize,
    ) -> Result<(Vec<Vec<Event>>, usize), ReadError> {
        let (stored, bytes) = self.stored(from, limit).await?;
        let mut batches = Vec::with_capacity(stored.len());
        for batch in stored {
            batches.push(self.events(&batch, 0..batch.len()).await?);
        }
        Ok((batches, bytes))
    }

    /// At most `limit` batches from number `from`, whose events are not decoded yet, and the bytes
    /// that they take.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn stored(
        &mut self,
        from: u64,
        limit: usize,
    ) -> Result<(Vec<StoredBatch>, usize), ReadError> {
        let stored = self.store.history(self.partition, &self.key, from, limit).await?;
        let expected = self.count.saturating_sub(from).min(limit as u64);
        if (stored.len() as u64) < expected {
            return Err(ReadError::Gone);
        }
        let bytes = stored.iter().map(Bytes::len).sum();
        let mut batches = Vec::with_capacity(stored.len());
        for (number, batch) in (from..).zip(stored) {
            let mut batch = StoredBatch::read(batch)?;
            if number < self.count && batch.time_ms > self.last_ms {
                return Err(ReadError::Gone);
            }
            self.payloads.add(number, std::mem::take(&mut batch.payloads));
            batches.push(batch);
        }
        Ok((batches, bytes))
    }

    /// Events of a batch that this reader gave.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn events(
        &mut self,
        batch: &StoredBatch,
        range: Range<usize>,
    ) -> Result<Vec<Event>, ReadError> {
        let events = decode_events(batch, range.clone(), &mut self.payloads)?;
        let missing = self.payloads.missing();
        if missing.is_empty() {
            return Ok(events);
        }
        let (store, key) = (self.store, &self.key);
        add_batches(store, self.partition, key, missing, self.last_ms, &mut self.payloads).await?;
        Ok(decode_events(batch, range, &mut self.payloads)?)
    }
}

/// Adds the payloads of these batches of an execution whose last event was at `last_ms`.
async fn add_batches<S: PartitionStore + ?Sized>(
    store: &S,
    partition: u32,
    key: &[u8],
    numbers: BTreeSet<u64>,
    last_ms: i64,
    payloads: &mut Payloads,
) -> Result<(), ReadError> {
    let read = |number: u64| async move {
        let batch = store.history(partition, key, number, 1).await?.pop();
        Ok::<_, StoreError>((number, batch))
    };
    for (number, batch) in try_join_all(numbers.into_iter().map(read)).await? {
        let batch = StoredBatch::read(batch.ok_or(ReadError::Gone)?)?;
        if batch.time_ms > last_ms {
            return Err(ReadError::Gone);
        }
        payloads.add(number, batch.payloads);
    }
    Ok(())
}
