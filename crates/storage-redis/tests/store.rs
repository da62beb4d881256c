//! The adapter passes the contract on a real server, and refuses servers that it can't be on.

#![allow(clippy::unwrap_used, reason = "test code outside of test functions")]

use bytes::Bytes;
use std::ops::Deref;
use stepwell_storage::{Commit, Expect, Lease, Outcome, PartitionStore, StoreError, contract};
use stepwell_storage_redis::testing::RedisServer;
use stepwell_storage_redis::{Acknowledged, Durability, OpenError, RedisStore};

struct Opened {
    store: RedisStore,
    server: RedisServer,
}

impl Deref for Opened {
    type Target = RedisStore;

    fn deref(&self) -> &RedisStore {
        &self.store
    }
}

async fn open(arguments: &[&str]) -> Opened {
    let server = RedisServer::start_with(arguments);
    Opened {
        store: RedisStore::open(&server.url(), 4, Acknowledged::ByServer).await.unwrap(),
        server,
    }
}

fn new(key: &'static str) -> Commit {
    Commit::new(1, Bytes::from_static(key.as_bytes()), Expect::Absent)
}

async fn lease(store: &RedisStore, fence: u128) -> Lease {
    store.acquire(0, "node", fence, 60_000).await.unwrap().unwrap()
}

async fn command(server: &RedisServer, words: &[&str]) -> redis::RedisResult<()> {
    let client = redis::Client::open(server.url()).unwrap();
    let patient =
        redis::AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let mut connection =
        client.get_multiplexed_async_connection_with_config(&patient).await.unwrap();
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]);
    command.exec_async(&mut connection).await
}

#[tokio::test]
async fn the_contract_holds() {
    contract::all(async || open(&[]).await).await.unwrap();
}

/// A cluster of one server: it refuses calls whose keys don't lie together, and functions that
/// touch keys which they were not given.
#[tokio::test]
async fn the_contract_holds_under_the_rules_of_a_cluster() {
    let bus = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bus = bus.port().to_string();
    let server = RedisServer::start_with(&["--cluster-enabled", "yes", "--cluster-port", &bus]);
    command(&server, &["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]).await.unwrap();
    // The server takes calls once it has seen that all slots are served.
    while command(&server, &["GET", "none"]).await.is_err() {
        tokio::task::yield_now().await;
    }
    let open = async || {
        command(&server, &["FLUSHALL"]).await.unwrap();
        Box::new(RedisStore::open(&server.url(), 4, Acknowledged::ByServer).await.unwrap())
    };
    contract::all(open).await.unwrap();
}

#[tokio::test]
async fn durability_is_told() {
    assert_eq!(open(&[]).await.survey().durability, Durability::EveryWrite);
    assert_eq!(
        open(&["--appendfsync", "everysec"]).await.survey().durability,
        Durability::EverySecond
    );
    assert_eq!(open(&["--appendonly", "no"]).await.survey().durability, Durability::Snapshots);
}

#[tokio::test]
async fn servers_and_stores_that_do_not_fit_are_refused() {
    let evicting = RedisServer::start_with(&["--maxmemory-policy", "allkeys-lru"]);
    let error = RedisStore::open(&evicting.url(), 4, Acknowledged::ByServer)
        .await
        .err()
        .unwrap()
        .to_string();
    assert_eq!(error, "Redis has maxmemory-policy \"allkeys-lru\", set it to noeviction");
    let Opened { store, server } = open(&[]).await;
    drop(store);
    let error = RedisStore::open(&server.url(), 8, Acknowledged::ByServer).await.err().unwrap();
    assert_eq!(error.to_string(), "the store was created with 4 partitions, 8 were asked for");
    assert!(RedisStore::open(&server.url(), 4, Acknowledged::ByServer).await.is_ok());
    let error =
        RedisStore::open("redis://127.0.0.1:1", 4, Acknowledged::ByServer).await.err().unwrap();
    assert!(matches!(error, OpenError::Connect(_)), "{error}");
}

#[tokio::test]
async fn urls_and_passwords_that_no_waiting_mends_are_told_apart() {
    let server = RedisServer::start();
    command(&server, &["CONFIG", "SET", "requirepass", "secret"]).await.unwrap();
    let of = |user: &str| server.url().replace("redis://", &format!("redis://{user}"));
    for url in ["redis//127.0.0.1".to_owned(), of(""), of(":wrong@"), of("nobody:secret@")] {
        let error = RedisStore::open(&url, 4, Acknowledged::ByServer).await.err().unwrap();
        assert!(matches!(error, OpenError::Denied(_)), "{url}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    assert!(RedisStore::open(&of(":secret@"), 4, Acknowledged::ByServer).await.is_ok());
}

#[tokio::test]
async fn functions_that_the_server_lost_are_loaded_again() {
    let opened = open(&[]).await;
    let lease = lease(&opened, 1).await;
    command(&opened.server, &["FUNCTION", "FLUSH"]).await.unwrap();
    let outcomes = opened.commit(lease, vec![new("a"), new("a"), new("b")]).await.unwrap();
    let [first, again, other] = outcomes[..] else { panic!("{outcomes:?}") };
    assert!(matches!(first, Outcome::Committed { .. }), "{first:?}");
    assert_eq!(again, Outcome::Conflict { version: Some(1) });
    assert!(matches!(other, Outcome::Committed { .. }), "{other:?}");
    command(&opened.server, &["FUNCTION", "FLUSH"]).await.unwrap();
    assert_eq!(opened.load(0, b"a").await.unwrap().map(|record| record.version), Some(1));
}

#[tokio::test]
async fn short_of_memory_new_records_are_refused_and_the_others_go_on() {
    let opened = open(&[]).await;
    let lease = lease(&opened, 1).await;
    opened.commit(lease, vec![new("old")]).await.unwrap();
    command(&opened.server, &["CONFIG", "SET", "maxmemory", "1"]).await.unwrap();
    let next = Commit::new(2, Bytes::from_static(b"old"), Expect::Version(1));
    let outcomes = opened.commit(lease, vec![new("new"), next]).await.unwrap();
    assert!(matches!(outcomes[..], [Outcome::Full, Outcome::Committed { .. }]), "{outcomes:?}");
    assert_eq!(opened.renew(&[lease], 60_000).await.unwrap(), [true]);
    command(&opened.server, &["CONFIG", "SET", "maxmemory", "0"]).await.unwrap();
    let outcomes = opened.commit(lease, vec![new("new")]).await.unwrap();
    assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
}

#[tokio::test]
async fn a_server_that_became_a_replica_is_unavailable_until_it_is_primary_again() {
    let opened = open(&[]).await;
    let lease = lease(&opened, 1).await;
    command(&opened.server, &["REPLICAOF", "127.0.0.1", "1"]).await.unwrap();
    for refusal in ["read only replica", "is a replica"] {
        let error = opened.commit(lease, vec![new("a")]).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        assert!(error.to_string().contains(refusal), "{error}");
    }
    command(&opened.server, &["REPLICAOF", "NO", "ONE"]).await.unwrap();
    let outcomes = loop {
        match opened.commit(lease, vec![new("a")]).await {
            Ok(outcomes) => break outcomes,
            Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error}"),
        }
        tokio::task::yield_now().await;
    };
    // Meanwhile it may have followed another, and lost what it had: the lease counts no more.
    assert_eq!(outcomes, [Outcome::Fenced]);
    opened.release(lease).await.unwrap();
    let next = opened.acquire(0, "node", 2, 60_000).await.unwrap().unwrap();
    assert!(next.epoch > lease.epoch, "{next:?} after {lease:?}");
    let outcomes = opened.commit(next, vec![new("a")]).await.unwrap();
    assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_unknown_and_a_read_unavailable() {
    let mut opened = open(&[]).await;
    let lease = lease(&opened, 1).await;
    // The server takes the bytes, but does not get to them any more.
    command(&opened.server, &["CLIENT", "PAUSE", "600000", "ALL"]).await.unwrap();
    let Opened { store, server } = &mut opened;
    let kill = async {
        tokio::task::yield_now().await;
        server.kill();
    };
    let (committed, ()) = tokio::join!(store.commit(lease, vec![new("b")]), kill);
    let error = committed.unwrap_err();
    assert!(matches!(error, StoreError::Unknown(_)), "{error}");
    let error = store.load(0, b"b").await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}
