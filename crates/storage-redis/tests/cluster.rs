//! A cluster of three masters and three replicas: the contract, failovers and migrations in the
//! middle of commits, and replicas that don't answer.

#![allow(clippy::unwrap_used, reason = "test code outside of test functions")]

mod writers;

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use stepwell_storage::{
    Commit, Expect, Outcome, PartitionStore, QueueStore, QueueTag, QueueTask, StoreError,
    WakeCursor, WokenQueues, contract,
};
use stepwell_storage_redis::testing::{RedisCluster, until};
use stepwell_storage_redis::{Acknowledged, RedisStore, Shape};
use tokio::runtime::Handle;
use writers::{Writers, acquire, answered, pause};

/// A key of partition 0.
const PARTITION: &str = "{p:000}:lease";

async fn open(cluster: &RedisCluster, acknowledged: Acknowledged) -> Arc<RedisStore> {
    Arc::new(RedisStore::open(&cluster.url(), 8, acknowledged).await.unwrap())
}

#[tokio::test]
async fn the_contract_holds_on_a_cluster() {
    let cluster = RedisCluster::start();
    for acknowledged in [Acknowledged::ByServer, Acknowledged::ByReplica] {
        // One server is enough to find the others, whatever it is.
        for url in [cluster.url(), cluster.server(4).url()] {
            let open = async || {
                for master in 0..3 {
                    cluster.server(master).ask::<()>(&["FLUSHALL"]).unwrap();
                }
                Box::new(RedisStore::open(&url, 4, acknowledged).await.unwrap())
            };
            contract::all(open).await.unwrap();
        }
    }
    let survey = RedisStore::open(&cluster.url(), 4, Acknowledged::ByServer).await.unwrap();
    let survey = survey.survey();
    assert_eq!((survey.shape, survey.masters, survey.replicas), (Shape::Cluster, 3, 1));
}

/// Kills the master of partition 0 while commits run, and answers how many acknowledged commits
/// are lost. The dead server comes back as a replica.
async fn lost_in_failover(acknowledged: Acknowledged) -> u64 {
    let mut cluster = RedisCluster::start();
    let store = open(&cluster, acknowledged).await;
    let (writers, tasks) = Writers::begin(&store, 3).await;
    writers.more(300).await;
    let master = cluster.master_of(PARTITION);
    cluster.servers()[master].kill();
    until("another is the master", || cluster.master_of(PARTITION) != master);
    cluster.servers()[master].restart();
    writers.more(300).await;
    cluster.wait_whole();
    let lost = writers.end(tasks).await;
    let unknown = writers.unknown.load(Ordering::SeqCst);
    assert!(unknown > 0, "the failover was not noticed");
    println!("{acknowledged:?}: {lost} acknowledged commits lost, {unknown} unknown at first");
    lost
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_replica_has_survives_a_failover() {
    assert_eq!(lost_in_failover(Acknowledged::ByReplica).await, 0);
}

/// Without a replica's word acknowledged commits can be lost: that is counted, and whatever is
/// lost is lost whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_replicas_a_failover_tears_nothing() {
    lost_in_failover(Acknowledged::ByServer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_moves_while_commits_run() {
    let cluster = RedisCluster::start();
    let store = open(&cluster, Acknowledged::ByServer).await;
    let (writers, tasks) = Writers::begin(&store, 6).await;
    writers.more(300).await;
    let from = cluster.master_of(PARTITION);
    let to = (from + 1) % 3;
    // Commits go on between one key of the slot and the next.
    cluster.migrate(PARTITION, to, || {
        tokio::task::block_in_place(|| Handle::current().block_on(writers.more(5)));
    });
    until("the slot has moved", || cluster.master_of(PARTITION) == to);
    writers.more(300).await;
    assert_eq!(writers.end(tasks).await, 0, "a migration loses nothing");
    assert_eq!(writers.unknown.load(Ordering::SeqCst), 0, "nothing is in doubt");
    let keys: i64 = cluster.server(to).ask(&["EXISTS", PARTITION]).unwrap();
    assert_eq!(keys, 1);
}

/// An orderly failover: the old master lives on as a replica and sends everyone on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn masters_and_replicas_change_places_while_commits_run() {
    let cluster = RedisCluster::start();
    let store = open(&cluster, Acknowledged::ByReplica).await;
    let (writers, tasks) = Writers::begin(&store, 3).await;
    for _ in 0..2 {
        writers.more(200).await;
        cluster.promote(cluster.replica_of(cluster.master_of(PARTITION)));
        cluster.wait_whole();
    }
    writers.more(200).await;
    assert_eq!(writers.end(tasks).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_replica_s_answer_a_commit_is_unknown_and_not_shown() {
    let cluster = RedisCluster::start_with(&["--repl-timeout", "60"]);
    let store = open(&cluster, Acknowledged::ByReplica).await;
    let lease = acquire(&store, 0).await;
    let replica = cluster.replica_of(cluster.master_of(PARTITION));
    cluster.server(replica).pause();
    let begun = Instant::now();
    let commit = Commit::new(7, Bytes::from_static(b"a"), Expect::Absent);
    let error = store.commit(lease, vec![commit]).await.unwrap_err();
    assert!(matches!(error, StoreError::Unknown(_)), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    // It stands in the master, and may be gone with it: another process does not show it either.
    let other = open(&cluster, Acknowledged::ByReplica).await;
    for store in [&store, &other] {
        let error = store.load(0, b"a").await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    }
    // A partition of another master goes on.
    let elsewhere = (1..8).find(|partition| {
        let key = format!("{{p:{partition:03}}}:lease");
        cluster.master_of(&key) != cluster.master_of(PARTITION)
    });
    let lease = acquire(&store, elsewhere.unwrap()).await;
    let commit = Commit::new(8, Bytes::from_static(b"b"), Expect::Absent);
    let outcomes = store.commit(lease, vec![commit]).await.unwrap();
    assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
    cluster.server(replica).resume();
    let record = answered(|| store.load(0, b"a")).await;
    assert_eq!(record.map(|record| record.commit), Some(7));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiters_find_the_new_master_of_their_queue() {
    let mut cluster = RedisCluster::start();
    let store = open(&cluster, Acknowledged::ByServer).await;
    let queue = Bytes::from_static(b"activity");
    let tag = QueueTag::of(&queue);
    let task = |id| QueueTask { id: Bytes::from_static(id), body: Bytes::new() };
    let first = store.queue_push(&queue, &[task(b"a")]).await.unwrap();
    let seen = store.queue_wake(tag, WakeCursor::default()).await.unwrap().cursor;
    let waiter = tokio::spawn({
        let store = Arc::clone(&store);
        async move { answered(|| store.queue_wake(tag, seen)).await }
    });
    let key = format!("{{q:{:02}}}:wake", tag.number());
    let master = cluster.master_of(&key);
    cluster.servers()[master].kill();
    let woken = waiter.await.unwrap();
    assert_eq!(woken.queues, WokenQueues::All, "signals may have been lost");
    assert_ne!(cluster.master_of(&key), master);
    let queues = [queue.clone()];
    let second = answered(|| store.queue_generations(&queues)).await;
    assert!(second[0].is_none_or(|second| second != first), "{second:?} after {first}");
    let tasks = [task(b"b")];
    let push = || store.queue_push(&queue, &tasks);
    let (woken, _) = tokio::join!(store.queue_wake(tag, woken.cursor), async {
        pause().await;
        answered(push).await
    });
    assert_eq!(woken.unwrap().queues, WokenQueues::These(vec![queue.clone()]));
}
