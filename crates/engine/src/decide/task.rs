//! Task states: scheduling an attempt.

use super::failure::Failure;
use super::step::Visit;
use super::turn::Turn;
use crate::{EventBody, Payload, Schedule, Worker, WorkerKind};
use std::sync::Arc;
use stepwell_asl::ast::{Quantity, Resource, Task};

/// Most seconds of a timeout or heartbeat.
const MAX_SECONDS: i64 = 99_999_999;

impl<'a> Turn<'a> {
    pub(super) fn schedule(&mut self, visit: &Visit<'a>, task: &Task) -> Result<(), Failure> {
        if task.credentials.is_some() {
            return Err(Failure::runtime(visit, "The field 'Credentials' can't be executed."));
        }
        let (kind, arn) = match &task.resource {
            Resource::Activity(arn) => (WorkerKind::Activity, arn),
            Resource::Function(arn) => (WorkerKind::Function, arn),
            Resource::Integration(integration) => {
                let text = format!("The resource {} can't be executed.", integration.arn);
                return Err(Failure::runtime(visit, &text));
            }
        };
        let input = self.effective_input(visit)?;
        let timeout_seconds =
            self.bound(visit, task.timeout.as_ref(), &input, "TimeoutSecondsPath")?;
        let heartbeat_seconds =
            self.bound(visit, task.heartbeat.as_ref(), &input, "HeartbeatSecondsPath")?;
        let incarnation = match kind {
            WorkerKind::Function => 0,
            WorkerKind::Activity => (self.context.activity)(arn).ok_or_else(|| {
                Failure::runtime(visit, &format!("The activity {arn} does not exist."))
            })?,
        };
        let input = self.parameters(visit, input)?;
        let schedule = Schedule {
            attempt: visit.retry_count.saturating_add(1),
            nonce: self.random.nonce(),
            worker: Worker { kind, arn: Arc::clone(arn), incarnation },
            input,
            timeout_seconds,
            heartbeat_seconds: match kind {
                WorkerKind::Activity => heartbeat_seconds,
                WorkerKind::Function => Some(self.context.limits.function_heartbeat_seconds),
            },
        };
        self.emit_next(visit.scope, EventBody::TaskScheduled(schedule));
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
            Some(Quantity::Expression(_)) => {
                return Err(Failure::runtime(visit, "An expression can't be executed."));
            }
        };
        // A path that leads nowhere is told in other words than a number that is none.
        self.value_at(visit, path, input)?;
        let seconds = self.seconds_at(visit, path, input, field)?;
        if !(1..=MAX_SECONDS).contains(&seconds) {
            let text = format!(
                "The {field} parameter must be between 1 and {MAX_SECONDS}: {} == {seconds}",
                path.text()
            );
            return Err(Failure::runtime(visit, &text));
        }
        Ok(u32::try_from(seconds).ok())
    }
}
