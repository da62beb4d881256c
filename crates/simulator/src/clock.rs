//! The store's clock: virtual time, with steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::time::Instant;

/// When every run begins, in milliseconds since 1970.
const EPOCH_MS: i64 = 1_700_000_000_000;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct StoreTime {
    began: Instant,
    ahead_ms: Arc<AtomicI64>,
}

impl StoreTime {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), ahead_ms: Arc::default() }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        EPOCH_MS + self.elapsed_ms() + self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Milliseconds since the run began, by a clock without steps.
    pub(crate) fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Puts the clock forward or back.
    pub(crate) fn step(&self, by_ms: i64) {
        self.ahead_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}
