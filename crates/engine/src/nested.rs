//! Nested executions: tasks whose resource is `states:startExecution`, and what they show of the
//! execution that they start, the child.
//!
//! The child of an attempt is fixed by what its events hold, so that whoever starts it again starts
//! the same one.

use crate::{Reason, Root, Status, TaskAttempt, WorkerKind};
use std::sync::Arc;
use stepwell_asl::TASK_FAILED;
use stepwell_ids::ExecutionArn;
use stepwell_json::{Object, Value};

/// Most characters of a cause (API reference, `TaskFailedEventDetails`).
const MAX_CAUSE: usize = 32_768;
/// To how many characters the child's own cause is cut where the description of a child is longer
/// than a cause may be.
const CUT_CAUSE: usize = 8_192;

/// Deeper values stay texts: with the description around them they could not be read again.
const PARSED_DEPTH: usize = stepwell_json::MAX_DEPTH - 1;

/// By what the task of a nested execution ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NestedPattern {
    /// By the start.
    RequestResponse,
    /// `.sync` and `.sync:2`: by the end of the child, which shows its input and output like this.
    Sync(JsonForm),
    /// `.waitForTaskToken`: by a report under the task's token.
    WaitForTaskToken,
}

/// How JSON data of a child stands in the description of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonForm {
    /// As a string that holds the text.
    Text,
    /// As a value.
    Parsed,
}

/// The execution that an attempt starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// `StateMachineArn`, as the parameters have it.
    pub state_machine_arn: Arc<str>,
    /// `Name`, or a UUID where the parameters have none.
    pub name: Arc<str>,
    /// The JSON text of its input.
    pub input: Box<str>,
}

/// How a child ended: its description, or the error of the task that waits for it.
pub type ChildEnd = Result<crate::Payload, Reason>;

impl WorkerKind {
    /// The pattern of a nested execution; none of another worker.
    #[must_use]
    pub fn nested(&self) -> Option<NestedPattern> {
        match self.integration()? {
            ("states", "startExecution") => Some(NestedPattern::RequestResponse),
            ("states", "startExecution.sync") => Some(NestedPattern::Sync(JsonForm::Text)),
            ("states", "startExecution.sync:2") => Some(NestedPattern::Sync(JsonForm::Parsed)),
            ("states", "startExecution.waitForTaskToken") => Some(NestedPattern::WaitForTaskToken),
            _ => None,
        }
    }
}

impl TaskAttempt {
    /// Whether the attempt is still to reach its worker, or its call still to be made.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        match self.schedule.worker.kind.nested() {
            Some(_) => self.submitted_event.is_none(),
            None => self.started.is_none(),
        }
    }

    /// The execution that the attempt starts; none where it starts none.
    #[must_use]
    pub fn child(&self) -> Option<Child> {
        self.schedule.worker.kind.nested()?;
        let parameters = self.schedule.input.value().ok()?;
        let text = |name: &str| match parameters.get(name) {
            Some(Value::String(text)) => Some(Arc::clone(text)),
            _ => None,
        };
        let unnamed = || {
            let bits = self.started.as_ref()?.delivery_id;
            let uuid = uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid();
            Some(uuid.to_string().into())
        };
        Some(Child {
            state_machine_arn: text("StateMachineArn")?,
            name: text("Name").or_else(unnamed)?,
            input: child_input(parameters.get("Input")),
        })
    }
}

/// A text is passed on as it is, anything else as the JSON that it is, and nothing as an empty
/// object (recorded).
fn child_input(input: Option<&Value>) -> Box<str> {
    match input {
        None | Some(Value::Null) => "{}".into(),
        Some(Value::String(text)) => text.as_ref().into(),
        Some(value) => value.to_json().into(),
    }
}

/// What an execution that has ended is for the task that waits for it; none while it runs.
#[must_use]
pub fn child_end(arn: &ExecutionArn, root: &Root, form: JsonForm) -> Option<ChildEnd> {
    root.stopped_ms?;
    let describe =
        |input: bool, cause: Option<&str>| Value::from(described(arn, root, form, input, cause));
    let cause = root.reason.cause.as_deref();
    if root.status == Status::Succeeded {
        return Some(Ok(crate::Payload::from_value(describe(true, None))));
    }
    let fits = |text: &String| text.chars().count() <= MAX_CAUSE;
    let text = Some(describe(true, cause).to_json()).filter(fits);
    let text = text.or_else(|| Some(describe(false, cause).to_json()).filter(fits));
    let cut = || {
        let end = cause.and_then(|cause| cause.char_indices().nth(CUT_CAUSE)).map(|(at, _)| at);
        describe(false, cause.map(|cause| &cause[..end.unwrap_or(cause.len())])).to_json()
    };
    let cause = text.unwrap_or_else(cut);
    Some(Err(Reason { error: Some(TASK_FAILED.into()), cause: Some(cause.into()) }))
}

/// The members of `DescribeExecution`, with capitals, in the order of their names (recorded).
fn described(
    arn: &ExecutionArn,
    root: &Root,
    form: JsonForm,
    with_input: bool,
    cause: Option<&str>,
) -> Object {
    let data = |payload: &crate::Payload| match (form, payload.value()) {
        (JsonForm::Parsed, Ok(value)) if !value.depth_exceeds(PARSED_DEPTH) => value.clone(),
        _ => Value::from(payload.text()),
    };
    let included = |included: bool| {
        Value::from([("Included".into(), Value::Bool(included))].into_iter().collect::<Object>())
    };
    let (status, timed_out) = (status(root.status), root.status == Status::TimedOut);
    // Why an execution timed out stands in its history only.
    let error = root.reason.error.as_deref().filter(|_| !timed_out);
    let cause = cause.filter(|_| !timed_out);
    let succeeded = root.status == Status::Succeeded;
    let redrive = if succeeded { "NOT_REDRIVABLE" } else { "REDRIVABLE" };
    let reason = format!("Execution is {status} and cannot be redriven");
    let members = [
        ("Cause", cause.map(Value::from)),
        ("Error", error.map(Value::from)),
        ("ExecutionArn", Some(Value::from(arn.to_string().as_str()))),
        ("Input", with_input.then(|| data(&root.input))),
        ("InputDetails", Some(included(with_input))),
        ("Name", Some(Value::from(arn.name().as_str()))),
        ("Output", root.output.as_ref().map(data)),
        ("OutputDetails", root.output.as_ref().map(|_| included(true))),
        ("RedriveCount", Some(Value::from(0_i64))),
        ("RedriveStatus", Some(Value::from(redrive))),
        ("RedriveStatusReason", succeeded.then(|| Value::from(reason.as_str()))),
        ("StartDate", Some(Value::from(root.started_ms))),
        ("StateMachineArn", Some(Value::from(arn.state_machine().to_string().as_str()))),
        ("Status", Some(Value::from(status))),
        ("StopDate", root.stopped_ms.map(Value::from)),
    ];
    let present = |(name, value): (&str, Option<Value>)| Some((name.into(), value?));
    members.into_iter().filter_map(present).collect()
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Running => "RUNNING",
        Status::Succeeded => "SUCCEEDED",
        Status::Failed => "FAILED",
        Status::TimedOut => "TIMED_OUT",
        Status::Aborted => "ABORTED",
    }
}
