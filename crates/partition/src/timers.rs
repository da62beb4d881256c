//! The earliest timers of a partition.

use bytes::Bytes;
use std::collections::{BTreeSet, HashMap};

/// A window on the timers in the store: all that are due up to its horizon, kept in step by the
/// partition's own commits. When it has run empty before the end it is to be read again.
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

    /// The window of the earliest timers, read with the limit [`Self::WINDOW`].
    pub(crate) fn read(earliest: Vec<(i64, Bytes)>) -> Self {
        let mut timers = Self::default();
        if earliest.len() >= Self::WINDOW {
            timers.horizon_ms = earliest.last().map(|(due, _)| *due);
        }
        for (due, key) in earliest {
            timers.insert(key, due);
        }
        timers
    }

    /// Whether the window is empty and the store has more.
    pub(crate) fn exhausted(&self) -> bool {
        self.by_time.is_empty() && self.horizon_ms.is_some()
    }

    /// The earliest time.
    pub(crate) fn next_ms(&self) -> Option<i64> {
        self.by_time.first().map(|(due, _)| *due)
    }

    /// A record's timer is now this; none where it has none.
    pub(crate) fn set(&mut self, key: &Bytes, due_ms: Option<i64>) {
        if let Some(old) = self.by_key.remove(key) {
            self.by_time.remove(&(old, key.clone()));
        }
        let beyond = |due: i64| self.horizon_ms.is_some_and(|horizon| due > horizon);
        if let Some(due) = due_ms.filter(|due| !beyond(*due)) {
            self.insert(key.clone(), due);
        }
        if self.by_time.len() > 2 * Self::WINDOW {
            self.shrink();
        }
    }

    /// Takes records that are due at `now_ms`, at most `limit`. Whoever takes one sets it again
    /// or knows that it is gone.
    pub(crate) fn take_due(&mut self, now_ms: i64, limit: usize) -> Vec<Bytes> {
        let mut due = Vec::new();
        while due.len() < limit && self.next_ms().is_some_and(|next| next <= now_ms) {
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
        let mut timers = Timers::read(vec![(10, key(1)), (20, key(2))]);
        timers.set(&key(3), Some(15));
        timers.set(&key(1), Some(30));
        assert_eq!(timers.next_ms(), Some(15));
        assert_eq!(timers.take_due(20, 9), [key(3), key(2)]);
        timers.set(&key(1), None);
        assert!(timers.take_due(100, 9).is_empty() && !timers.exhausted());
    }

    #[test]
    fn what_lies_beyond_the_horizon_is_left_to_the_store() {
        let all = (0..Timers::WINDOW).map(|n| (n as i64, key(n))).collect();
        let mut timers = Timers::read(all);
        timers.set(&key(9_999), Some(Timers::WINDOW as i64));
        assert_eq!(timers.take_due(i64::MAX, usize::MAX).len(), Timers::WINDOW);
        assert!(timers.exhausted());
    }

    #[test]
    fn a_window_that_grows_too_large_is_cut() {
        let mut timers = Timers::default();
        for n in 0..=2 * Timers::WINDOW {
            timers.set(&key(n), Some(n as i64));
        }
        assert_eq!(timers.take_due(i64::MAX, usize::MAX).len(), Timers::WINDOW);
        assert!(timers.exhausted());
    }
}
