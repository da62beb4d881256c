//! Writers that commit to records of their own while servers fail, and what they were told.

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use stepwell_storage::{Commit, Expect, Lease, Outcome, PartitionStore, Record, StoreError};
use stepwell_storage_redis::RedisStore;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A lease that nobody else wants: it may well be over.
const TTL_MS: i64 = 1_000;

/// How long a condition may take to hold while servers fail.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until the store answers.
pub(crate) async fn answered<T, F>(ask: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, StoreError>>,
{
    let answer = async {
        loop {
            match ask().await {
                Ok(value) => return value,
                Err(StoreError::Unavailable(_) | StoreError::Unknown(_)) => pause().await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    timeout(PATIENCE, answer).await.expect("the store answers")
}

/// Between two looks at a condition.
pub(crate) async fn pause() {
    tokio::time::sleep(Duration::from_millis(5)).await;
}

/// The lease of a partition, acquired again whenever it was lost.
pub(crate) async fn acquire(store: &RedisStore, partition: u32) -> Lease {
    loop {
        let fence = rand::random();
        match answered(|| store.acquire(partition, "node", fence, TTL_MS)).await {
            Some(lease) => return lease,
            None => pause().await,
        }
    }
}

/// What all writers share.
pub(crate) struct Writers {
    store: Arc<RedisStore>,
    leases: Vec<Mutex<Lease>>,
    /// Commits that were acknowledged, over all records.
    pub(crate) acknowledged: AtomicU64,
    /// Commits whose outcome was not known at first.
    pub(crate) unknown: AtomicU64,
    /// Answers that the store is not available.
    pub(crate) unavailable: AtomicU64,
    stop: AtomicBool,
}

/// What a writer was told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    pub(crate) partition: u32,
    pub(crate) key: u8,
    /// The newest version that was acknowledged.
    pub(crate) version: u64,
    /// Acknowledged versions that were not there any more when they were looked at.
    pub(crate) lost: u64,
}

impl Writers {
    pub(crate) async fn begin(
        store: &Arc<RedisStore>,
        each: u8,
    ) -> (Arc<Self>, Vec<JoinHandle<Told>>) {
        let mut leases = Vec::new();
        for partition in 0..store.partitions() {
            leases.push(Mutex::new(acquire(store, partition).await));
        }
        let writers = Arc::new(Self {
            store: Arc::clone(store),
            leases,
            acknowledged: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
            unavailable: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        });
        let all = (0..store.partitions())
            .flat_map(|partition| (0..each).map(move |key| (partition, key)));
        let tasks = all.map(|(partition, key)| {
            let writers = Arc::clone(&writers);
            tokio::spawn(async move { writers.write(partition, key).await })
        });
        let tasks = tasks.collect();
        (writers, tasks)
    }

    /// Waits until so many more commits were acknowledged.
    pub(crate) async fn more(&self, count: u64) {
        let goal = self.acknowledged.load(Ordering::SeqCst) + count;
        let reached = async {
            while self.acknowledged.load(Ordering::SeqCst) < goal {
                pause().await;
            }
        };
        timeout(PATIENCE, reached).await.expect("commits go on");
    }

    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    async fn load(&self, partition: u32, key: u8) -> Option<Record> {
        let key = [key];
        answered(|| self.store.load(partition, &key)).await
    }

    async fn write(&self, partition: u32, key: u8) -> Told {
        let mut told = Told { partition, key, ..Told::default() };
        let mut version = 0;
        while !self.stop.load(Ordering::SeqCst) {
            let lease = *self.leases[partition as usize].lock().await;
            let expect = if version == 0 { Expect::Absent } else { Expect::Version(version) };
            let id = rand::random();
            let mut commit = Commit::new(id, Bytes::from(vec![key]), expect);
            commit.batch = Some(Bytes::from(vec![key; 100]));
            match self.store.commit(lease, vec![commit]).await {
                Ok(outcomes) => match outcomes[..] {
                    [Outcome::Committed { .. }] => {
                        version += 1;
                        told.version = version;
                        self.acknowledged.fetch_add(1, Ordering::SeqCst);
                    }
                    [Outcome::Conflict { .. }] => {
                        version = self.reread(&mut told, None).await;
                    }
                    [Outcome::Fenced] => {
                        let mut held = self.leases[partition as usize].lock().await;
                        if *held == lease {
                            *held = acquire(&self.store, partition).await;
                        }
                    }
                    _ => panic!("{outcomes:?}"),
                },
                Err(StoreError::Unknown(_)) => {
                    self.unknown.fetch_add(1, Ordering::SeqCst);
                    version = self.reread(&mut told, Some(id)).await;
                }
                Err(StoreError::Unavailable(_)) => {
                    self.unavailable.fetch_add(1, Ordering::SeqCst);
                    pause().await;
                }
                Err(error) => panic!("{error}"),
            }
        }
        told
    }

    /// The version that is there; with the id of a commit that may have written it, that counts
    /// as acknowledged.
    async fn reread(&self, told: &mut Told, id: Option<u128>) -> u64 {
        let found = self.load(told.partition, told.key).await;
        let version = found.as_ref().map_or(0, |record| record.version);
        told.lost += told.version.saturating_sub(version);
        told.version = told.version.min(version);
        if found.is_some_and(|record| Some(record.commit) == id) {
            told.version = version;
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
        }
        version
    }

    /// Ends the writers and looks at every record: none may be torn. Answers how many acknowledged
    /// commits are not there.
    pub(crate) async fn end(&self, tasks: Vec<JoinHandle<Told>>) -> u64 {
        self.stop();
        let mut lost = 0;
        for task in tasks {
            let told = task.await.unwrap();
            let found = self.load(told.partition, told.key).await;
            let version = found.as_ref().map_or(0, |record| record.version);
            let key = [told.key];
            let history =
                answered(|| self.store.history(told.partition, &key, 0, usize::MAX)).await;
            assert_eq!(history.len() as u64, version, "torn: {told:?}");
            lost += told.lost + told.version.saturating_sub(version);
        }
        lost
    }
}
