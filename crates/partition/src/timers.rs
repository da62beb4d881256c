//! The earliest timers of a partition.

use bytes::Bytes;
use std::collections::{BTreeSet, HashMap};

/// A window on the timers in the store: all that are due up to its horizon, kept in step by the
/// partition's own commits. Once the horizon is past it is to be read again. What is due in the far
/// future, as the retention of every closed execution, is left to the store from the start.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    by_time: BTreeSet<(i64, Bytes)>,
    by_key: HashMap<Bytes, i64>,
    /// Later ones may be missing; none where the window holds all.
    horizon_ms: Option<i64>,
}

impl Timers {
    /// How many are read at once; twice as many are kept.
    pub(crate) const WINDOW: usize = 512;

    /// How far ahead of its time a timer is kept.
    const AHEAD_MS: i64 = 60 * 60 * 1_000;

    /// The window of the earliest timers, read at `now_ms` with the limit [`Self::WINDOW`].
    pub(crate) fn read(earliest: Vec<(i64, Bytes)>, now_ms: i64) -> Self {
        let mut timers = Self::default();
        if earliest.len() >= Self::WINDOW {
            timers.horizon_ms = earliest.last().map(|(due, _)| *due);
        }
        for (due, key) in earliest {
            timers.set(&key, Some(due), now_ms);
        }
        timers
    }

    /// Whether there may be timers in the store that are due at `now_ms` and not in the window.
    pub(crate) fn exhausted(&self, now_ms: i64) -> bool {
        self.by_time.is_empty() && self.horizon_ms.is_some_and(|horizon| horizon < now_ms)
    }

    /// When to look again: at the earliest timer, or beyond the horizon.
    pub(crate) fn next_ms(&self) -> Option<i64> {
        let earliest = self.by_time.first().map(|(due, _)| *due);
        earliest.or_else(|| self.horizon_ms.map(|horizon| horizon.saturating_add(1)))
    }

    /// A record's timer is, at `now_ms`, this; none where it has none.
    pub(crate) fn set(&mut self, key: &Bytes, due_ms: Option<i64>, now_ms: i64) {
        if let Some(old) = self.by_key.remove(key) {
            self.by_time.remove(&(old, key.clone()));
        }
        match due_ms {
            Some(due) if self.horizon_ms.is_some_and(|horizon| due > horizon) => {}
            Some(due) if due > now_ms.saturating_add(Self::AHEAD_MS) => {
                self.horizon_ms = Some(due - 1);
            }
            Some(due) => self.insert(key.clone(), due),
            None => {}
        }
        if self.by_time.len() > 2 * Self::WINDOW {
            self.shrink();
        }
    }

    /// Takes records that are due at `now_ms`, at most `limit`. Whoever takes one sets it again
    /// or knows that it is gone.
    pub(crate) fn take_due(&mut self, now_ms: i64, limit: usize) -> Vec<Bytes> {
        let mut due = Vec::new();
        while due.len() < limit && self.by_time.first().is_some_and(|(next, _)| *next <= now_ms) {
            if let Some((_, key)) = self.by_time.pop_first() {
                self.by_key.remove(&key);
                due.push(key);
            }
        }
        due
    }

    fn insert(&mut self, key: Bytes, due_ms: i64) {
        self.by_key.insert(key.clone(), due_ms);
        self.by_time.insert((due_ms, key));
    }

    /// Leaves the latest to the store.
    fn shrink(&mut self) {
        while self.by_time.len() > Self::WINDOW {
            if let Some((_, key)) = self.by_time.pop_last() {
                self.by_key.remove(&key);
            }
        }
        // Of several with the last time some may have been dropped: that time is not covered.
        if let Some((last, _)) = self.by_time.last() {
            self.horizon_ms = Some(last - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Timers;
    use bytes::Bytes;

    fn key(number: usize) -> Bytes {
        Bytes::from(number.to_string())
    }

    #[test]
    fn a_window_over_all_timers_gives_them_in_order_once() {
        let mut timers = Timers::read(vec![(10, key(1)), (20, key(2))], 0);
        timers.set(&key(3), Some(15), 0);
        timers.set(&key(1), Some(30), 0);
        assert_eq!(timers.next_ms(), Some(15));
        assert_eq!(timers.take_due(20, 9), [key(3), key(2)]);
        timers.set(&key(1), None, 20);
        assert!(timers.take_due(100, 9).is_empty() && !timers.exhausted(i64::MAX));
    }

    #[test]
    fn what_lies_beyond_the_horizon_is_left_to_the_store() {
        let all = (0..Timers::WINDOW).map(|n| (n as i64, key(n))).collect();
        let (mut timers, last) = (Timers::read(all, 0), Timers::WINDOW as i64 - 1);
        timers.set(&key(9_999), Some(last + 1), 0);
        assert_eq!(timers.take_due(i64::MAX, usize::MAX).len(), Timers::WINDOW);
        assert!(!timers.exhausted(last) && timers.exhausted(last + 1));
        assert_eq!(timers.next_ms(), Some(last + 1));
    }

    #[test]
    fn what_is_far_off_is_looked_for_when_its_time_comes() {
        let mut timers = Timers::default();
        let far = Timers::AHEAD_MS + 1_000;
        timers.set(&key(1), Some(far), 10);
        timers.set(&key(2), Some(far + 5), 10);
        timers.set(&key(3), Some(far - 1), 1_500);
        assert_eq!(timers.take_due(far, 9), [key(3)]);
        assert_eq!(timers.next_ms(), Some(far));
        assert!(!timers.exhausted(far - 1) && timers.exhausted(far));
        let read = Timers::read(vec![(20, key(1)), (far, key(2))], 0);
        assert_eq!((read.next_ms(), read.by_time.len()), (Some(20), 1));
    }

    #[test]
    fn a_window_that_grows_too_large_is_cut() {
        let mut timers = Timers::default();
        for n in 0..=2 * Timers::WINDOW {
            timers.set(&key(n), Some(n as i64), 0);
        }
        assert_eq!(timers.take_due(i64::MAX, usize::MAX).len(), Timers::WINDOW);
        assert!(timers.exhausted(i64::MAX));
    }
}
