//! Nodes find each other by their records.

use std::sync::Arc;
use stepwell_ids::ExecutionArn;
use stepwell_service_kit::{Directory, NoPeer, Registration, Role, StoreDirectory};
use stepwell_storage::{MemoryStore, Store};

#[tokio::test]
async fn a_node_is_found_while_it_is_registered() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(1, Arc::new(|| 0)));
    let directory = StoreDirectory::new(Arc::clone(&store));
    let none = directory.any(Role::Execution).await.map(|_| ());
    assert_eq!(none, Err(NoPeer::OfRole(Role::Execution)));
    let address = "127.0.0.1:1";
    let node = Registration::begin(store, Role::Execution, "n1", address).await.unwrap();
    assert!(directory.any(Role::Execution).await.is_ok());
    assert!(directory.execution_node("n1").await.is_ok());
    let other = directory.execution_node("n2").await.map(|_| ());
    assert_eq!(other, Err(NoPeer::Node("n2".to_owned())));
    let live = directory.live_peers(Role::Execution).await.unwrap();
    assert_eq!(live.iter().map(|peer| peer.id.as_str()).collect::<Vec<_>>(), ["n1"]);
    node.end().await;
    assert!(directory.live_peers(Role::Execution).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_owner_is_named_where_it_is_live_and_there_is_a_choice() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(1, Arc::new(|| 0)));
    let execution = || ExecutionArn::parse("arn:aws:states:r:000000000000:execution:m:e").ok();
    let named = async |store: &Arc<dyn Store>| {
        let directory = StoreDirectory::new(Arc::clone(store));
        directory.owner(&execution).await.is_some()
    };
    let begin = |id| Registration::begin(Arc::clone(&store), Role::Execution, id, "127.0.0.1:1");
    let first = begin("n1").await.unwrap();
    let lease = store.acquire(0, "n1", 7, 60_000).await.unwrap().unwrap();
    assert!(!named(&store).await, "any node is the only one");
    let second = begin("n2").await.unwrap();
    assert!(named(&store).await, "n1 owns it");
    let none = StoreDirectory::new(Arc::clone(&store)).owner(&|| None).await;
    assert!(none.is_none(), "the call is about no execution");
    store.release(lease).await.unwrap();
    assert!(!named(&store).await, "nobody owns it");
    store.acquire(0, "n3", 8, 60_000).await.unwrap().unwrap();
    assert!(!named(&store).await, "its owner is not live");
    first.end().await;
    second.end().await;
}
