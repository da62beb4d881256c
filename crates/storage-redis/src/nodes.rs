//! Node records.

use crate::RedisStore;
use crate::keys::{NODES, home};
use crate::library::Function;
use crate::partitions::ttl;
use crate::refusal::Effect::{Hints, Reads};
use crate::reply::texts;
use async_trait::async_trait;
use bytes::{Buf, Bytes};
use stepwell_storage::{NodeRecord, NodeStore, StoreError};

#[async_trait]
impl NodeStore for RedisStore {
    async fn node_renew(&self, node: &NodeRecord, ttl_ms: i64) -> Result<(), StoreError> {
        let mut call = self.library.call(Function::NodeRenew, &[NODES]);
        call.arg(&node.id).arg(encode(node)).arg(ttl(ttl_ms));
        self.router.call(home(), call, Hints).await.map(drop)
    }

    async fn node_remove(&self, id: &str) -> Result<(), StoreError> {
        let mut remove = redis::cmd("HDEL");
        remove.arg(NODES).arg(id);
        self.router.call(home(), remove, Hints).await.map(drop)
    }

    async fn nodes_live(&self, role: &str) -> Result<Vec<NodeRecord>, StoreError> {
        let call = self.library.call(Function::Nodes, &[NODES]);
        let answer = self.router.call(home(), call, Reads).await?;
        let torn = || StoreError::Unavailable("Redis holds a torn node record".to_owned());
        let records = texts(answer)?.into_iter();
        let nodes = records.map(|record| decode(record).ok_or_else(torn));
        let mut nodes = nodes.collect::<Result<Vec<_>, _>>()?;
        nodes.retain(|node| node.role == role);
        nodes.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Ok(nodes)
    }
}

/// Each text with its length before it, then the role's own bytes.
fn encode(node: &NodeRecord) -> Vec<u8> {
    let mut record = Vec::new();
    for text in [&node.id, &node.role, &node.address] {
        record.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        record.extend(text.as_bytes());
    }
    record.extend(&node.info);
    record
}

fn decode(mut record: Bytes) -> Option<NodeRecord> {
    let mut text = || {
        let length = record.try_get_u32().ok()? as usize;
        let text = (length <= record.len()).then(|| record.split_to(length))?;
        String::from_utf8(text.into()).ok()
    };
    let (id, role, address) = (text()?, text()?, text()?);
    Some(NodeRecord { id, role, address, info: record })
}
