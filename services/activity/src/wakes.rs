//! Wake signals of queues: one waiting call a tag, for as long as somebody on this node listens
//! to a queue of the tag.
//!
//! Whoever listens looks at the queue once after it began to listen, and again after each signal:
//! so no task is missed, and nothing is polled.

use crate::lost::LostClaims;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use stepwell_storage::{QueueTag, Store, WakeCursor, WokenQueues};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long to wait before a refused wait is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// The signals of a node.
#[derive(Clone)]
pub(crate) struct Wakes(Arc<Shared>);

struct Shared {
    store: Arc<dyn Store>,
    lost: Arc<LostClaims>,
    tags: Mutex<HashMap<QueueTag, Tag>>,
}

/// Who listens to the queues of a tag.
struct Tag {
    listeners: BTreeMap<u64, (Bytes, Arc<Notify>)>,
    next: u64,
    waiting: CancellationToken,
}

/// Hears of a queue until it is dropped.
pub(crate) struct Listener {
    shared: Arc<Shared>,
    tag: QueueTag,
    number: u64,
    signal: Arc<Notify>,
}

impl Wakes {
    pub(crate) fn new(store: Arc<dyn Store>, lost: Arc<LostClaims>) -> Self {
        Self(Arc::new(Shared { store, lost, tags: Mutex::default() }))
    }

    /// Listens to a queue.
    pub(crate) fn listen(&self, queue: &Bytes) -> Listener {
        let tag = QueueTag::of(queue);
        let signal = Arc::new(Notify::new());
        let mut tags = self.0.locked();
        let of_tag = tags.entry(tag).or_insert_with(|| {
            let waiting = CancellationToken::new();
            tokio::spawn(wait(Arc::clone(&self.0), tag, waiting.clone()));
            Tag { listeners: BTreeMap::new(), next: 0, waiting }
        });
        let number = of_tag.next;
        of_tag.next += 1;
        of_tag.listeners.insert(number, (queue.clone(), Arc::clone(&signal)));
        Listener { shared: Arc::clone(&self.0), tag, number, signal }
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, HashMap<QueueTag, Tag>> {
        // The map is whole between any two statements.
        self.tags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store may be another one from now on, without what this node told it last: claims that
    /// were put back may be claims again.
    fn doubt(&self, tag: QueueTag) {
        let tags = self.locked();
        let Some(tag) = tags.get(&tag) else { return };
        for (queue, _) in tag.listeners.values() {
            drop(self.lost.unanswered(queue));
        }
    }

    fn signal(&self, tag: QueueTag, queues: &WokenQueues) {
        let tags = self.locked();
        let Some(tag) = tags.get(&tag) else { return };
        for (queue, signal) in tag.listeners.values() {
            let woken = match queues {
                WokenQueues::All => true,
                WokenQueues::These(these) => these.contains(queue),
            };
            if woken {
                signal.notify_one();
            }
        }
    }
}

impl Listener {
    /// Waits for a signal that was given since the last one was heard.
    pub(crate) async fn woken(&self) {
        self.signal.notified().await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut tags = self.shared.locked();
        if let Some(tag) = tags.get_mut(&self.tag) {
            tag.listeners.remove(&self.number);
            if tag.listeners.is_empty() {
                tag.waiting.cancel();
                tags.remove(&self.tag);
            }
        }
    }
}

async fn wait(shared: Arc<Shared>, tag: QueueTag, unheard: CancellationToken) {
    let mut cursor = WakeCursor::default();
    loop {
        let woken = tokio::select! {
            biased;
            () = unheard.cancelled() => return,
            woken = shared.store.queue_wake(tag, cursor) => woken,
        };
        match woken {
            Ok(wake) => {
                cursor = wake.cursor;
                shared.signal(tag, &wake.queues);
            }
            Err(error) => {
                tracing::warn!(%error, tag = tag.number(), "the store gives no wake signals");
                tokio::time::sleep(PAUSE).await;
                shared.doubt(tag);
                // Until it does, listeners look by themselves.
                shared.signal(tag, &WokenQueues::All);
            }
        }
    }
}
