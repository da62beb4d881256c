//! Listings, counts of open records, and gates.

use super::partition::{commit, lease, lease_of, one, written};
use crate::{Expect, Gate, ListPage, Listing, Outcome, PartitionStore, StoreError};
use bytes::Bytes;

pub(super) const INDEX: &[u8] = b"machine";
const GROUP: &[u8] = b"account";

pub(super) fn listing(status: u8, sort_ms: i64, open: bool) -> Listing {
    let (index, group) = (Bytes::from_static(INDEX), Bytes::from_static(GROUP));
    Listing { index, group, status, sort_ms, entry: Bytes::from(vec![status]), open }
}

pub(super) fn page(status: Option<u8>, after: Option<(i64, Bytes)>, limit: usize) -> ListPage {
    ListPage { status, after, limit }
}

/// Lists are newest first, filtered and paged; open records are counted; a closed gate refuses.
///
/// # Errors
/// What the store's calls give.
pub async fn listings(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let lease = lease(store, 1).await?;
    for (key, status, sort_ms) in [("a", 1, 10), ("b", 2, 20), ("c", 1, 20)] {
        let mut listed = commit(1, key, Expect::Absent);
        listed.gate = Some(Bytes::from_static(INDEX));
        listed.listing = Some(listing(status, sort_ms, true));
        assert!(written(one(store, lease, listed).await?));
    }
    let keys = async |page: ListPage| {
        let found = store.list(0, INDEX, &page).await?;
        Ok::<_, StoreError>(found.into_iter().map(|(_, key, _)| key).collect::<Vec<_>>())
    };
    assert_eq!(keys(page(None, None, 9)).await?, ["b", "c", "a"]);
    assert_eq!(keys(page(None, None, 1)).await?, ["b"]);
    assert_eq!(keys(page(None, Some((20, "b".into())), 9)).await?, ["c", "a"]);
    assert_eq!(keys(page(Some(1), None, 9)).await?, ["c", "a"]);
    assert_eq!(store.open_count(0, INDEX).await?, 3);
    let mut closed = commit(2, "a", Expect::Version(1));
    closed.listing = Some(listing(3, 30, false));
    assert!(written(one(store, lease, closed).await?));
    assert_eq!(keys(page(None, None, 9)).await?, ["a", "b", "c"]);
    assert_eq!((store.open_count(0, INDEX).await?, store.open_count(0, b"none").await?), (2, 0));
    assert_eq!(store.open_count(0, GROUP).await?, 2);
    store.set_gate(0, INDEX, Gate::Closed).await?;
    let mut gated = commit(3, "d", Expect::Absent);
    gated.gate = Some(Bytes::from_static(INDEX));
    assert_eq!(one(store, lease, gated.clone()).await?, Outcome::Gated);
    store.set_gate(0, INDEX, Gate::Open).await?;
    assert!(written(one(store, lease, gated).await?));
    Ok(())
}

/// What is asked of all partitions at once is the sum of what each would say.
///
/// # Errors
/// What the store's calls give.
pub async fn all_partitions(store: &dyn PartitionStore) -> Result<(), StoreError> {
    // Sort times go round the partitions, except that the last one has a run of the newest.
    let places =
        (0..40_u32).map(|i| (i % 3, i64::from(i / 2))).chain((40..100).map(|i| (3, i.into())));
    let mut expected = Vec::new();
    for partition in 0..4 {
        let lease = lease_of(store, partition, 1).await?;
        let mut commits = Vec::new();
        for (i, (_, sort_ms)) in places.clone().enumerate().filter(|(_, at)| at.0 == partition) {
            let key = Bytes::from(format!("{i:02}"));
            let mut commit = crate::Commit::new(1, key.clone(), Expect::Absent);
            let status = u8::from(i % 4 == 0);
            commit.listing = Some(listing(status, sort_ms, i % 5 == 0));
            commits.push(commit);
            expected.push((sort_ms, key, Bytes::from(vec![status])));
        }
        assert!(store.commit(lease, commits).await?.into_iter().all(written));
    }
    expected.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
    assert_eq!(store.list_all(INDEX, &page(None, None, 100)).await?, expected);
    for status in [None, Some(0), Some(1)] {
        let expected = expected.iter().filter(|entry| status.is_none_or(|s| entry.2 == [s][..]));
        let expected: Vec<_> = expected.cloned().collect();
        for limit in [7, 50] {
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let found = store.list_all(INDEX, &page(status, after, limit)).await?;
                let Some((sort_ms, key, _)) = found.last() else { break };
                after = Some((*sort_ms, key.clone()));
                listed.extend(found);
            }
            assert_eq!(listed, expected, "{status:?} {limit}");
        }
    }
    assert_eq!(store.list_all(INDEX, &page(None, None, 0)).await?, []);
    assert_eq!(store.list_all(b"none", &page(None, None, 9)).await?, []);
    for (counter, open) in [(INDEX, 20), (GROUP, 20), (b"none", 0)] {
        assert_eq!(store.open_total(counter).await?, open);
    }
    Ok(())
}

/// A gate is set on every partition at once.
///
/// # Errors
/// What the store's calls give.
pub async fn gates(store: &dyn PartitionStore) -> Result<(), StoreError> {
    let mut gated = commit(1, "a", Expect::Absent);
    gated.gate = Some(Bytes::from_static(INDEX));
    let (first, last) = (lease_of(store, 0, 1).await?, lease_of(store, 3, 1).await?);
    store.set_gates(INDEX, Gate::Closed).await?;
    for lease in [first, last] {
        assert_eq!(one(store, lease, gated.clone()).await?, Outcome::Gated);
    }
    store.set_gates(INDEX, Gate::Open).await?;
    for lease in [first, last] {
        assert!(written(one(store, lease, gated.clone()).await?));
    }
    Ok(())
}
