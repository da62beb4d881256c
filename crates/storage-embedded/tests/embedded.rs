//! The adapter passes the contract, keeps its data, and guards its folder.

#![allow(clippy::unwrap_used, reason = "test code outside of test functions")]

use bytes::Bytes;
use futures::FutureExt;
use std::ops::Deref;
use stepwell_storage::{
    Commit, ControlChange, ControlOutcome, ControlStore, ControlWrite, Expect, Outcome,
    PartitionStore, QueueStore, QueueTask, Timer, contract,
};
use stepwell_storage_embedded::{EmbeddedStore, OpenError};

struct Opened {
    store: EmbeddedStore,
    folder: tempfile::TempDir,
}

impl Deref for Opened {
    type Target = EmbeddedStore;

    fn deref(&self) -> &EmbeddedStore {
        &self.store
    }
}

fn open() -> Opened {
    let folder = tempfile::tempdir().unwrap();
    Opened { store: EmbeddedStore::open(folder.path(), 4).unwrap(), folder }
}

#[tokio::test]
async fn the_contract_holds() {
    contract::all(async || open()).await.unwrap();
}

#[tokio::test]
async fn what_was_committed_is_there_after_a_restart_and_leases_are_over() {
    let Opened { store, folder } = open();
    let old = store.acquire(2, "node", 1, 60_000).await.unwrap().unwrap();
    let mut commit = Commit::new(9, Bytes::from_static(b"key"), Expect::Absent);
    commit.batch = Some(Bytes::from_static(b"history"));
    let outcomes = store.commit(old, vec![commit]).await.unwrap();
    assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
    let value = ControlChange::Put(Bytes::from_static(b"value"));
    let write = ControlWrite { key: Bytes::from_static(b"key"), expect: None, change: value };
    let written = store.control_write(b"group", vec![write]).await.unwrap();
    let ControlOutcome::Written { version } = written else { panic!("{written:?}") };
    drop(store);
    let store = EmbeddedStore::open(folder.path(), 4).unwrap();
    assert_eq!(store.load(2, b"key").await.unwrap().map(|record| record.commit), Some(9));
    assert_eq!(store.history(2, b"key", 0, 9).await.unwrap(), [Bytes::from_static(b"history")]);
    let value = Some((version, Bytes::from_static(b"value")));
    assert_eq!(store.control_get(b"group", b"key").await.unwrap(), value);
    assert_eq!(store.owner(2).await.unwrap(), None);
    let new = store.acquire(2, "node", 2, 60_000).await.unwrap().unwrap();
    assert!(new.epoch > old.epoch, "{new:?}");
}

#[tokio::test]
async fn what_was_claimed_and_not_finished_waits_after_a_restart() {
    const QUEUE: &[u8] = b"queue";
    let task = |id: &'static str| QueueTask { id: id.into(), body: format!("body of {id}").into() };
    let ids = |tasks: Vec<QueueTask>| {
        let mut ids: Vec<_> = tasks.into_iter().map(|task| task.id).collect();
        ids.sort();
        ids
    };
    let Opened { mut store, folder } = open();
    let mut generation = store.queue_push(QUEUE, &["a", "b", "c", "d"].map(task)).await.unwrap();
    assert_eq!(ids(store.queue_claim(QUEUE, "one", 3).await.unwrap()), ["a", "b", "c"]);
    store.queue_finish(QUEUE, &["b".into()]).await.unwrap();
    store.queue_replace(QUEUE, &[("c".into(), task("e"))]).await.unwrap();
    // What waits again is lost as little as what is claimed, however often.
    for _ in 0..2 {
        store.queue_give_back(QUEUE, &["a".into()]).await.unwrap();
        drop(store);
        store = EmbeddedStore::open(folder.path(), 4).unwrap();
        let queue = [Bytes::from_static(QUEUE)];
        let [Some(new)] = store.queue_generations(&queue).await.unwrap()[..] else { panic!() };
        assert_ne!(new, generation, "what was only pushed is to be pushed again");
        generation = new;
        assert_eq!(store.queue_reclaim(QUEUE, &[]).await.unwrap(), 0, "it waits already");
        let claimed = store.queue_claim(QUEUE, "two", 9).await.unwrap();
        let bodies = |found: &QueueTask| found.body == [b"body of ", &found.id[..]].concat();
        assert!(claimed.iter().all(bodies), "{claimed:?}");
        assert_eq!(ids(claimed), ["a", "e"]);
    }
    store.queue_drop(QUEUE).await.unwrap();
    drop(store);
    let store = EmbeddedStore::open(folder.path(), 4).unwrap();
    assert_eq!(store.queue_claim(QUEUE, "two", 9).await.unwrap(), []);
}

#[tokio::test]
async fn timers_of_partitions_with_one_place_in_the_index_are_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(folder.path(), 17).unwrap();
    for partition in [0, 8, 16] {
        let lease = store.acquire(partition, "node", 1, 60_000).await.unwrap().unwrap();
        let commits = [30, 10, 20].map(|due| {
            let due = due + i64::from(partition);
            let mut commit = Commit::new(1, Bytes::from(due.to_string()), Expect::Absent);
            commit.timer = Timer::Set(due);
            commit
        });
        store.commit(lease, commits.into()).await.unwrap();
    }
    let timers = store.timers(8, 2).await.unwrap();
    assert_eq!(timers, [(18, Bytes::from_static(b"18")), (28, Bytes::from_static(b"28"))]);
    assert_eq!(store.timers(16, 9).await.unwrap().len(), 3);
    assert_eq!(store.timers(1, 9).await.unwrap(), []);
}

#[test]
fn a_second_opener_and_another_partition_count_are_refused() {
    let Opened { store, folder } = open();
    assert!(matches!(EmbeddedStore::open(folder.path(), 4), Err(OpenError::InUse)));
    drop(store);
    let error = EmbeddedStore::open(folder.path(), 8).err().unwrap();
    assert_eq!(error.to_string(), "the store was created with 4 partitions, 8 were asked for");
}

#[tokio::test]
async fn dropping_the_store_ends_its_writes_before_the_folder_is_free() {
    let Opened { store, folder } = open();
    let lease = store.acquire(0, "node", 1, 60_000).await.unwrap().unwrap();
    for key in 0..100_u8 {
        let commit = Commit::new(1, Bytes::from(vec![key]), Expect::Absent);
        // The first look hands the write over; nobody waits for its answer.
        let _ = store.commit(lease, vec![commit]).now_or_never();
    }
    drop(store);
    let store = EmbeddedStore::open(folder.path(), 4).unwrap();
    for key in 0..100_u8 {
        assert!(store.load(0, &[key]).await.unwrap().is_some(), "{key}");
    }
}
