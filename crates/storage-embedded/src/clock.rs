//! The store's clock: the system's, kept from stepping behind what was written under it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Shared by the writer, which stores its time with every transaction, and the readers.
pub(crate) struct Clock {
    latest_ms: AtomicI64,
}

impl Clock {
    /// A clock that is at least at `written_ms`, in milliseconds since 1970.
    pub(crate) fn new(written_ms: i64) -> Self {
        Self { latest_ms: AtomicI64::new(written_ms) }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
        self.latest_ms.fetch_max(now, Ordering::SeqCst).max(now)
    }
}
