//! The condition of a process, as whoever deals with it sees it.

use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It runs.
    Up,
    /// It runs, and can reach nobody.
    Cut,
    /// It stands still.
    Paused,
    /// It has died: whatever it was about to do it never does. Its tasks wait for ever at their
    /// next boundary, which nobody outside can tell from their being gone.
    Dead,
}

/// Stands between a process and everything outside of it.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: String,
    condition: Mutex<Condition>,
    /// Wakes in the order of the waits; a watch channel would choose by chance of its own.
    changes: Notify,
    /// How far its idea of the store's time is off, in milliseconds.
    pub(crate) skew_ms: i64,
}

impl Link {
    pub(crate) fn new(id: String, skew_ms: i64) -> Self {
        let condition = Mutex::new(Condition::Up);
        Self { id, condition, changes: Notify::new(), skew_ms }
    }

    pub(crate) fn condition(&self) -> Condition {
        *self.condition.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, condition: Condition) {
        {
            let mut now = self.condition.lock().unwrap_or_else(PoisonError::into_inner);
            // The dead stay dead.
            if *now == Condition::Dead {
                return;
            }
            *now = condition;
        }
        self.changes.notify_waiters();
    }

    /// Waits while the process stands still; for ever where it is dead.
    pub(crate) async fn runs(&self) {
        self.until(|now| matches!(now, Condition::Up | Condition::Cut)).await;
    }

    /// Waits for its death.
    pub(crate) async fn dies(&self) {
        self.until(|now| now == Condition::Dead).await;
    }

    async fn until(&self, holds: impl Fn(Condition) -> bool) {
        loop {
            let changed = self.changes.notified();
            if holds(self.condition()) {
                return;
            }
            changed.await;
        }
    }
}
