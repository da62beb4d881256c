//! Node records in memory, judged by the time that the caller gives.

use crate::NodeRecord;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Node records of a store that serves one process.
#[derive(Default)]
pub struct MemoryNodes {
    nodes: Mutex<BTreeMap<String, (i64, NodeRecord)>>,
}

impl MemoryNodes {
    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, (i64, NodeRecord)>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn renew(&self, node: &NodeRecord, until_ms: i64) {
        self.locked().insert(node.id.clone(), (until_ms, node.clone()));
    }

    pub(super) fn remove(&self, id: &str) {
        self.locked().remove(id);
    }

    pub(super) fn live(&self, role: &str, now_ms: i64) -> Vec<NodeRecord> {
        let mut nodes = self.locked();
        nodes.retain(|_, (until_ms, _)| *until_ms > now_ms);
        let of_role = nodes.values().filter(|(_, node)| node.role == role);
        of_role.map(|(_, node)| node.clone()).collect()
    }
}
