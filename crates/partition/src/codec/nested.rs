//! Tasks of other executions, and what they are told about their children.

use super::{CodecError, bytes_of, number_of, owned, present, shared};
use crate::nested::{ChildReport, RemoteTask, Waiter};
use stepwell_api::internal::nested_report::End;
use stepwell_api::internal::{
    NestedForm, NestedReport, TaskFailure, TaskFailureKind, TaskRef as StoredTaskRef, WaiterRecord,
};
use stepwell_engine::{JsonForm, Payload, Reason, TaskRef};
use stepwell_ids::ExecutionArn;

const WHAT: &str = "nested execution";

impl From<&RemoteTask> for StoredTaskRef {
    fn from(task: &RemoteTask) -> Self {
        Self {
            execution_arn: task.arn.to_string(),
            run_id: bytes_of(task.run_id),
            scheduled_event_id: task.task.scheduled_event,
            attempt: u64::from(task.task.attempt),
            nonce: bytes_of(task.task.nonce),
        }
    }
}

impl TryFrom<&StoredTaskRef> for RemoteTask {
    type Error = CodecError;

    fn try_from(task: &StoredTaskRef) -> Result<Self, CodecError> {
        let arn = ExecutionArn::parse(&task.execution_arn);
        let attempt = u32::try_from(task.attempt);
        Ok(Self {
            arn: arn.map_err(|error| CodecError::new(WHAT, error))?,
            run_id: number_of(&task.run_id, WHAT)?,
            task: TaskRef {
                scheduled_event: task.scheduled_event_id,
                attempt: attempt
                    .map_err(|_| CodecError::new(WHAT, "an attempt is out of range"))?,
                nonce: number_of(&task.nonce, WHAT)?,
            },
        })
    }
}

impl From<ChildReport> for NestedReport {
    fn from(report: ChildReport) -> Self {
        let end = report.end.map(|end| match end {
            Ok(output) => End::Output(output.text().to_owned()),
            Err(Reason { error, cause }) => End::Failure(TaskFailure {
                kind: TaskFailureKind::Failed.into(),
                error: owned(error.as_ref()),
                cause: owned(cause.as_ref()),
            }),
        });
        let (child_arn, started_ms) = (report.child.as_ref().to_owned(), report.started_ms);
        Self { child_arn, started_ms, end }
    }
}

impl TryFrom<NestedReport> for ChildReport {
    type Error = CodecError;

    fn try_from(report: NestedReport) -> Result<Self, CodecError> {
        let end = report.end.map(|end| match end {
            End::Output(text) => {
                let output = Payload::parse(text).map_err(|error| CodecError::new(WHAT, error))?;
                Ok(Ok(output))
            }
            End::Failure(TaskFailure { error, cause, .. }) => {
                Ok(Err(Reason { error: shared(error), cause: shared(cause) }))
            }
        });
        let end = end.transpose()?;
        Ok(Self { child: report.child_arn.into(), started_ms: report.started_ms, end })
    }
}

/// The stored form of how an end is described; none is unspecified.
#[must_use]
pub fn encode_form(form: Option<JsonForm>) -> NestedForm {
    match form {
        None => NestedForm::Unspecified,
        Some(JsonForm::Text) => NestedForm::Text,
        Some(JsonForm::Parsed) => NestedForm::Parsed,
    }
}

/// How an end is described, from its stored form.
#[must_use]
pub fn decode_form(form: NestedForm) -> Option<JsonForm> {
    match form {
        NestedForm::Unspecified => None,
        NestedForm::Text => Some(JsonForm::Text),
        NestedForm::Parsed => Some(JsonForm::Parsed),
    }
}

pub(super) fn encode_waiter(waiter: &Waiter) -> WaiterRecord {
    WaiterRecord {
        task: Some((&waiter.task).into()),
        form: encode_form(Some(waiter.form)).into(),
        told: waiter.told,
    }
}

pub(super) fn decode_waiter(record: &WaiterRecord) -> Result<Waiter, CodecError> {
    Ok(Waiter {
        task: present(record.task.as_ref(), WHAT, "its task")?.try_into()?,
        form: present(decode_form(record.form()), WHAT, "its form")?,
        told: record.told,
    })
}
