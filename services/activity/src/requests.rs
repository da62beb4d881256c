//! What requests have in common, and the names of queues.

use crate::service::Shared;
use bytes::Bytes;
use prost::Message as _;
use stepwell_api::internal::report_task_request::Report;
use stepwell_api::internal::{ActivityRecord, ReportTaskRequest, TaskReporter};
use stepwell_api::{ApiError, ErrorCode, NamespaceMetadata as _, Violations};
use stepwell_ids::{ActivityArn, Name, Namespace};
use stepwell_service_kit::tokens::TaskToken;
use tonic::metadata::MetadataMap;

/// The queue of all function calls.
pub(crate) const FUNCTION_QUEUE: Bytes = Bytes::from_static(b"functions");

/// Most characters of an ARN (API reference, `Arn`).
const ARN_CHARACTERS: usize = 256;

/// The queue of the tasks of an activity's incarnation.
pub(crate) fn activity_queue(arn: &str, incarnation: u128) -> Bytes {
    format!("a:{arn}:{incarnation:032x}").into()
}

pub(crate) fn no_activity(arn: &str) -> ApiError {
    ApiError::new(ErrorCode::ActivityDoesNotExist, format!("Activity Does Not Exist: '{arn}'"))
}

pub(crate) fn too_many_pollers() -> ApiError {
    let message = "The maximum number of workers concurrently polling for activity tasks has \
                   been reached.";
    ApiError::new(ErrorCode::ActivityWorkerLimitExceeded, message)
}

impl Shared {
    /// Checks which activity a worker wants tasks of, and what it calls itself.
    pub(crate) fn check_poller(
        &self,
        metadata: &MetadataMap,
        arn: &str,
        worker_name: Option<&str>,
    ) -> Result<ActivityArn, ApiError> {
        let namespace = Namespace::from_metadata(metadata, &self.namespace)?;
        Violations::new()
            .length("activityArn", arn, 1, ARN_CHARACTERS)
            .optional_length("workerName", worker_name, 1, Name::MAX_CHARACTERS)
            .finish()?;
        let activity = ActivityArn::parse(arn)?;
        worker_name.map(Name::parse).transpose()?;
        if *activity.namespace() != namespace {
            return Err(no_activity(arn));
        }
        Ok(activity)
    }

    /// The queue of the activity that is there now.
    pub(crate) async fn queue_of(&self, activity: &ActivityArn) -> Result<Bytes, ApiError> {
        let Namespace { account, region } = activity.namespace();
        let (group, key) = (format!("{account}/{region}"), format!("a/{}", activity.name()));
        let found = self.store.control_get(group.as_bytes(), key.as_bytes()).await;
        let arn = activity.to_string();
        let (_, value) = found.map_err(ApiError::unavailable)?.ok_or_else(|| no_activity(&arn))?;
        let record = ActivityRecord::decode(value).ok();
        let incarnation = record.and_then(|record| record.incarnation.as_ref().try_into().ok());
        let incarnation = incarnation.map(u128::from_be_bytes).ok_or_else(|| {
            let message = format!("the record of {arn} can't be read");
            ApiError::new(ErrorCode::InternalFailure, message)
        })?;
        Ok(activity_queue(&arn, incarnation))
    }

    /// A task is there in the namespace of its execution alone. A token that can't be opened is for
    /// the owner to refuse.
    pub(crate) fn check_token(&self, metadata: &MetadataMap, token: &str) -> Result<(), ApiError> {
        let namespace = Namespace::from_metadata(metadata, &self.namespace)?;
        let Ok(token) = TaskToken::open(&self.keys, token) else { return Ok(()) };
        let Namespace { account, region } = &namespace;
        if token.execution.starts_with(&format!("{region}:{account}:")) {
            return Ok(());
        }
        let message = "Task Does Not Exist: 'Provided task does not exist'";
        Err(ApiError::new(ErrorCode::TaskDoesNotExist, message))
    }

    /// The constraint on a task token.
    pub(crate) fn token_violations(&self, token: &str) -> Violations {
        Violations::new().length("taskToken", token, 1, self.limits.task_token_chars)
    }
}

/// What the holder of a token reports.
pub(crate) fn report_of(task_token: String, report: Report) -> ReportTaskRequest {
    let reporter = TaskReporter::Unspecified.into();
    ReportTaskRequest { task_token, report: Some(report), reporter }
}

#[cfg(test)]
mod tests {
    use super::{FUNCTION_QUEUE, activity_queue};

    #[test]
    fn queues_are_called_as_by_those_who_fill_them() {
        assert_eq!(FUNCTION_QUEUE, stepwell_partition::FUNCTION_QUEUE);
        assert_eq!(activity_queue("arn", 7), stepwell_partition::activity_queue("arn", 7));
    }
}
