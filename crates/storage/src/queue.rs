//! Task queues: hints of which tasks wait, rebuilt by those who own the tasks.

use crate::StoreError;
use async_trait::async_trait;
use bytes::Bytes;

/// How many wake signals the queues share.
pub const QUEUE_TAGS: u8 = 64;

/// Names the contents of a queue. Another one, or none, means that tasks may be missing: whoever
/// has tasks pending for the queue pushes them again.
pub type Generation = u128;

/// The wake signal that a queue shares with others, by a hash of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueueTag(u8);

impl QueueTag {
    /// The tag of a queue; part of the stored format.
    #[must_use]
    pub fn of(queue: &[u8]) -> Self {
        // FNV-1a: few lines, stable for all time, and even enough for 64 tags.
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        let hash = queue.iter().fold(0xcbf2_9ce4_8422_2325, step);
        let [first, ..] = (hash ^ (hash >> 32)).to_le_bytes();
        Self(first % QUEUE_TAGS)
    }

    /// Every tag.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..QUEUE_TAGS).map(Self)
    }

    /// From 0 to [`QUEUE_TAGS`] - 1.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

/// A task that waits for a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueTask {
    /// Unique in its queue.
    pub id: Bytes,
    /// What a claimer needs to know.
    pub body: Bytes,
}

/// How far a waiter has seen the signals of a tag. The default has seen nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WakeCursor {
    /// The store's time or count of the last signal that was seen.
    pub place: u64,
    /// Its number among those of the same place.
    pub number: u64,
}

/// What became of the queues of a tag since a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wake {
    /// Where to wait from next.
    pub cursor: WakeCursor,
    /// The queues to look at.
    pub queues: WokenQueues,
}

/// The queues to look at after a wake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WokenQueues {
    /// Any queue of the tag may have got tasks: the cursor was new, or signals may have been
    /// lost.
    All,
    /// Tasks were pushed or given back to these; each is named once.
    These(Vec<Bytes>),
}

/// Queues of tasks, each task claimed by one node at a time.
///
/// A pushed task is a hint: losing it loses nothing, since the queue's generation goes with it. A
/// claimed one is more, since its owner may have recorded that it is started and then pushes it no
/// more: from the claim until it is finished, replaced or dropped, a store keeps it at least as
/// well as the commits that come after the claim, and a replacement as well as what it replaces.
/// Claiming never waits; waiting is for the wake signal of a tag, one waiter a tag and process.
///
/// Every method may fail with [`StoreError::Unavailable`] or, where it writes, with
/// [`StoreError::Unknown`]; all may be repeated, but a claim whose answer was lost stays with the
/// node until the node gives it back or is reclaimed.
#[async_trait]
pub trait QueueStore: Send + Sync {
    /// Adds the tasks whose ids are neither waiting nor claimed, wakes the tag's waiters, and
    /// says the queue's generation. Without tasks it only makes the queue where it is missing.
    async fn queue_push(&self, queue: &[u8], tasks: &[QueueTask])
    -> Result<Generation, StoreError>;

    /// Takes at most `limit` waiting tasks for the node, oldest first, without waiting.
    async fn queue_claim(
        &self,
        queue: &[u8],
        node: &str,
        limit: usize,
    ) -> Result<Vec<QueueTask>, StoreError>;

    /// Forgets the tasks, claimed or waiting; ids that are not there are passed over.
    async fn queue_finish(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError>;

    /// Forgets each task that is named and has the other one wait in its place, as if that had been
    /// claimed and given back.
    async fn queue_replace(
        &self,
        queue: &[u8],
        replaced: &[(Bytes, QueueTask)],
    ) -> Result<(), StoreError> {
        let (ids, tasks): (Vec<_>, Vec<_>) = replaced.iter().cloned().unzip();
        // Where the second step is not taken there is a task too many, not one too few.
        self.queue_push(queue, &tasks).await?;
        self.queue_finish(queue, &ids).await
    }

    /// Puts claimed tasks back to wait, in one step, and wakes the tag's waiters; ids that are
    /// not claimed are passed over. Whether they come next or last is the store's choice.
    async fn queue_give_back(&self, queue: &[u8], ids: &[Bytes]) -> Result<(), StoreError>;

    /// The generation of each queue; none where the queue is not there.
    async fn queue_generations(
        &self,
        queues: &[Bytes],
    ) -> Result<Vec<Option<Generation>>, StoreError>;

    /// Gives back what nodes other than these have claimed, and says how many tasks that was.
    async fn queue_reclaim(&self, queue: &[u8], live_nodes: &[String]) -> Result<u64, StoreError>;

    /// Forgets the queue, its tasks and its generation, and wakes the tag's waiters.
    async fn queue_drop(&self, queue: &[u8]) -> Result<(), StoreError>;

    /// Waits until a queue of the tag was pushed to, given back to or dropped after the cursor.
    /// Answers a default cursor at once. May be dropped while it waits; signals are not lost by
    /// that, but the next answer may be [`WokenQueues::All`].
    async fn queue_wake(&self, tag: QueueTag, after: WakeCursor) -> Result<Wake, StoreError>;
}
