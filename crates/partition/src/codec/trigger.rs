//! Entries of a partition's trigger stream.

use super::{CodecError, number_of, present};
use prost::Message as _;
use stepwell_api::internal::stored_trigger::Report;
use stepwell_api::internal::{StoredTrigger, TaskFailureKind, TaskRef as StoredTaskRef};
use stepwell_engine::{Payload, TaskFailure, TaskRef, Trigger};
use stepwell_ids::ExecutionArn;

const WHAT: &str = "trigger";

/// A trigger of the stream, and the run of the execution that it is for.
#[derive(Debug, PartialEq)]
pub(crate) struct StreamTrigger {
    pub(crate) arn: ExecutionArn,
    pub(crate) run_id: u128,
    pub(crate) trigger: Trigger,
}

/// Reads an entry.
pub(crate) fn decode_trigger(body: &[u8]) -> Result<StreamTrigger, CodecError> {
    let stored = StoredTrigger::decode(body).map_err(|error| CodecError::new(WHAT, error))?;
    let task = present(stored.task, WHAT, "its task")?;
    let arn = ExecutionArn::parse(&task.execution_arn);
    let arn = arn.map_err(|error| CodecError::new(WHAT, error))?;
    let run_id = number_of(&task.run_id, WHAT)?;
    let task = task_ref(&task)?;
    let trigger = match present(stored.report, WHAT, "its report")? {
        Report::Output(text) => {
            let output = Payload::parse(text).map_err(|error| CodecError::new(WHAT, error))?;
            Trigger::CallAnswered { task, output }
        }
        Report::Failure(failure) => Trigger::CallFailed {
            task,
            failure: failure_kind(failure.kind()),
            error: super::shared(failure.error),
            cause: super::shared(failure.cause),
        },
    };
    Ok(StreamTrigger { arn, run_id, trigger })
}

fn task_ref(task: &StoredTaskRef) -> Result<TaskRef, CodecError> {
    let attempt = u32::try_from(task.attempt);
    Ok(TaskRef {
        scheduled_event: task.scheduled_event_id,
        attempt: attempt.map_err(|_| CodecError::new(WHAT, "its attempt is out of range"))?,
        nonce: number_of(&task.nonce, WHAT)?,
    })
}

fn failure_kind(kind: TaskFailureKind) -> TaskFailure {
    match kind {
        TaskFailureKind::Unspecified | TaskFailureKind::Failed => TaskFailure::Failed,
        TaskFailureKind::ScheduleFailed => TaskFailure::ScheduleFailed,
        TaskFailureKind::StartFailed => TaskFailure::StartFailed,
        TaskFailureKind::TimedOut => TaskFailure::TimedOut,
    }
}
