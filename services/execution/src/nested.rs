//! The calls of this node's executions to others, to the owners of their partitions.

use crate::failure::broken;
use crate::owner::{Failure, Hop};
use crate::rpc::{report_nested, start_nested, stop_nested};
use crate::service::Shared;
use async_trait::async_trait;
use std::sync::{Arc, Weak};
use stepwell_api::internal::{
    NestedReport, ReportNestedRequest, StartNestedRequest, StopNestedRequest, TaskRef,
};
use stepwell_api::{ApiError, ErrorCode};
use stepwell_engine::Reason;
use stepwell_ids::ExecutionArn;
use stepwell_partition::{
    CallError, ChildReport, CodecError, NestedCalls, NestedStart, RemoteTask, Stopped, encode_form,
};
use uuid::Uuid;

/// The way to the owners, as long as the node lives.
pub(crate) struct Calls(pub(crate) Weak<Shared>);

impl Calls {
    fn shared(&self) -> Result<Arc<Shared>, CallError> {
        self.0.upgrade().ok_or_else(|| CallError::Unavailable("the node ends".to_owned()))
    }
}

#[async_trait]
impl NestedCalls for Calls {
    async fn start(&self, start: &NestedStart) -> Result<ChildReport, CallError> {
        let request = StartNestedRequest {
            task: Some((&start.task).into()),
            account: start.account.clone(),
            state_machine_arn: start.child.state_machine_arn.as_ref().to_owned(),
            name: start.child.name.as_ref().to_owned(),
            input: start.child.input.as_ref().to_owned(),
            form: encode_form(start.form).into(),
        };
        let started = start_nested::start(&*self.shared()?, Hop::First, &request).await;
        let report = started.map_err(of_failure)?.report;
        report.unwrap_or_default().try_into().map_err(|error| of_failure(of_codec(&error).into()))
    }

    async fn stop(&self, task: &RemoteTask, child: &ExecutionArn) -> Result<Stopped, CallError> {
        let request = StopNestedRequest { task: Some(task.into()), child_arn: child.to_string() };
        let stopped = stop_nested::stop(&*self.shared()?, Hop::First, &request).await;
        let stopped = stopped.map_err(of_failure)?;
        Ok(if stopped.absent { Stopped::Absent } else { Stopped::Over })
    }

    async fn report(&self, task: &RemoteTask, report: &ChildReport) -> Result<(), CallError> {
        let report = Some(report.clone().into());
        let request = ReportNestedRequest { task: Some(task.into()), report };
        let reported = report_nested::report(&*self.shared()?, Hop::First, &request).await;
        reported.map(drop).map_err(of_failure)
    }
}

/// What a call came to: to be made again, or the failure that the service shows of it (recorded).
fn of_failure(failure: Failure) -> CallError {
    let (Failure::Moved(error) | Failure::Error(error)) = failure;
    let code = error.code();
    if matches!(code, ErrorCode::ServiceUnavailable | ErrorCode::ThrottlingException) {
        return CallError::Unavailable(error.to_string());
    }
    let (message, name) = (error.message(), code.name());
    let cause = format!(
        "{message} (Service: AWSStepFunctions; Status Code: 400; Error Code: {name}; \
         Request ID: {}; Proxy: null)",
        Uuid::new_v4()
    );
    let error = match name.strip_suffix("Exception") {
        Some(_) => format!("StepFunctions.{name}"),
        None => format!("StepFunctions.{name}Exception"),
    };
    CallError::Refused(Reason { error: Some(error.into()), cause: Some(cause.into()) })
}

/// The task that a request names.
pub(crate) fn task_of(task: Option<&TaskRef>) -> Result<RemoteTask, ApiError> {
    let malformed = |why: &dyn std::fmt::Display| {
        ApiError::new(ErrorCode::ValidationException, format!("task: {why}"))
    };
    let task = task.ok_or_else(|| malformed(&"is missing"))?;
    task.try_into().map_err(|error: CodecError| malformed(&error))
}

/// The report that a request holds.
pub(crate) fn report_of(report: Option<NestedReport>) -> Result<ChildReport, ApiError> {
    let report = report.ok_or_else(|| {
        ApiError::new(ErrorCode::ValidationException, "report: is missing".to_owned())
    })?;
    report.try_into().map_err(|error: CodecError| of_codec(&error))
}

fn of_codec(error: &CodecError) -> ApiError {
    broken(error.to_string())
}
