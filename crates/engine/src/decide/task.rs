//! Task states: scheduling an attempt.

use super::failure::Failure;
use super::nested::check_start;
use super::step::Visit;
use super::turn::Turn;
use crate::{EventBody, Payload, Reason, Schedule, TaskRef, Worker, WorkerKind};
use std::sync::Arc;
use stepwell_asl::TASK_FAILED;
use stepwell_asl::ast::{CallPattern, Integration, Quantity, Resource, Task};
use stepwell_json::Value;

/// Most seconds of a timeout or heartbeat.
pub(super) const MAX_SECONDS: u32 = 99_999_999;

impl<'a> Turn<'a> {
    pub(super) fn schedule(&mut self, visit: &Visit<'a>, task: &Task) -> Result<(), Failure> {
        let (kind, arn) = match &task.resource {
            Resource::Activity(arn) => (WorkerKind::Activity, arn),
            Resource::Function(arn) => (WorkerKind::Function, arn),
            Resource::Integration(Integration { arn, .. }) => {
                (WorkerKind::Integration(Arc::clone(arn)), arn)
            }
        };
        let reference = TaskRef {
            // That of the event which is made below.
            scheduled_event: self.snapshot.root().last_event_id + 1,
            attempt: visit.retry_count.saturating_add(1),
            nonce: self.random.nonce(),
        };
        let has_token = kind.pattern() != CallPattern::RequestResponse;
        let visit = &Visit { task: has_token.then_some(reference), ..visit.clone() };
        let input = self.effective_input(visit)?;
        let timeout_seconds =
            self.bound(visit, task.timeout.as_ref(), &input, "TimeoutSecondsPath")?;
        let heartbeat_seconds =
            self.bound(visit, task.heartbeat.as_ref(), &input, "HeartbeatSecondsPath")?;
        let incarnation = match &kind {
            WorkerKind::Function | WorkerKind::Integration(_) => 0,
            WorkerKind::Activity => (self.context.activity)(arn).ok_or_else(|| {
                Failure::runtime(visit, &format!("The activity {arn} does not exist."))
            })?,
        };
        let role_arn = self.text(visit, task.role_arn.as_ref(), "RoleArn.$", &input)?;
        let input = self.parameters(visit, input)?;
        check_parameters(visit, &kind, &input)?;
        // The start of a child is relayed until it is answered.
        let is_call = kind != WorkerKind::Activity && kind.nested().is_none();
        let schedule = Schedule {
            attempt: reference.attempt,
            nonce: reference.nonce,
            worker: Worker { kind: kind.clone(), arn: Arc::clone(arn), incarnation },
            input,
            timeout_seconds,
            heartbeat_seconds,
            call_seconds: is_call.then_some(self.context.limits.function_heartbeat_seconds),
            role_arn,
        };
        self.emit_next(visit.scope, EventBody::TaskScheduled(schedule));
        if let Some(reason) = unavailable(&kind) {
            self.emit_next(visit.scope, EventBody::TaskStartFailed(kind, reason.clone()));
            return Err(Failure::named(reason));
        }
        if kind.nested().is_some() {
            self.start_nested(visit.scope, kind);
        }
        Ok(())
    }

    fn bound(
        &mut self,
        visit: &Visit<'a>,
        seconds: Option<&Quantity>,
        input: &Payload,
        field: &str,
    ) -> Result<Option<u32>, Failure> {
        let path = match seconds {
            None => return Ok(None),
            Some(Quantity::Literal(seconds)) => return Ok(Some(*seconds)),
            Some(Quantity::Path(path)) => path,
            Some(Quantity::Expression(expression)) => {
                return self.expressed_number(visit, expression, 1..=MAX_SECONDS).map(Some);
            }
        };
        // A path that leads nowhere is told in other words than a number that is none.
        self.value_at(visit, path, input)?;
        let seconds = self.seconds_at(visit, path, input, field)?;
        if !(1..=i64::from(MAX_SECONDS)).contains(&seconds) {
            let text = format!(
                "The {field} parameter must be between 1 and {MAX_SECONDS}: {} == {seconds}",
                path.text()
            );
            return Err(Failure::runtime(visit, &text));
        }
        Ok(u32::try_from(seconds).ok())
    }
}

fn is_invoke(service: &str, action: &str) -> bool {
    service == "lambda" && action.split('.').next() == Some("invoke")
}

/// Why nothing here can make a call.
fn unavailable(kind: &WorkerKind) -> Option<Reason> {
    let (service, action) = kind.integration()?;
    if is_invoke(service, action) || kind.nested().is_some() {
        return None;
    }
    let cause = format!(
        "The action '{action}' of the service '{service}' is not available in this installation."
    );
    Some(Reason { error: Some(TASK_FAILED.into()), cause: Some(cause.into()) })
}

/// Whether a call can be made with these parameters: each integration has some that it needs.
fn check_parameters(
    visit: &Visit<'_>,
    kind: &WorkerKind,
    parameters: &Payload,
) -> Result<(), Failure> {
    if kind.nested().is_some() {
        return check_start(visit, parameters);
    }
    if !kind.integration().is_some_and(|(service, action)| is_invoke(service, action)) {
        return Ok(());
    }
    let value = parameters.value().map_err(|error| Failure::unreadable(visit, error))?;
    let name = value.get("FunctionName").and_then(Value::as_str);
    if name.is_some_and(|name| !name.is_empty()) {
        return Ok(());
    }
    let why = "The field \"FunctionName\" is required but was missing";
    Err(Failure::bad_parameters(visit, parameters, why))
}
