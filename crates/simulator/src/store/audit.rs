//! Watches what the store takes.
//!
//! It keeps books of its own: who may write, which version each record has, which triggers wait.
//! A write that the store took against these books is a violation, whatever the store thinks.

use super::Attic;
use crate::clock::StoreTime;
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use stepwell_storage::{
    Commit, Expect, Fence, Lease, MemoryStore, Outcome, PartitionStore as _, StoreError,
};

/// The memory store, and the books.
pub(crate) struct Audit {
    pub(crate) memory: MemoryStore,
    pub(crate) time: StoreTime,
    attic: Attic,
    log: Mutex<Log>,
    order: AtomicU64,
}

/// The books.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) violations: Vec<String>,
    /// Every record that there was, in the order of their starts.
    pub(crate) runs: Vec<Run>,
    open: BTreeMap<Bytes, usize>,
    /// The newest lease of each partition; none where it was given back.
    leases: BTreeMap<u32, Option<Lease>>,
    triggers: BTreeSet<u128>,
    pub(crate) acquired: u64,
    pub(crate) refused: u64,
}

/// A record from its start to its removal.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) key: Bytes,
    pub(crate) partition: u32,
    pub(crate) written: Vec<Written>,
    pub(crate) removed: Option<Removed>,
}

/// A commit that took effect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    /// Its place among all that happened.
    pub(crate) at: u64,
    /// The store's clock.
    pub(crate) now_ms: i64,
    /// Whether it added to the history.
    pub(crate) has_batch: bool,
}

/// The end of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Removed {
    pub(crate) at: u64,
    pub(crate) now_ms: i64,
    /// Where the attic has it.
    pub(crate) attic: u32,
}

impl Audit {
    pub(crate) fn new(partitions: u32, time: StoreTime) -> Self {
        let clock = time.clone();
        Self {
            memory: MemoryStore::new(partitions, std::sync::Arc::new(move || clock.now_ms())),
            time,
            attic: Attic::new(),
            log: Mutex::default(),
            order: AtomicU64::new(1),
        }
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of what happens now among all that happens.
    pub(crate) fn tick(&self) -> u64 {
        self.order.fetch_add(1, Ordering::Relaxed)
    }

    /// Where a run can be read: the store and its partition.
    pub(crate) fn shelf(&self, run: &Run) -> (&MemoryStore, u32) {
        match run.removed {
            Some(removed) => (&self.attic.store, removed.attic),
            None => (&self.memory, run.partition),
        }
    }

    pub(crate) async fn acquire(
        &self,
        partition: u32,
        node: &str,
        fence: Fence,
        ttl_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        let lease = self.memory.acquire(partition, node, fence, ttl_ms).await?;
        if let Some(lease) = lease {
            let mut log = self.log();
            log.acquired += 1;
            if let Some(Some(old)) = log.leases.insert(partition, Some(lease))
                && old.epoch >= lease.epoch
            {
                log.violations.push(format!("I3: epoch {} follows {}", lease.epoch, old.epoch));
            }
        }
        Ok(lease)
    }

    pub(crate) async fn release(&self, lease: Lease) -> Result<(), StoreError> {
        self.memory.release(lease).await?;
        let mut log = self.log();
        if log.leases.get(&lease.partition) == Some(&Some(lease)) {
            log.leases.insert(lease.partition, None);
        }
        Ok(())
    }

    pub(crate) async fn append_trigger(
        &self,
        partition: u32,
        id: u128,
        body: Bytes,
    ) -> Result<(), StoreError> {
        self.memory.append_trigger(partition, id, body).await?;
        self.log().triggers.insert(id);
        Ok(())
    }

    /// Nothing here waits for anything, so no other task comes between its steps.
    pub(crate) async fn commit(
        &self,
        lease: Lease,
        commits: Vec<Commit>,
    ) -> Result<Vec<Outcome>, StoreError> {
        let mut outcomes = Vec::with_capacity(commits.len());
        for commit in commits {
            let (key, partition) = (commit.key.clone(), lease.partition);
            let record =
                if commit.remove { self.memory.load(partition, &key).await? } else { None };
            let history = match &record {
                Some(_) => self.memory.history(partition, &key, 0, usize::MAX).await?,
                None => Vec::new(),
            };
            let outcome = self.memory.commit(lease, vec![commit.clone()]).await?;
            if let [Outcome::Committed { now_ms }] = outcome[..] {
                let attic = match record {
                    Some(record) => Some(self.attic.keep(&key, record, history).await?),
                    None => None,
                };
                let at = self.tick();
                tracing::debug!(at, ?commit, "written");
                self.log().committed(lease, &commit, at, now_ms, attic);
            } else {
                tracing::debug!(?outcome, ?commit, "refused");
                self.log().refused += 1;
            }
            outcomes.extend(outcome);
        }
        Ok(outcomes)
    }
}

impl Log {
    /// Whether a record is left.
    pub(crate) fn holds_any(&self) -> bool {
        !self.open.is_empty()
    }

    fn committed(
        &mut self,
        lease: Lease,
        commit: &Commit,
        at: u64,
        now_ms: i64,
        attic: Option<u32>,
    ) {
        let name = || commit.key.escape_ascii().to_string();
        if self.leases.get(&lease.partition) != Some(&Some(lease)) {
            let text = format!("I3: {} was written under the lost epoch {}", name(), lease.epoch);
            self.violations.push(text);
        }
        if commit.not_before_ms.is_some_and(|due| now_ms < due) {
            self.violations.push(format!("I6: {} was written before its time", name()));
        }
        if let Some(id) = commit.trigger
            && !self.triggers.remove(&id)
        {
            self.violations.push(format!("I2: {} took a trigger twice", name()));
        }
        let open = self.open.get(&commit.key).copied();
        let version = open.and_then(|at| self.runs.get(at)).map(|run| run.written.len() as u64);
        let expected = match commit.expect {
            Expect::Absent => None,
            Expect::Version(version) => Some(version),
        };
        if version != expected {
            let text = format!("I2: {} was at {version:?}, not {expected:?}", name());
            self.violations.push(text);
        }
        self.write(
            lease.partition,
            commit,
            open,
            Written { at, now_ms, has_batch: commit.batch.is_some() },
        );
        if commit.remove {
            self.open.remove(&commit.key);
            if let (Some(open), Some(attic)) = (open, attic)
                && let Some(run) = self.runs.get_mut(open)
            {
                run.written.pop();
                run.removed = Some(Removed { at, now_ms, attic });
            }
        }
    }

    fn write(&mut self, partition: u32, commit: &Commit, open: Option<usize>, written: Written) {
        match open.and_then(|at| self.runs.get_mut(at)) {
            Some(run) => run.written.push(written),
            // What removes nothing only consumes a trigger.
            None if commit.remove => {}
            None => {
                self.open.insert(commit.key.clone(), self.runs.len());
                let key = commit.key.clone();
                self.runs.push(Run { key, partition, written: vec![written], removed: None });
            }
        }
    }
}
