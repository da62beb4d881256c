//! The server is killed in the middle of commits and starts again on its data: what was
//! acknowledged is there, whole, and the client finds back by itself.

#![allow(clippy::unwrap_used, reason = "test code outside of test functions")]

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use stepwell_storage::{
    Commit, Expect, Lease, Outcome, PartitionStore, QueueStore, QueueTag, QueueTask, Record,
    StoreError, WakeCursor, WokenQueues,
};
use stepwell_storage_redis::testing::RedisServer;
use stepwell_storage_redis::{Acknowledged, RedisStore};

const WRITERS: u8 = 16;

/// Asks until the store answers.
async fn answered<T>(ask: impl AsyncFn() -> Result<T, StoreError>) -> T {
    loop {
        match ask().await {
            Ok(value) => return value,
            Err(StoreError::Unavailable(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Commits to one record until the store fails, counting what was acknowledged.
async fn commit_until_failure(
    store: Arc<RedisStore>,
    lease: Lease,
    key: u8,
    acknowledged: Arc<AtomicU64>,
) -> (u64, StoreError) {
    for version in 0.. {
        let expect = if version == 0 { Expect::Absent } else { Expect::Version(version) };
        let mut commit = Commit::new(version.into(), Bytes::from(vec![key]), expect);
        commit.batch = Some(Bytes::from(vec![key; 300]));
        match store.commit(lease, vec![commit]).await {
            Ok(outcomes) => {
                assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            Err(error) => return (version, error),
        }
    }
    unreachable!("versions don't end")
}

fn version(record: Option<&Record>) -> u64 {
    record.map_or(0, |record| record.version)
}

#[tokio::test]
async fn acknowledged_commits_survive_the_server() {
    let mut server = RedisServer::start();
    let store = Arc::new(RedisStore::open(&server.url(), 4, Acknowledged::ByServer).await.unwrap());
    let lease = store.acquire(0, "node", 1, 600_000).await.unwrap().unwrap();
    let acknowledged = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|key| {
            let (store, acknowledged) = (Arc::clone(&store), Arc::clone(&acknowledged));
            tokio::spawn(commit_until_failure(store, lease, key, acknowledged))
        })
        .collect();
    while acknowledged.load(Ordering::SeqCst) < 500 {
        tokio::task::yield_now().await;
    }
    server.kill();
    let mut written = Vec::new();
    for writer in writers {
        let (version, error) = writer.await.unwrap();
        assert!(!matches!(error, StoreError::Invalid(_)), "{error}");
        written.push(version);
    }
    server.restart();
    for (key, acknowledged) in (0..WRITERS).zip(written) {
        let record = answered(async || store.load(0, &[key]).await).await;
        let found = version(record.as_ref());
        // The commit whose fate was unknown may be there, under its own id.
        assert!((acknowledged..=acknowledged + 1).contains(&found), "{acknowledged} but {found}");
        assert!(record.is_none_or(|record| record.commit == u128::from(found - 1)));
        let history = store.history(0, &[key], 0, usize::MAX).await.unwrap();
        assert_eq!(history.len() as u64, found, "no torn commit");
    }
    // Nobody knows what this life of the server has lost: the lease is void. Its node gives it back
    // when it has stopped answering under it.
    let after = || vec![Commit::new(1, Bytes::from_static(b"after"), Expect::Absent)];
    let outcomes = answered(async || store.commit(lease, after()).await).await;
    assert_eq!(outcomes, [Outcome::Fenced]);
    store.release(lease).await.unwrap();
    assert_eq!(store.owner(0).await.unwrap(), None);
    let next = store.acquire(0, "node", 2, 600_000).await.unwrap().unwrap();
    assert!(next.epoch > lease.epoch, "{next:?} after {lease:?}");
    let outcomes = store.commit(next, after()).await.unwrap();
    assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
}

#[tokio::test]
async fn queues_of_another_server_process_have_another_generation_and_wake_everyone() {
    let mut server = RedisServer::start();
    let store = RedisStore::open(&server.url(), 4, Acknowledged::ByServer).await.unwrap();
    let queue = Bytes::from_static(b"activity");
    let tag = QueueTag::of(&queue);
    let task = QueueTask { id: Bytes::from_static(b"a"), body: Bytes::new() };
    let first = store.queue_push(&queue, &[task]).await.unwrap();
    let seen = store.queue_wake(tag, WakeCursor::default()).await.unwrap().cursor;
    let (woken, ()) = tokio::join!(store.queue_wake(tag, seen), async {
        tokio::task::yield_now().await;
        server.kill();
        server.restart();
    });
    let error = woken.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    let woken = answered(async || store.queue_wake(tag, seen).await).await;
    assert_eq!(woken.queues, WokenQueues::All);
    let queues = [queue];
    let second = answered(async || store.queue_generations(&queues).await).await;
    assert!(second[0].is_some_and(|second| second != first), "{second:?} after {first}");
}
