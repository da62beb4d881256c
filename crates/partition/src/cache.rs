//! Committed executions that a partition keeps in memory.

use crate::Execution;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The part of the weight that executions which have ended may have. They change no more, and who
/// asks for one does so soon after its end: memory that grows with each of them costs a start more
/// than the odd read from the store.
const ENDED: usize = 32;

/// The executions used last, up to a weight. Holds committed ones only.
#[derive(Debug)]
pub(crate) struct Cache {
    running: Recent,
    ended: Recent,
    /// What is being written: the store may have it by now.
    writing: HashSet<Bytes>,
}

/// The executions used last.
#[derive(Debug)]
struct Recent {
    most_bytes: usize,
    bytes: usize,
    uses: u64,
    entries: HashMap<Bytes, Entry>,
    by_use: BTreeMap<u64, Bytes>,
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
            running: Recent::new(most_bytes),
            ended: Recent::new(most_bytes / ENDED),
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
        self.running.get(key).or_else(|| self.ended.get(key))
    }

    pub(crate) fn insert(&mut self, execution: Arc<Execution>) {
        self.remove(&execution.key);
        if execution.snapshot.is_running() {
            self.running.insert(execution);
        } else {
            self.ended.insert(execution);
        }
    }

    pub(crate) fn remove(&mut self, key: &[u8]) {
        self.running.remove(key);
        self.ended.remove(key);
    }
}

impl Recent {
    fn new(most_bytes: usize) -> Self {
        Self { most_bytes, bytes: 0, uses: 0, entries: HashMap::new(), by_use: BTreeMap::new() }
    }

    fn get(&mut self, key: &[u8]) -> Option<Arc<Execution>> {
        let entry = self.entries.get_mut(key)?;
        self.uses += 1;
        let key = self.by_use.remove(&std::mem::replace(&mut entry.used, self.uses));
        self.by_use.extend(key.map(|key| (self.uses, key)));
        Some(Arc::clone(&entry.execution))
    }

    fn insert(&mut self, execution: Arc<Execution>) {
        let key = execution.key.clone();
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

    fn remove(&mut self, key: &[u8]) {
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

#[cfg(test)]
mod tests {
    use super::{Cache, ENDED};
    use crate::{Execution, Origin, arn_of_key};
    use bytes::Bytes;
    use std::sync::Arc;
    use stepwell_api::internal::Revision;
    use stepwell_engine::{Root, Snapshot, Status};

    fn execution(number: usize, status: Status) -> Arc<Execution> {
        let key = Bytes::from(format!("us-east-1:000000000000:execution:m:{number}"));
        let arn = arn_of_key(&key).unwrap();
        let origin = Origin::new(arn, 1, String::new(), Bytes::new(), Revision::default());
        let root = Root { status, last_event_id: 1, ..Root::default() };
        let snapshot = Snapshot::from_parts(root, []);
        Arc::new(Execution { snapshot, ..Execution::unborn(key, origin) })
    }

    #[test]
    fn executions_that_ended_leave_the_room_to_those_that_run() {
        let weight = execution(0, Status::Running).weight();
        let mut cache = Cache::new(2 * ENDED * weight);
        for number in 0..100 {
            cache.insert(execution(number, Status::Running));
        }
        // One of them ends, and then many others do.
        cache.insert(execution(99, Status::Failed));
        let mut kept = |numbers: std::ops::Range<usize>| {
            let key = |number| execution(number, Status::Running).key.clone();
            numbers.filter(|number| cache.get(&key(*number)).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(kept(0..100), (100 - 2 * ENDED..100).collect::<Vec<_>>());
        for number in 100..200 {
            cache.insert(execution(number, Status::Succeeded));
        }
        let mut kept = |numbers: std::ops::Range<usize>| {
            let key = |number| execution(number, Status::Running).key.clone();
            numbers.filter(|number| cache.get(&key(*number)).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(kept(0..200).len(), 2 * ENDED - 1 + 2);
        assert_eq!(kept(99..200), [198, 199]);
        cache.remove(&execution(199, Status::Running).key);
        assert!(cache.get(&execution(199, Status::Running).key).is_none());
    }
}
