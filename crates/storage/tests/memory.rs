//! The memory reference passes the contract, and expires leases by its clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use stepwell_storage::{MemoryStore, PartitionStore, contract};

fn store() -> (MemoryStore, Arc<AtomicI64>) {
    let now = Arc::new(AtomicI64::new(1_700_000_000_000));
    let clock = Arc::clone(&now);
    (MemoryStore::new(4, Arc::new(move || clock.load(Ordering::SeqCst))), now)
}

#[tokio::test]
async fn the_contract_holds() {
    let now_ms = || {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        i64::try_from(elapsed.as_millis()).unwrap()
    };
    contract::all(async || Box::new(MemoryStore::new(4, Arc::new(now_ms)))).await.unwrap();
}

#[tokio::test]
async fn a_lease_that_is_not_renewed_can_be_taken_over() {
    let (store, now) = store();
    let old = store.acquire(1, "one", 1, 100).await.unwrap().unwrap();
    now.fetch_add(99, Ordering::SeqCst);
    assert_eq!(store.acquire(1, "two", 2, 100).await.unwrap(), None);
    now.fetch_add(1, Ordering::SeqCst);
    assert_eq!(store.owner(1).await.unwrap(), None);
    let new = store.acquire(1, "two", 2, 100).await.unwrap().unwrap();
    assert_eq!(store.renew(&[old, new], 100).await.unwrap(), [false, true]);
}
