//! The adapter passes the contract, keeps its data, and guards its folder.

use bytes::Bytes;
use stepwell_storage::{Commit, Expect, Outcome, PartitionStore, contract};
use stepwell_storage_embedded::{EmbeddedStore, OpenError};

fn store() -> Result<(tempfile::TempDir, EmbeddedStore), OpenError> {
    let folder = tempfile::tempdir()?;
    let store = EmbeddedStore::open(folder.path(), 4)?;
    Ok((folder, store))
}

#[tokio::test]
async fn the_contract_holds() {
    contract::versions(&store().unwrap().1).await.unwrap();
    contract::fencing(&store().unwrap().1).await.unwrap();
    contract::timers(&store().unwrap().1).await.unwrap();
    contract::outbox_and_triggers(&store().unwrap().1).await.unwrap();
    contract::listings(&store().unwrap().1).await.unwrap();
}

#[tokio::test]
async fn what_was_committed_is_there_after_a_restart() {
    let (folder, store) = store().unwrap();
    let lease = store.acquire(2, "node", 1, 60_000).await.unwrap().unwrap();
    let mut commit = Commit::new(9, Bytes::from_static(b"key"), Expect::Absent);
    commit.batch = Some(Bytes::from_static(b"history"));
    let outcomes = store.commit(lease, vec![commit]).await.unwrap();
    assert!(matches!(outcomes[..], [Outcome::Committed { .. }]), "{outcomes:?}");
    drop(store);
    let store = EmbeddedStore::open(folder.path(), 4).unwrap();
    assert_eq!(store.load(2, b"key").await.unwrap().map(|record| record.commit), Some(9));
    assert_eq!(store.history(2, b"key", 0, 9).await.unwrap(), [Bytes::from_static(b"history")]);
    assert_eq!(store.owner(2).await.unwrap().as_deref(), Some("node"));
}

#[tokio::test]
async fn a_second_opener_and_another_partition_count_are_refused() {
    let (folder, store) = store().unwrap();
    assert!(matches!(EmbeddedStore::open(folder.path(), 4), Err(OpenError::InUse)));
    drop(store);
    let error = EmbeddedStore::open(folder.path(), 8).err().unwrap();
    assert_eq!(error.to_string(), "the store was created with 4 partitions, 8 were asked for");
}
