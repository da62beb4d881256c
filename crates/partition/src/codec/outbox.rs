//! Outbox entries: tasks for queues.

use super::{CodecError, bytes_of, present};
use crate::execution::Origin;
use bytes::Bytes;
use prost::Message as _;
use stepwell_api::internal::{OutboxTask, TaskRef};
use stepwell_engine::{TaskAttempt, Worker, WorkerKind};
use stepwell_storage::QueueTask;

const WHAT: &str = "outbox entry";

/// The queue of all calls that the integration service makes.
pub const FUNCTION_QUEUE: &[u8] = b"functions";

/// The queue of the tasks of the activity with this ARN and incarnation.
#[must_use]
pub fn activity_queue(arn: &str, incarnation: u128) -> Bytes {
    format!("a:{arn}:{incarnation:032x}").into()
}

/// The queue of a worker's tasks.
pub(crate) fn queue_of(worker: &Worker) -> Bytes {
    match worker.kind {
        WorkerKind::Activity => activity_queue(&worker.arn, worker.incarnation),
        WorkerKind::Function | WorkerKind::Integration(_) => Bytes::from_static(FUNCTION_QUEUE),
    }
}

/// What is to be told to a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutboxEffect {
    /// The queue.
    pub(crate) queue: Bytes,
    /// The task as it is queued.
    pub(crate) task: QueueTask,
    /// The entry's body in the outbox.
    pub(crate) body: Bytes,
}

impl OutboxEffect {
    /// The effect of scheduling `attempt`.
    pub(crate) fn new(origin: &Origin, attempt: &TaskAttempt) -> Self {
        let queue = queue_of(&attempt.schedule.worker);
        let nonce = bytes_of(attempt.schedule.nonce);
        let task = TaskRef {
            execution_arn: origin.identity.arn.to_string(),
            run_id: bytes_of(origin.run_id),
            scheduled_event_id: attempt.scheduled_event,
            attempt: u64::from(attempt.schedule.attempt),
            nonce: nonce.clone(),
        };
        let body = Bytes::from(task.encode_to_vec());
        let stored = OutboxTask { queue: queue.clone(), task: Some(task) };
        Self { queue, task: QueueTask { id: nonce, body }, body: stored.encode_to_vec().into() }
    }
}

/// The queue and the task of a stored entry.
pub(crate) fn read_outbox_task(body: &[u8]) -> Result<(Bytes, QueueTask), CodecError> {
    let stored = OutboxTask::decode(body).map_err(|error| CodecError::new(WHAT, error))?;
    let task = present(stored.task, WHAT, "its task")?;
    Ok((stored.queue, QueueTask { id: task.nonce.clone(), body: task.encode_to_vec().into() }))
}
