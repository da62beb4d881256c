//! The store's clock, as this node knows it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

/// An estimate of the store's time that moves with the monotonic clock between observations. It
/// decides when something is tried, never whether it may take effect: that is the store's.
#[derive(Debug)]
pub(crate) struct StoreClock {
    began: Instant,
    offset_ms: AtomicI64,
    steps: Notify,
}

impl StoreClock {
    /// A difference that is told to those who sleep until a time.
    const STEP_MS: i64 = 200;

    /// A clock that stands at `now_ms`.
    pub(crate) fn new(now_ms: i64) -> Self {
        let (began, steps) = (Instant::now(), Notify::new());
        Self { began, offset_ms: AtomicI64::new(now_ms), steps }
    }

    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// The estimate, in milliseconds since the epoch.
    pub(crate) fn now_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed).saturating_add(self.elapsed_ms())
    }

    /// Takes the store's word.
    pub(crate) fn observe(&self, now_ms: i64) {
        let offset = now_ms.saturating_sub(self.elapsed_ms());
        let before = self.offset_ms.swap(offset, Ordering::Relaxed);
        if (offset - before).abs() > Self::STEP_MS {
            self.steps.notify_waiters();
        }
    }

    /// How long it is until `time_ms`; at most an hour, so that a sleeper looks again.
    pub(crate) fn until(&self, time_ms: i64) -> Duration {
        const HOUR_MS: i64 = 60 * 60 * 1_000;
        let left = time_ms.saturating_sub(self.now_ms()).clamp(0, HOUR_MS);
        Duration::from_millis(u64::try_from(left).unwrap_or_default())
    }

    /// Waits for a step of the clock after this call, whenever the wait itself begins. Who sleeps
    /// until a time calls it before looking at the clock.
    pub(crate) fn stepped(&self) -> Notified<'_> {
        self.steps.notified()
    }
}
