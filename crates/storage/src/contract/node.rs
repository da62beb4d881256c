//! Node records.

use crate::{NodeRecord, NodeStore, StoreError};
use bytes::Bytes;

/// A node lives in its role until its time is over or it is removed.
///
/// # Errors
/// What the store's calls give.
pub async fn nodes(store: &dyn NodeStore) -> Result<(), StoreError> {
    let node = |id: &str, role: &str| NodeRecord {
        id: id.to_owned(),
        role: role.to_owned(),
        address: format!("http://{id}:1"),
        info: Bytes::from_static(b"\0\xff"),
    };
    let (two, one) = (node("two", "execution"), node("one", "execution"));
    for node in [&two, &one, &node("three", "activity")] {
        store.node_renew(node, 60_000).await?;
    }
    assert_eq!(store.nodes_live("execution").await?, [one.clone(), two.clone()]);
    let moved = NodeRecord { address: "http://elsewhere".to_owned(), ..one };
    store.node_renew(&moved, 60_000).await?;
    assert_eq!(store.nodes_live("execution").await?, [moved, two.clone()]);
    store.node_remove("one").await?;
    store.node_remove("one").await?;
    assert_eq!(store.nodes_live("execution").await?, std::slice::from_ref(&two));
    store.node_renew(&two, 1).await?;
    while !store.nodes_live("execution").await?.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(store.nodes_live("activity").await?, [node("three", "activity")]);
    Ok(())
}
