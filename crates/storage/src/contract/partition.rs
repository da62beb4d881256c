//! Records, leases, timers, outbox and triggers.

use crate::{Commit, Expect, Fence, Lease, Outcome, PartitionStore, StoreError, Timer};
use bytes::Bytes;

pub(super) const TTL_MS: i64 = 60_000;

pub(super) async fn lease(store: &dyn PartitionStore, fence: Fence) -> Result<Lease, StoreError> {
    lease_of(store, 0, fence).await
}

pub(super) async fn lease_of(
    store: &dyn PartitionStore,
    partition: u32,
    fence: Fence,
) -> Result<Lease, StoreError> {
    let lease = store.acquire(partition, "node", fence, TTL_MS).await?;
    Ok(lease.unwrap_or_else(|| panic!("the partition is free")))
}

pub(super) async fn one(
    store: &dyn PartitionStore,
    lease: Lease,
    commit: Commit,
) -> Result<Outcome, StoreError> {
    let outcomes = store.commit(lease, vec![commit]).await?;
    assert_eq!(outcomes.len(), 1, "an outcome for each commit");
    Ok(outcomes[0])
}

pub(super) fn commit(id: u128, key: &'static str, expect: Expect) -> Commit {
    Commit::new(id, Bytes::from_static(key.as_bytes()), expect)
}

pub(super) fn written(outcome: Outcome) -> bool {
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
    let owners = store.owners().await?;
    assert_eq!(owners.len(), store.partitions() as usize);
    assert_eq!((owners[0].as_deref(), owners[1].as_deref()), (Some("node"), None));
    Ok(())
}

/// A lease that is not renewed ends by the store's clock; its epoch then writes no more.
///
/// # Errors
/// What the store's calls give.
pub async fn takeover(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let Some(old) = store.acquire(0, "old", 1, 1).await? else { panic!("the partition is free") };
    let new = loop {
        if let Some(new) = store.acquire(0, "new", 2, TTL_MS).await? {
            break new;
        }
        tokio::task::yield_now().await;
    };
    assert!(new.epoch > old.epoch, "epochs grow");
    assert_eq!(store.owner(0).await?.as_deref(), Some("new"));
    assert_eq!(store.renew(&[old, new], TTL_MS).await?, [false, true]);
    assert_eq!(one(store, old, commit(1, "a", Expect::Absent)).await?, Outcome::Fenced);
    assert!(written(one(store, new, commit(2, "a", Expect::Absent)).await?));
    let stale = commit(3, "a", Expect::Version(1));
    assert_eq!(one(store, old, stale).await?, Outcome::Fenced, "whatever the version");
    Ok(())
}

/// No call reaches a partition that the store doesn't have.
///
/// # Errors
/// What the store's calls give.
pub async fn bounds(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let beyond = store.partitions();
    let lease = Lease { partition: beyond, epoch: 1, fence: 1 };
    let refusals = [
        store.acquire(beyond, "node", 1, TTL_MS).await.map(drop),
        store.renew(&[lease], TTL_MS).await.map(drop),
        store.release(lease).await,
        store.owner(beyond).await.map(drop),
        store.commit(lease, vec![commit(1, "a", Expect::Absent)]).await.map(drop),
        store.load(beyond, b"a").await.map(drop),
        store.history(beyond, b"a", 0, 9).await.map(drop),
        store.timers(beyond, 9).await.map(drop),
        store.outbox(beyond, None, 9).await.map(drop),
        store.append_trigger(beyond, 1, Bytes::new()).await,
        store.triggers(beyond, 9).await.map(drop),
        store.has_triggers(&[0, beyond]).await.map(drop),
        store.set_gate(beyond, b"a", crate::Gate::Closed).await,
        store.open_count(beyond, b"a").await.map(drop),
        store.list(beyond, b"a", &crate::ListPage::default()).await.map(drop),
    ];
    for (call, refusal) in refusals.into_iter().enumerate() {
        let error = refusal.err().unwrap_or_else(|| panic!("call {call} was taken"));
        let text = format!("no partition {beyond}, the store has {beyond}");
        assert_eq!(error, StoreError::Invalid(text), "call {call}");
    }
    Ok(())
}

/// A record that is removed leaves nothing behind, and its key can be used again.
///
/// # Errors
/// What the store's calls give.
pub async fn removal(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let lease = lease(store, 1).await?;
    let now = store.now_ms().await?;
    let full = |id, key, expect| {
        let mut commit = commit(id, key, expect);
        commit.parts = vec![(0, Some(Bytes::from_static(b"root"))), (7, Some(Bytes::new()))];
        commit.batch = Some(Bytes::from_static(b"batch"));
        commit.timer = Timer::Set(now + 500_000);
        commit.listing = Some(super::listing::listing(1, 10, true));
        commit.outbox_put = vec![(1, Bytes::from_static(b"effect")), (2, Bytes::new())];
        commit
    };
    for key in ["a", "ab"] {
        assert!(written(one(store, lease, full(1, key, Expect::Absent)).await?));
    }
    store.append_trigger(0, 5, Bytes::new()).await?;
    let mut stale = full(2, "a", Expect::Version(2));
    stale.remove = true;
    assert_eq!(one(store, lease, stale).await?, Outcome::Conflict { version: Some(1) });
    let mut remove = full(2, "a", Expect::Version(1));
    (remove.remove, remove.trigger) = (true, Some(5));
    assert!(written(one(store, lease, remove).await?));
    assert_eq!(store.load(0, b"a").await?, None);
    assert!(store.history(0, b"a", 0, 9).await?.is_empty());
    assert!(store.triggers(0, 9).await?.is_empty());
    assert_eq!(store.timers(0, 9).await?, [(now + 500_000, "ab".into())]);
    let outbox = store.outbox(0, None, 9).await?;
    assert_eq!(
        outbox.iter().map(|entry| (&entry.key[..], entry.id)).collect::<Vec<_>>(),
        [(&b"ab"[..], 1), (&b"ab"[..], 2)]
    );
    let listed = store.list(0, super::listing::INDEX, &super::listing::page(None, None, 9)).await?;
    assert_eq!(listed.iter().map(|(_, key, _)| key).collect::<Vec<_>>(), ["ab"]);
    assert_eq!(store.open_count(0, super::listing::INDEX).await?, 1);
    assert!(written(one(store, lease, commit(3, "a", Expect::Absent)).await?));
    let again = store.load(0, b"a").await?.unwrap_or_else(|| panic!("the record is there"));
    assert_eq!((again.version, again.commit, again.batches, again.parts.len()), (1, 3, 0, 0));
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
    assert_eq!(store.has_triggers(&[1, 0]).await?, [false, true]);
    let mut put = commit(1, "a", Expect::Absent);
    put.trigger = Some(5);
    put.outbox_put = vec![(3, Bytes::from_static(b"x")), (4, Bytes::from_static(b"y"))];
    assert!(written(one(store, lease, put).await?));
    assert!(store.triggers(0, 9).await?.is_empty());
    assert_eq!(store.has_triggers(&[0]).await?, [false]);
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
