//! Executions end as the naive evaluator says.

use super::Findings;
use super::runs::RunView;
use super::tasks::is_lost_call;
use crate::world::World;
use std::sync::Arc;
use stepwell_engine::{EventBody, Status};
use stepwell_oracle::{Ending, Outcome, without_event_ids};

/// Compares; answers whether there was something to compare. An execution that was stopped, or
/// in which a fault kept a worker from being heard in time, ends as it likes.
pub(super) fn check(findings: &mut Findings, view: &RunView, world: &World) -> bool {
    let name = view.arn.state_machine().name().to_string();
    let Some(machine) = world.machines.iter().find(|machine| machine.name == name) else {
        return false;
    };
    let root = view.execution.snapshot().root();
    let ending = match root.status {
        Status::Succeeded => {
            let output = root.output.as_ref().map(|output| output.text().to_owned());
            match stepwell_json::parse(&without_event_ids(&output.unwrap_or_default())) {
                Ok(output) => Ending::Succeeded(output),
                Err(error) => {
                    findings
                        .expect(false, || format!("{}: the output is no JSON: {error}", view.arn));
                    return false;
                }
            }
        }
        Status::Failed => {
            let text = |text: &Option<Arc<str>>| text.as_deref().map(without_event_ids);
            let (error, cause) = (root.reason.error.clone(), text(&root.reason.cause));
            Ending::Failed { error, cause: cause.map(Into::into) }
        }
        Status::TimedOut => Ending::TimedOut,
        Status::Aborted | Status::Running => return false,
    };
    if machine.is_nesting() || disturbed(view, machine) {
        return false;
    }
    let Ok(input) = stepwell_json::parse(root.input.text()) else { return false };
    let mut endings = machine.endings(&view.arn, &input, root.started_ms);
    endings.possible.iter_mut().for_each(normalize);
    findings.expect(endings.allow(&ending), || {
        format!("{} ended with {ending:?}, not one of {:?}", view.arn, endings.possible)
    });
    true
}

/// Numbers of events in outputs can't be known without events.
fn normalize(ending: &mut Ending) {
    if let Ending::Succeeded(output) = ending
        && let Ok(normal) = stepwell_json::parse(&without_event_ids(&output.to_json()))
    {
        *output = normal;
    }
}

/// Whether the task that is started by this event was delivered once more: its heartbeats count from
/// there, so that another of its times may be over first.
fn redelivered(view: &RunView, started: u64) -> bool {
    view.events.iter().any(|(event, _)| {
        event.previous == started && matches!(event.body, EventBody::TaskRedelivered { .. })
    })
}

/// Whether a task ended otherwise than its worker would have it.
fn disturbed(view: &RunView, machine: &crate::workload::Machine) -> bool {
    view.events.iter().any(|(event, _)| match &event.body {
        body if is_lost_call(body) => true,
        EventBody::TaskTimedOut(..) => {
            let started = view.event(event.previous).map(|(started, _)| started.previous);
            let scheduled = started.and_then(|scheduled| view.event(scheduled));
            let Some((scheduled, _)) = scheduled else { return true };
            let EventBody::TaskScheduled(schedule) = &scheduled.body else { return true };
            let (resource, input) = (&schedule.worker.arn, schedule.input.text());
            let silent = machine.outcome("", resource, input, schedule.attempt) == Outcome::Silence;
            !silent || redelivered(view, event.previous)
        }
        _ => false,
    })
}
