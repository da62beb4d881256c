//! Outbox entries: tasks for queues, and calls to other executions.

use super::{CodecError, bytes_of, present};
use crate::execution::{Origin, arn_of_key};
use crate::nested::{Call, CallKind};
use bytes::Bytes;
use prost::Message as _;
use stepwell_api::internal::outbox_task::Call as Stored;
use stepwell_api::internal::{
    OutboxTask, StoredNestedEnd, StoredNestedStart, StoredNestedStop, TaskRef,
};
use stepwell_engine::{TaskAttempt, Worker, WorkerKind};
use stepwell_ids::ExecutionArn;
use stepwell_storage::{OutboxEntry, QueueTask};

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
        let stored = OutboxTask { queue: queue.clone(), task: Some(task), call: None };
        Self { queue, task: QueueTask { id: nonce, body }, body: stored.encode_to_vec().into() }
    }
}

/// What a stored entry of the outbox asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum OutboxItem {
    /// A task is to be told to its queue.
    Queue(Bytes, QueueTask),
    /// A call to another execution.
    Call(Box<Call>),
}

/// The body of the entry of a call.
pub(crate) fn encode_call(call: &Call) -> Bytes {
    let kind = match &call.kind {
        CallKind::Start => Stored::NestedStart(StoredNestedStart {}),
        CallKind::Stop { child } => {
            Stored::NestedStop(StoredNestedStop { child_arn: child.to_string() })
        }
        CallKind::End => Stored::NestedEnd(StoredNestedEnd {}),
    };
    let (queue, task) = (Bytes::new(), Some((&call.task).into()));
    OutboxTask { queue, task, call: Some(kind) }.encode_to_vec().into()
}

/// Reads an entry.
pub(crate) fn read_outbox(entry: &OutboxEntry) -> Result<OutboxItem, CodecError> {
    let stored = OutboxTask::decode(entry.body.as_ref());
    let stored = stored.map_err(|error| CodecError::new(WHAT, error))?;
    let task = present(stored.task, WHAT, "its task")?;
    let Some(call) = stored.call else {
        let task = QueueTask { id: task.nonce.clone(), body: task.encode_to_vec().into() };
        return Ok(OutboxItem::Queue(stored.queue, task));
    };
    let kind = match call {
        Stored::NestedStart(_) => CallKind::Start,
        Stored::NestedStop(stop) => {
            let child = ExecutionArn::parse(&stop.child_arn);
            CallKind::Stop { child: child.map_err(|error| CodecError::new(WHAT, error))? }
        }
        Stored::NestedEnd(_) => CallKind::End,
    };
    let from = present(arn_of_key(&entry.key), WHAT, "its execution")?;
    let task = (&task).try_into()?;
    Ok(OutboxItem::Call(Box::new(Call { from, entry: entry.id, task, kind })))
}
