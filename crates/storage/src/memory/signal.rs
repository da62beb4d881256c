//! The wake signal of one tag: the latest queues, and who waits for more.

use crate::{Wake, WakeCursor, WokenQueues};
use bytes::Bytes;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Most signals to remember: who missed more looks at all queues.
const MOST: usize = 1024;

/// Cursors of this memory have this number, so that none equals the default.
const MARK: u64 = 1;

#[derive(Default)]
pub(super) struct Signal {
    recent: Mutex<Recent>,
    waiters: Notify,
}

#[derive(Default)]
struct Recent {
    count: u64,
    queues: VecDeque<Bytes>,
}

impl Signal {
    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn give(&self, queue: Bytes) {
        {
            let mut recent = self.recent();
            recent.count += 1;
            recent.queues.push_back(queue);
            if recent.queues.len() > MOST {
                recent.queues.pop_front();
            }
        }
        self.waiters.notify_waiters();
    }

    pub(super) async fn wait(&self, after: WakeCursor) -> Wake {
        loop {
            let notified = self.waiters.notified();
            // A signal between the look and the wait is not missed: the wait began before.
            if let Some(wake) = self.recent().since(after) {
                return wake;
            }
            notified.await;
        }
    }
}

impl Recent {
    fn since(&self, after: WakeCursor) -> Option<Wake> {
        let cursor = WakeCursor { place: self.count, number: MARK };
        let missed = self.count.checked_sub(after.place).map(usize::try_from);
        let missed = match missed {
            Some(Ok(missed)) if after.number == MARK && missed <= self.queues.len() => missed,
            _ => return Some(Wake { cursor, queues: WokenQueues::All }),
        };
        if missed == 0 {
            return None;
        }
        let queues: BTreeSet<_> = self.queues.iter().rev().take(missed).cloned().collect();
        Some(Wake { cursor, queues: WokenQueues::These(queues.into_iter().collect()) })
    }
}
