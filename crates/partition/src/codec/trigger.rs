//! Entries of a partition's trigger stream.

use super::{CodecError, present};
use crate::nested::{ChildReport, RemoteTask};
use bytes::Bytes;
use prost::Message as _;
use stepwell_api::internal::stored_trigger::Report;
use stepwell_api::internal::{StoredTrigger, TaskFailureKind};
use stepwell_engine::{Payload, TaskFailure, Trigger};
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
    let task = present(stored.task.as_ref(), WHAT, "its task")?;
    let RemoteTask { arn, run_id, task } = task.try_into()?;
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
        Report::Nested(report) => ChildReport::try_from(report)?.trigger(task),
    };
    Ok(StreamTrigger { arn, run_id, trigger })
}

/// The entry that tells a task about its child.
pub(crate) fn encode_nested_trigger(task: &RemoteTask, report: ChildReport) -> Bytes {
    let report = Some(Report::Nested(report.into()));
    StoredTrigger { task: Some(task.into()), report }.encode_to_vec().into()
}

fn failure_kind(kind: TaskFailureKind) -> TaskFailure {
    match kind {
        TaskFailureKind::Unspecified | TaskFailureKind::Failed => TaskFailure::Failed,
        TaskFailureKind::ScheduleFailed => TaskFailure::ScheduleFailed,
        TaskFailureKind::StartFailed => TaskFailure::StartFailed,
        TaskFailureKind::TimedOut => TaskFailure::TimedOut,
    }
}
