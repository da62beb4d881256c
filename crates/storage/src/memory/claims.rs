//! What a store of one process is told of its claimed tasks, to keep them beyond the process.

use crate::QueueTask;
use bytes::Bytes;

/// Hears what became of claimed tasks, in the order in which it happened and before the call that
/// did it is answered. It is called under the lock of the queues, and must not wait.
pub trait ClaimLog: Send + Sync {
    /// The tasks were claimed. They are to be kept until they are finished, also where they are
    /// given back.
    fn claimed(&self, queue: &[u8], tasks: &[QueueTask]);

    /// Each task that is named was replaced by the other one, which is to be kept instead.
    fn replaced(&self, queue: &[u8], replaced: &[(Bytes, QueueTask)]);

    /// The tasks were finished; some may not have been claimed.
    fn finished(&self, queue: &[u8], ids: &[Bytes]);

    /// The queue was dropped.
    fn dropped(&self, queue: &[u8]);
}

/// Keeps nothing.
impl ClaimLog for () {
    fn claimed(&self, _: &[u8], _: &[QueueTask]) {}

    fn replaced(&self, _: &[u8], _: &[(Bytes, QueueTask)]) {}

    fn finished(&self, _: &[u8], _: &[Bytes]) {}

    fn dropped(&self, _: &[u8]) {}
}
