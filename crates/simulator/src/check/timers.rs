//! I6: no timer fires before its time by the store's clock, and once all is well none is late.

use super::Findings;
use super::runs::RunView;
use crate::chaos::Chaos;
use crate::world::World;
use std::collections::BTreeMap;
use stepwell_engine::{EventBody, ScopeId};

/// How late a timer may be when all is well, in milliseconds.
const LATENESS_MS: i64 = 5_000;

pub(super) fn check(findings: &mut Findings, view: &RunView, world: &World, healed_ms: i64) {
    let arn = &view.arn;
    let recovered_ms = healed_ms + i64::try_from(Chaos::RECOVERY.as_millis()).unwrap_or_default();
    let mut fired = |what: &str, due_ms: i64, latest_ms: i64, commit: usize| {
        let now_ms = view.now_ms(commit);
        findings.expect(now_ms >= due_ms, || {
            format!("I6: {what} of {arn} came {} ms early", due_ms - now_ms)
        });
        let late_ms = now_ms - latest_ms.max(recovered_ms);
        findings.expect(late_ms <= LATENESS_MS, || {
            format!("I6: {what} of {arn} came {late_ms} ms late")
        });
    };
    // What each scope waits for.
    let mut waits: BTreeMap<ScopeId, i64> = BTreeMap::new();
    let mut deadline_ms = i64::MAX;
    for (event, commit) in &view.events {
        match &event.body {
            EventBody::ExecutionStarted { deadline_ms: at, .. } => deadline_ms = *at,
            EventBody::WaitScheduled { until_ms } | EventBody::RetryScheduled { until_ms, .. } => {
                waits.insert(event.scope, *until_ms);
            }
            EventBody::ExecutionTimedOut(_) => {
                fired("the timeout", deadline_ms, deadline_ms, *commit)
            }
            EventBody::StateAborted { .. }
            | EventBody::MapIterationAborted { .. }
            | EventBody::ExecutionAborted(_)
            | EventBody::ExecutionFailed(_) => {
                waits.remove(&event.scope);
            }
            EventBody::TaskTimedOut(..) => {
                if let Some((due_ms, latest_ms)) = task_due_ms(view, event.previous) {
                    fired("the timeout of a task", due_ms, latest_ms, *commit);
                }
            }
            _ => {
                if let Some(due_ms) = waits.remove(&event.scope) {
                    fired("a wait", due_ms, due_ms, *commit);
                }
            }
        }
    }
    timestamps(findings, view, world);
    let stopped_ms = view.execution.snapshot().root().stopped_ms;
    if let (Some(removed), Some(stopped_ms)) = (view.run.removed, stopped_ms) {
        let retention_ms = i64::try_from(world.plan.retention_seconds * 1_000).unwrap_or_default();
        let edge_ms = stopped_ms + retention_ms;
        findings.expect(removed.now_ms >= edge_ms, || {
            format!("I6: the name of {arn} was freed {} ms early", edge_ms - removed.now_ms)
        });
    }
}

/// No wait for a point in time ends before it, whether it was waited for or found past.
fn timestamps(findings: &mut Findings, view: &RunView, world: &World) {
    let machine = view.arn.state_machine().name().to_string();
    let Some(machine) = world.machines.iter().find(|known| known.name == machine) else { return };
    for (event, commit) in &view.events {
        let EventBody::StateExited { name, .. } = &event.body else { continue };
        let Some(due_ms) = machine.waits_until_ms(name) else { continue };
        let early_ms = due_ms - view.now_ms(*commit);
        findings.expect(early_ms <= 0, || {
            format!("I6: {name} of {} was over {early_ms} ms early", view.arn)
        });
    }
}

/// The earliest and the latest time at which the task with this start was to time out: heartbeats,
/// which histories don't show, put it off.
fn task_due_ms(view: &RunView, started: u64) -> Option<(i64, i64)> {
    let (start, _) = view.event(started)?;
    let (scheduled, _) = view.event(start.previous)?;
    let EventBody::TaskScheduled(schedule) = &scheduled.body else { return None };
    let at = |seconds: u32| start.time_ms + i64::from(seconds) * 1_000;
    let (timeout, heartbeat) = (schedule.timeout_seconds, schedule.heartbeat_seconds);
    let first = timeout.into_iter().chain(heartbeat).min()?;
    // A worker sends one heartbeat or two, each within seconds of the start.
    let last = timeout.into_iter().chain(heartbeat.map(|seconds| seconds + 60)).min()?;
    Some((at(first), at(last)))
}
