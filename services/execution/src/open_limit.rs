//! The bound on open executions of a namespace.

use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use stepwell_storage::{Store, StoreError};
use tokio::time::Instant;

/// How old a count may be where it is far from the bound.
const FRESH: Duration = Duration::from_secs(10);

/// Counts of open executions, by namespace. Far from the bound a count is used for a while and
/// this node's own starts are added; near it, every start asks. What is in flight may overshoot.
#[derive(Debug, Default)]
pub(crate) struct OpenLimit(Mutex<HashMap<Bytes, Count>>);

#[derive(Clone, Copy, Debug)]
struct Count {
    open: u64,
    read: Instant,
}

impl OpenLimit {
    /// Whether the namespace may start another execution.
    pub(crate) async fn admits(
        &self,
        store: &dyn Store,
        group: &Bytes,
        most: u64,
    ) -> Result<bool, StoreError> {
        if let Some(admitted) = self.remembered(group, most) {
            return Ok(admitted);
        }
        let read = Instant::now();
        let open = store.open_total(group).await?;
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.insert(group.clone(), Count { open: open + 1, read });
        Ok(open < most)
    }

    fn remembered(&self, group: &Bytes, most: u64) -> Option<bool> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get_mut(group)?;
        let far = count.open < most.saturating_sub(most / 10 + 1);
        (far && count.read.elapsed() < FRESH).then(|| {
            count.open += 1;
            true
        })
    }
}
