//! The suite that every adapter passes. Each function takes an empty store of at least one
//! partition and panics where the store breaks the port's contract.

use crate::{
    Commit, Expect, Fence, Gate, Lease, ListPage, Listing, Outcome, PartitionStore, StoreError,
    Timer,
};
use bytes::Bytes;

const TTL_MS: i64 = 60_000;
const INDEX: &[u8] = b"machine";

async fn lease(store: &dyn PartitionStore, fence: Fence) -> Result<Lease, StoreError> {
    let lease = store.acquire(0, "node", fence, TTL_MS).await?;
    Ok(lease.unwrap_or_else(|| panic!("the partition is free")))
}

async fn one(
    store: &dyn PartitionStore,
    lease: Lease,
    commit: Commit,
) -> Result<Outcome, StoreError> {
    let outcomes = store.commit(lease, vec![commit]).await?;
    assert_eq!(outcomes.len(), 1, "an outcome for each commit");
    Ok(outcomes[0])
}

fn commit(id: u128, key: &'static str, expect: Expect) -> Commit {
    Commit::new(id, Bytes::from_static(key.as_bytes()), expect)
}

fn written(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Committed { .. })
}

/// A record is written under its version, read back whole, and refused under any other.
///
/// # Errors
/// What the store's calls give.
pub async fn versions(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let lease = lease(store, 1).await?;
    let mut first = commit(7, "a", Expect::Absent);
    first.parts = vec![(0, Some(Bytes::from_static(b"root"))), (3, Some(Bytes::from_static(b"x")))];
    first.batch = Some(Bytes::from_static(b"one"));
    assert!(written(one(store, lease, first.clone()).await?));
    assert_eq!(one(store, lease, first).await?, Outcome::Conflict { version: Some(1) });
    let mut second = commit(8, "a", Expect::Version(1));
    second.parts = vec![(3, None)];
    second.batch = Some(Bytes::from_static(b"two"));
    let stale = commit(9, "a", Expect::Version(1));
    let outcomes = store.commit(lease, vec![second, stale]).await?;
    assert!(written(outcomes[0]), "{outcomes:?}");
    assert_eq!(outcomes[1], Outcome::Conflict { version: Some(2) });
    let missing = commit(9, "b", Expect::Version(1));
    assert_eq!(one(store, lease, missing).await?, Outcome::Conflict { version: None });
    let record = store.load(0, b"a").await?.unwrap_or_else(|| panic!("the record is there"));
    assert_eq!((record.version, record.commit, record.batches), (2, 8, 2));
    assert_eq!(record.parts, vec![(0, Bytes::from_static(b"root"))]);
    assert_eq!(store.history(0, b"a", 1, 9).await?, vec![Bytes::from_static(b"two")]);
    assert_eq!(store.load(0, b"b").await?, None);
    Ok(())
}

/// Only the newest lease writes; a lease with its epoch but another fence does not.
///
/// # Errors
/// What the store's calls give.
pub async fn fencing(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let old = lease(store, 1).await?;
    assert_eq!(store.acquire(0, "other", 2, TTL_MS).await?, None, "one owner at a time");
    assert_eq!(store.owner(0).await?.as_deref(), Some("node"));
    store.release(old).await?;
    assert_eq!(one(store, old, commit(1, "a", Expect::Absent)).await?, Outcome::Fenced);
    let new = lease(store, 2).await?;
    assert!(new.epoch > old.epoch, "epochs grow");
    let forged = Lease { fence: 3, ..new };
    for lease in [old, forged] {
        assert_eq!(one(store, lease, commit(1, "a", Expect::Absent)).await?, Outcome::Fenced);
        store.release(lease).await?;
    }
    assert_eq!(store.renew(&[old, new, forged], TTL_MS).await?, [false, true, false]);
    assert!(written(one(store, new, commit(1, "a", Expect::Absent)).await?));
    Ok(())
}

/// Timers come earliest first, are replaced and cleared with their record, and a commit before
/// its time by the store's clock is refused.
///
/// # Errors
/// What the store's calls give.
pub async fn timers(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let lease = lease(store, 1).await?;
    let now = store.now_ms().await?;
    for (key, due) in [("a", now + 500_000), ("b", now - 10)] {
        let mut armed = commit(1, key, Expect::Absent);
        armed.timer = Timer::Set(due);
        assert!(written(one(store, lease, armed).await?));
    }
    let due = store.timers(0, 9).await?;
    assert_eq!(due, [(now - 10, "b".into()), (now + 500_000, "a".into())]);
    let mut early = commit(2, "a", Expect::Version(1));
    early.not_before_ms = Some(now + 500_000);
    early.timer = Timer::Clear;
    assert!(matches!(one(store, lease, early).await?, Outcome::TooEarly { .. }));
    let mut fired = commit(2, "b", Expect::Version(1));
    fired.not_before_ms = Some(now - 10);
    fired.timer = Timer::Set(now + 1);
    assert!(written(one(store, lease, fired).await?));
    assert!(written(one(store, lease, commit(3, "b", Expect::Version(2))).await?));
    assert_eq!(store.timers(0, 1).await?, [(now + 1, "b".into())]);
    Ok(())
}

/// The outbox keeps what is not retired; a trigger is consumed by one commit.
///
/// # Errors
/// What the store's calls give.
pub async fn outbox_and_triggers(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let lease = lease(store, 1).await?;
    store.append_trigger(0, 5, Bytes::from_static(b"t")).await?;
    store.append_trigger(0, 5, Bytes::from_static(b"t")).await?;
    assert_eq!(store.triggers(0, 9).await?, [(5, Bytes::from_static(b"t"))]);
    let mut put = commit(1, "a", Expect::Absent);
    put.trigger = Some(5);
    put.outbox_put = vec![(3, Bytes::from_static(b"x")), (4, Bytes::from_static(b"y"))];
    assert!(written(one(store, lease, put).await?));
    assert!(store.triggers(0, 9).await?.is_empty());
    let mut again = commit(2, "a", Expect::Version(1));
    again.trigger = Some(5);
    again.outbox_retire = vec![3, 4];
    assert_eq!(one(store, lease, again).await?, Outcome::TriggerGone);
    let entries = store.outbox(0, None, 1).await?;
    assert_eq!((entries.len(), entries[0].id), (1, 3));
    let rest = store.outbox(0, Some((entries[0].key.clone(), 3)), 9).await?;
    assert_eq!(rest.iter().map(|entry| entry.id).collect::<Vec<_>>(), [4]);
    let mut retire = commit(2, "a", Expect::Version(1));
    retire.outbox_retire = vec![3];
    assert!(written(one(store, lease, retire).await?));
    assert_eq!(store.outbox(0, None, 9).await?, rest);
    Ok(())
}

/// Lists are newest first, filtered and paged; open records are counted; a closed gate refuses.
///
/// # Errors
/// What the store's calls give.
pub async fn listings(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let lease = lease(store, 1).await?;
    let entry = |status, sort_ms, open| {
        let entry = Bytes::from(vec![status]);
        let (index, group) = (Bytes::from_static(INDEX), Bytes::from_static(b"account"));
        Some(Listing { index, group, status, sort_ms, entry, open })
    };
    for (key, status, sort_ms) in [("a", 1, 10), ("b", 2, 20), ("c", 1, 20)] {
        let mut listed = commit(1, key, Expect::Absent);
        listed.gate = Some(Bytes::from_static(INDEX));
        listed.listing = entry(status, sort_ms, true);
        assert!(written(one(store, lease, listed).await?));
    }
    let keys = async |page: ListPage| {
        let found = store.list(0, INDEX, &page).await?;
        Ok::<_, StoreError>(found.into_iter().map(|(_, key, _)| key).collect::<Vec<_>>())
    };
    let page = |status, after, limit| ListPage { status, after, limit };
    assert_eq!(keys(page(None, None, 9)).await?, ["b", "c", "a"]);
    assert_eq!(keys(page(None, None, 1)).await?, ["b"]);
    assert_eq!(keys(page(None, Some((20, "b".into())), 9)).await?, ["c", "a"]);
    assert_eq!(keys(page(Some(1), None, 9)).await?, ["c", "a"]);
    assert_eq!(store.open_count(0, INDEX).await?, 3);
    let mut closed = commit(2, "a", Expect::Version(1));
    closed.listing = entry(3, 30, false);
    assert!(written(one(store, lease, closed).await?));
    assert_eq!(keys(page(None, None, 9)).await?, ["a", "b", "c"]);
    assert_eq!((store.open_count(0, INDEX).await?, store.open_count(0, b"none").await?), (2, 0));
    store.set_gate(0, INDEX, Gate::Closed).await?;
    let mut gated = commit(3, "d", Expect::Absent);
    gated.gate = Some(Bytes::from_static(INDEX));
    assert_eq!(one(store, lease, gated.clone()).await?, Outcome::Gated);
    store.set_gate(0, INDEX, Gate::Open).await?;
    assert!(written(one(store, lease, gated).await?));
    Ok(())
}
