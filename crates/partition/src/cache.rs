//! Committed executions that a partition keeps in memory.

use crate::Execution;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The executions used last, up to a weight. Holds committed ones only.
#[derive(Debug)]
pub(crate) struct Cache {
    most_bytes: usize,
    bytes: usize,
    uses: u64,
    entries: HashMap<Bytes, Entry>,
    by_use: BTreeMap<u64, Bytes>,
    /// What is being written: the store may have it by now.
    writing: HashSet<Bytes>,
}

#[derive(Debug)]
struct Entry {
    execution: Arc<Execution>,
    weight: usize,
    used: u64,
}

impl Cache {
    pub(crate) fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            bytes: 0,
            uses: 0,
            entries: HashMap::new(),
            by_use: BTreeMap::new(),
            writing: HashSet::new(),
        }
    }

    /// Writes of these begin. Whoever reads the store may see them before the writer hears of it.
    pub(crate) fn begin_writes(&mut self, keys: impl Iterator<Item = Bytes>) {
        self.writing.extend(keys);
    }

    /// What became of the writes shows in the entries.
    pub(crate) fn end_writes(&mut self) {
        self.writing.clear();
    }

    /// The execution as the store has it; none where the store has to be asked.
    pub(crate) fn settled(&mut self, key: &[u8]) -> Option<Arc<Execution>> {
        if self.writing.contains(key) { None } else { self.get(key) }
    }

    pub(crate) fn get(&mut self, key: &[u8]) -> Option<Arc<Execution>> {
        let entry = self.entries.get_mut(key)?;
        self.uses += 1;
        let key = self.by_use.remove(&std::mem::replace(&mut entry.used, self.uses));
        self.by_use.extend(key.map(|key| (self.uses, key)));
        Some(Arc::clone(&entry.execution))
    }

    pub(crate) fn insert(&mut self, execution: Arc<Execution>) {
        let key = execution.key.clone();
        self.remove(&key);
        self.uses += 1;
        let weight = execution.weight();
        self.bytes += weight;
        self.by_use.insert(self.uses, key.clone());
        self.entries.insert(key, Entry { execution, weight, used: self.uses });
        while self.bytes > self.most_bytes {
            let Some((_, oldest)) = self.by_use.pop_first() else { return };
            self.forget(&oldest);
        }
    }

    pub(crate) fn remove(&mut self, key: &[u8]) {
        if let Some(used) = self.forget(key) {
            self.by_use.remove(&used);
        }
    }

    fn forget(&mut self, key: &[u8]) -> Option<u64> {
        let entry = self.entries.remove(key)?;
        self.bytes -= entry.weight;
        Some(entry.used)
    }
}
