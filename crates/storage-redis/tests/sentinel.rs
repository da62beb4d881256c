//! A master that Sentinel replaces in the middle of commits.

#![allow(clippy::unwrap_used, reason = "test code outside of test functions")]

mod writers;

use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use stepwell_storage::{Commit, Expect, Outcome, PartitionStore, contract};
use stepwell_storage_redis::testing::{RedisSentinels, until};
use stepwell_storage_redis::{Acknowledged, OpenError, RedisStore, Shape};
use writers::{Writers, acquire, answered, pause};

#[tokio::test]
async fn the_contract_holds_behind_sentinel() {
    let mut servers = RedisSentinels::start();
    let url = servers.url();
    let master = servers.master();
    let master = &servers.servers()[master];
    let open = async || {
        master.ask::<()>(&["FLUSHALL"]).unwrap();
        Box::new(RedisStore::open(&url, 4, Acknowledged::ByReplica).await.unwrap())
    };
    contract::all(open).await.unwrap();
    let store = open().await;
    assert_eq!((store.survey().shape, store.survey().replicas), (Shape::Sentinel, 2));
    let other = url.replace("/main", "/other");
    let error = RedisStore::open(&other, 4, Acknowledged::ByServer).await.err().unwrap();
    assert!(matches!(&error, OpenError::Connect(text) if text.contains("other")), "{error}");
}

async fn lost_in_failover(acknowledged: Acknowledged) -> u64 {
    let mut servers = RedisSentinels::start();
    let store = Arc::new(RedisStore::open(&servers.url(), 4, acknowledged).await.unwrap());
    let (writers, tasks) = Writers::begin(&store, 4).await;
    writers.more(300).await;
    let master = servers.master();
    servers.servers()[master].kill();
    until("another is the master", || servers.master() != master);
    writers.more(300).await;
    let lost = writers.end(tasks).await;
    assert!(writers.unknown.load(Ordering::SeqCst) > 0, "the failover was not noticed");
    println!("{acknowledged:?}: {lost} acknowledged commits lost");
    lost
}

/// Of two replicas the one that is further becomes the master.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_replica_has_survives_a_failover() {
    assert_eq!(lost_in_failover(Acknowledged::ByReplica).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_replicas_a_failover_tears_nothing() {
    lost_in_failover(Acknowledged::ByServer).await;
}

/// A master that hangs is replaced, and goes on as if nothing had been: whoever is connected to it
/// finds that its lease no longer counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_that_was_replaced_does_not_keep_its_owners() {
    let mut servers = RedisSentinels::start();
    let store = RedisStore::open(&servers.url(), 4, Acknowledged::ByServer).await.unwrap();
    let lease = acquire(&store, 0).await;
    let commit = |key: &'static [u8]| Commit::new(1, Bytes::from_static(key), Expect::Absent);
    store.commit(lease, vec![commit(b"before")]).await.unwrap();
    let old = servers.master();
    let port = servers.servers()[old].port();
    servers.servers()[old].pause();
    until("another is the master", || servers.master() != old);
    servers.servers()[old].resume();
    let leases = [lease];
    let renewed = answered(|| store.renew(&leases, 60_000)).await;
    assert_eq!(renewed, [false], "the lease was the old master's");
    let next = loop {
        if let Some(next) = answered(|| store.acquire(0, "node", 9, 1_000)).await {
            break next;
        }
        pause().await;
    };
    assert!(next.epoch > lease.epoch, "{next:?} after {lease:?}");
    let outcomes = answered(|| store.commit(next, vec![commit(b"after")])).await;
    assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
    let new = servers.master();
    assert_ne!(servers.servers()[new].port(), port);
    let there: i64 = servers.servers()[new].ask(&["EXISTS", "{p:000}:r:after"]).unwrap();
    assert_eq!(there, 1, "it was written to the new master");
}
