//! Which execution node owns which partition, as of about a second ago.
//!
//! A hint and no more: an execution node that is asked for what it doesn't own passes the call on.

use super::{FRESH, Peer, lock};
use crate::transport::Transport;
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Instant;
use stepwell_ids::{ExecutionArn, partition_of};
use stepwell_storage::Store;

/// The owners of all partitions.
#[derive(Default)]
pub(super) struct Owners(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    /// When they were last asked for.
    asked: Option<Instant>,
    /// By partition; none while they are not known.
    ways: Vec<Option<Transport>>,
}

impl Owners {
    /// Whether the caller is to [`read`](Self::read) them again. One is; the others use what is
    /// there.
    pub(super) fn are_due(&self) -> bool {
        let mut seen = lock(&self.0);
        let due = seen.asked.is_none_or(|asked| asked.elapsed() >= FRESH);
        if due {
            seen.asked = Some(Instant::now());
        }
        due
    }

    /// Reads who of `nodes` owns what. What can't be read is not known.
    pub(super) async fn read(&self, store: &dyn Store, nodes: &[Peer]) {
        let owners = store.owners().await.unwrap_or_default();
        let way = |id: String| {
            let peer = nodes.iter().find(|peer| peer.id == id);
            peer.map(|peer| peer.transport.clone())
        };
        lock(&self.0).ways = owners.into_iter().map(|owner| owner.and_then(way)).collect();
    }

    /// The way to the owner of the execution, on a store of so many partitions.
    pub(super) fn of(&self, execution: &ExecutionArn, partitions: u32) -> Option<Transport> {
        let partition = partition_of(execution, NonZeroU32::new(partitions)?);
        lock(&self.0).ways.get(usize::try_from(partition).ok()?)?.clone()
    }
}
