//! Nodes find each other by their records.

use std::sync::Arc;
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
