//! One partition: every rule of the port, written the plainest way.

use super::listings::Listings;
use crate::{Commit, Expect, Fence, Gate, Lease, Listing, OutboxEntry, Outcome, Record, Timer};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Partition {
    epoch: u64,
    holder: Option<Holder>,
    records: BTreeMap<Bytes, Stored>,
    pub(super) timers: BTreeSet<(i64, Bytes)>,
    outbox: BTreeMap<(Bytes, u64), Bytes>,
    pub(super) triggers: Vec<(u128, Bytes)>,
    pub(super) listings: Listings,
    closed: BTreeSet<Bytes>,
}

struct Holder {
    node: String,
    fence: Fence,
    until_ms: i64,
}

struct Stored {
    version: u64,
    commit: u128,
    parts: BTreeMap<u64, Bytes>,
    history: Vec<Bytes>,
    timer: Option<i64>,
    listing: Option<Listing>,
}

impl Partition {
    pub(super) fn acquire(
        &mut self,
        node: &str,
        fence: Fence,
        now: i64,
        ttl_ms: i64,
    ) -> Option<u64> {
        if self.owner(now).is_some() {
            return None;
        }
        self.epoch += 1;
        let until_ms = now.saturating_add(ttl_ms);
        self.holder = Some(Holder { node: node.to_owned(), fence, until_ms });
        Some(self.epoch)
    }

    /// Expiry does not end the right to write: only a newer lease or a release does.
    fn holds(&self, lease: Lease) -> bool {
        let fence = self.holder.as_ref().map(|holder| holder.fence);
        self.epoch == lease.epoch && fence == Some(lease.fence)
    }

    pub(super) fn renew(&mut self, lease: Lease, until_ms: i64) -> bool {
        let holds = self.holds(lease);
        if let (true, Some(holder)) = (holds, &mut self.holder) {
            holder.until_ms = until_ms;
        }
        holds
    }

    pub(super) fn release(&mut self, lease: Lease) {
        if self.holds(lease) {
            self.holder = None;
        }
    }

    pub(super) fn owner(&self, now: i64) -> Option<String> {
        let holder = self.holder.as_ref().filter(|holder| holder.until_ms > now)?;
        Some(holder.node.clone())
    }

    pub(super) fn commit(&mut self, lease: Lease, commit: Commit, now: i64) -> Outcome {
        if let Some(refusal) = self.refusal(lease, &commit, now) {
            return refusal;
        }
        let key = commit.key.clone();
        self.triggers.retain(|(id, _)| Some(*id) != commit.trigger);
        if commit.remove {
            self.remove(&key);
            return Outcome::Committed { now_ms: now };
        }
        for id in &commit.outbox_retire {
            self.outbox.remove(&(key.clone(), *id));
        }
        for (id, body) in commit.outbox_put {
            self.outbox.insert((key.clone(), id), body);
        }
        let stored = self.records.entry(key.clone()).or_insert_with(Stored::new);
        stored.version += 1;
        stored.commit = commit.id;
        for (number, part) in commit.parts {
            match part {
                Some(part) => stored.parts.insert(number, part),
                None => stored.parts.remove(&number),
            };
        }
        stored.history.extend(commit.batch);
        if let Some(listing) = commit.listing {
            self.listings.replace(&key, stored.listing.as_ref(), Some(&listing));
            stored.listing = Some(listing);
        }
        let timer = match commit.timer {
            Timer::Keep => stored.timer,
            Timer::Set(due) => Some(due),
            Timer::Clear => None,
        };
        if let Some(due) = std::mem::replace(&mut stored.timer, timer) {
            self.timers.remove(&(due, key.clone()));
        }
        self.timers.extend(timer.map(|due| (due, key.clone())));
        Outcome::Committed { now_ms: now }
    }

    fn remove(&mut self, key: &Bytes) {
        self.outbox.retain(|(owner, _), _| owner != key);
        let Some(stored) = self.records.remove(key) else { return };
        self.listings.replace(key, stored.listing.as_ref(), None);
        if let Some(due) = stored.timer {
            self.timers.remove(&(due, key.clone()));
        }
    }

    fn refusal(&self, lease: Lease, commit: &Commit, now: i64) -> Option<Outcome> {
        if !self.holds(lease) {
            return Some(Outcome::Fenced);
        }
        let version = self.records.get(&commit.key).map(|stored| stored.version);
        let expected = match commit.expect {
            Expect::Absent => None,
            Expect::Version(version) => Some(version),
        };
        if version != expected {
            return Some(Outcome::Conflict { version });
        }
        if commit.not_before_ms.is_some_and(|due| now < due) {
            return Some(Outcome::TooEarly { now_ms: now });
        }
        if commit.gate.as_ref().is_some_and(|index| self.closed.contains(index)) {
            return Some(Outcome::Gated);
        }
        let waits = |id| self.triggers.iter().any(|(waiting, _)| *waiting == id);
        commit.trigger.is_some_and(|id| !waits(id)).then_some(Outcome::TriggerGone)
    }

    pub(super) fn load(&self, key: &[u8]) -> Option<Record> {
        let stored = self.records.get(key)?;
        Some(Record {
            version: stored.version,
            commit: stored.commit,
            parts: stored.parts.iter().map(|(number, part)| (*number, part.clone())).collect(),
            batches: stored.history.len() as u64,
        })
    }

    pub(super) fn history(&self, key: &[u8], from: u64, limit: usize) -> Vec<Bytes> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let batches = self.records.get(key).map_or(&[][..], |stored| &stored.history);
        batches.iter().skip(from).take(limit).cloned().collect()
    }

    pub(super) fn outbox(&self, after: Option<(Bytes, u64)>, limit: usize) -> Vec<OutboxEntry> {
        let entries =
            self.outbox.iter().filter(|(place, _)| after.as_ref().is_none_or(|a| *place > a));
        let entry = |((key, id), body): (&(Bytes, u64), &Bytes)| OutboxEntry {
            key: key.clone(),
            id: *id,
            body: body.clone(),
        };
        entries.map(entry).take(limit).collect()
    }

    pub(super) fn append_trigger(&mut self, id: u128, body: Bytes) {
        if self.triggers.iter().all(|(waiting, _)| *waiting != id) {
            self.triggers.push((id, body));
        }
    }

    pub(super) fn set_gate(&mut self, index: &[u8], gate: Gate) {
        match gate {
            Gate::Open => self.closed.remove(index),
            Gate::Closed => self.closed.insert(Bytes::copy_from_slice(index)),
        };
    }
}

impl Stored {
    fn new() -> Self {
        Self {
            version: 0,
            commit: 0,
            parts: BTreeMap::new(),
            history: Vec::new(),
            timer: None,
            listing: None,
        }
    }
}
