//! Records that are closed when they are made: an adapter may keep them otherwise than others.

use super::listing::{INDEX, listing, page};
use super::partition::{commit, lease, one, written};
use crate::{Commit, Expect, Gate, Lease, ListPage, Outcome, PartitionStore, StoreError, Timer};
use bytes::Bytes;

const ONE: Bytes = Bytes::from_static(b"one");
const TWO: Bytes = Bytes::from_static(b"two");
const NONE: [Bytes; 0] = [];

fn closed(id: u128, key: &'static str) -> Commit {
    let mut closed = commit(id, key, Expect::Absent);
    closed.parts = vec![(0, Some(ONE)), (3, Some(Bytes::new())), (12, Some(TWO))];
    closed.batch = Some(ONE);
    closed.timer = Timer::Set(5_000);
    closed.gate = Some(Bytes::from_static(INDEX));
    closed.listing = Some(listing(2, 20, false));
    closed
}

async fn listed(
    store: &dyn PartitionStore,
    page: ListPage,
) -> Result<Vec<(i64, Bytes, Bytes)>, StoreError> {
    store.list(0, INDEX, &page).await
}

/// Such a record is refused as others are, read back whole, listed without being counted, and can
/// change and go as others can.
///
/// # Errors
/// What the store's calls give.
pub async fn closed_records(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let lease = lease(store, 1).await?;
    refusals(store, lease).await?;
    assert!(written(one(store, lease, closed(7, "a\0")).await?));
    let again = one(store, lease, closed(8, "a\0")).await?;
    assert_eq!(again, Outcome::Conflict { version: Some(1) });
    let record = store.load(0, b"a\0").await?.unwrap_or_else(|| panic!("the record is there"));
    assert_eq!((record.version, record.commit, record.batches), (1, 7, 1));
    assert_eq!(record.parts, [(0, ONE), (3, Bytes::new()), (12, TWO)]);
    assert_eq!(store.history(0, b"a\0", 0, 9).await?, [ONE]);
    assert_eq!(store.history(0, b"a\0", 1, 9).await?, NONE);
    assert_eq!(store.timers(0, 9).await?, [(5_000, Bytes::from_static(b"a\0"))]);
    let entry = |sort_ms, status| (sort_ms, Bytes::from_static(b"a\0"), Bytes::from(vec![status]));
    assert_eq!(listed(store, page(None, None, 9)).await?, [entry(20, 2)]);
    assert_eq!(listed(store, page(Some(2), None, 9)).await?, [entry(20, 2)]);
    assert_eq!(store.open_count(0, INDEX).await?, 0);

    let mut next = commit(9, "a\0", Expect::Version(1));
    next.parts = vec![(3, None), (0, Some(TWO))];
    next.batch = Some(TWO);
    next.listing = Some(listing(3, 30, false));
    assert!(written(one(store, lease, next).await?));
    let record = store.load(0, b"a\0").await?.unwrap_or_else(|| panic!("the record is there"));
    assert_eq!((record.version, record.commit, record.batches), (2, 9, 2));
    assert_eq!(record.parts, [(0, TWO), (12, TWO)]);
    assert_eq!(store.history(0, b"a\0", 0, 9).await?, [ONE, TWO]);
    assert_eq!(store.history(0, b"a\0", 0, 1).await?, [ONE]);
    assert_eq!(store.history(0, b"a\0", 1, usize::MAX).await?, [TWO]);
    assert_eq!(listed(store, page(None, None, 9)).await?, [entry(30, 3)]);
    assert_eq!(listed(store, page(Some(2), None, 9)).await?, []);
    removals(store, lease).await
}

async fn refusals(store: &dyn PartitionStore, lease: Lease) -> Result<(), StoreError> {
    let mut early = closed(1, "a\0");
    early.not_before_ms = Some(store.now_ms().await? + 60_000);
    let outcome = one(store, lease, early).await?;
    assert!(matches!(outcome, Outcome::TooEarly { .. }), "{outcome:?}");
    store.set_gate(0, INDEX, Gate::Closed).await?;
    assert_eq!(one(store, lease, closed(2, "a\0")).await?, Outcome::Gated);
    store.set_gate(0, INDEX, Gate::Open).await?;
    let forged = Lease { fence: 3, ..lease };
    assert_eq!(one(store, forged, closed(3, "a\0")).await?, Outcome::Fenced);
    assert_eq!(store.load(0, b"a\0").await?, None);
    assert_eq!(listed(store, page(None, None, 9)).await?, []);
    assert_eq!(store.timers(0, 9).await?, []);
    Ok(())
}

/// One that changed meanwhile, and one that did not.
async fn removals(store: &dyn PartitionStore, lease: Lease) -> Result<(), StoreError> {
    let mut alone = closed(4, "b");
    (alone.batch, alone.timer, alone.parts) = (None, Timer::Keep, Vec::new());
    assert!(written(one(store, lease, alone).await?));
    assert_eq!(store.history(0, b"b", 0, 9).await?, NONE);
    let record = store.load(0, b"b").await?.unwrap_or_else(|| panic!("the record is there"));
    assert_eq!((record.version, record.parts.len(), record.batches), (1, 0, 0));
    for (key, version) in [("a\0", 2), ("b", 1)] {
        let mut remove = commit(5, key, Expect::Version(version));
        remove.remove = true;
        assert!(written(one(store, lease, remove).await?));
        assert_eq!(store.load(0, key.as_bytes()).await?, None);
        assert_eq!(store.history(0, key.as_bytes(), 0, 9).await?, NONE);
    }
    assert_eq!(listed(store, page(None, None, 9)).await?, []);
    assert_eq!(listed(store, page(Some(3), None, 9)).await?, []);
    assert_eq!(store.timers(0, 9).await?, []);
    Ok(())
}
