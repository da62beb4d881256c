//! The control plane's records in memory.

use crate::{ControlChange, ControlOutcome, ControlWrite, Expect, MAX_CONTROL_VALUE, StoreError};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Control {
    groups: BTreeMap<Bytes, Group>,
}

#[derive(Default)]
struct Group {
    version: u64,
    records: BTreeMap<Bytes, (u64, Bytes)>,
}

impl ControlWrite {
    /// Refuses writes that no store takes.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] that names the key.
    pub fn check(writes: &[Self]) -> Result<(), StoreError> {
        let mut keys = BTreeSet::new();
        for write in writes {
            let key = || write.key.escape_ascii();
            if let ControlChange::Put(value) = &write.change
                && value.len() > MAX_CONTROL_VALUE
            {
                let (key, is) = (key(), value.len());
                let text = format!("{key} has {is} bytes, at most {MAX_CONTROL_VALUE} fit");
                return Err(StoreError::Invalid(text));
            }
            if !keys.insert(&write.key) {
                return Err(StoreError::Invalid(format!("{} is written twice at once", key())));
            }
        }
        Ok(())
    }
}

impl Control {
    pub(super) fn get(&self, group: &[u8], key: &[u8]) -> Option<(u64, Bytes)> {
        self.groups.get(group)?.records.get(key).cloned()
    }

    pub(super) fn write(&mut self, group: &[u8], writes: Vec<ControlWrite>) -> ControlOutcome {
        let group = self.groups.entry(Bytes::copy_from_slice(group)).or_default();
        for (change, write) in writes.iter().enumerate() {
            let version = group.records.get(&write.key).map(|(version, _)| *version);
            let holds = match write.expect {
                None => true,
                Some(Expect::Absent) => version.is_none(),
                Some(Expect::Version(expected)) => version == Some(expected),
            };
            if !holds {
                return ControlOutcome::Conflict { change, version };
            }
        }
        group.version += 1;
        for write in writes {
            match write.change {
                ControlChange::Keep => {}
                ControlChange::Put(value) => {
                    group.records.insert(write.key, (group.version, value));
                }
                ControlChange::Delete => {
                    group.records.remove(&write.key);
                }
            }
        }
        ControlOutcome::Written { version: group.version }
    }

    pub(super) fn list<'a>(
        &'a self,
        group: &[u8],
        prefix: &'a [u8],
        after: Option<&'a [u8]>,
    ) -> impl Iterator<Item = (Bytes, u64, Bytes)> + 'a {
        let records = self.groups.get(group).into_iter().flat_map(move |group| {
            let from = after.map_or(prefix, |after| after.max(prefix));
            group.records.range(Bytes::copy_from_slice(from)..)
        });
        records
            .filter(move |(key, _)| after.is_none_or(|after| *key > after))
            .take_while(move |(key, _)| key.starts_with(prefix))
            .map(|(key, (version, value))| (key.clone(), *version, value.clone()))
    }
}
